//! Small helpers for objects as JSON values.

use serde_json::{Map, Value, json};

/// The text of a value; empty where it is none.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The items of a list; none where it is no list.
pub fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The items of a list that can be changed.
pub fn array_mut(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_array_mut().into_iter().flatten()
}

/// The entries of a map; none where it is no map.
pub fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Whether nothing is said: null, or empty text.
pub fn unset(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// Whether the list or map has nothing in it, or isn't there.
pub fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// Sets a field that isn't set.
pub fn default_to(object: &mut Value, field: &str, value: impl Into<Value>) {
    if object.is_object() && unset(&object[field]) {
        object[field] = value.into();
    }
}

/// The map under a field, made where there is none.
pub fn map_of<'a>(object: &'a mut Value, field: &str) -> Option<&'a mut Map<String, Value>> {
    if !object.is_object() {
        return None;
    }
    if !object[field].is_object() {
        object[field] = json!({});
    }
    object[field].as_object_mut()
}

/// Takes a field out of an object.
pub fn remove(object: &mut Value, field: &str) {
    if let Some(object) = object.as_object_mut() {
        object.remove(field);
    }
}

/// Sets a field of any type that isn't there.
pub fn set(object: &mut Value, field: &str, value: Value) {
    if object[field].is_null() {
        object[field] = value;
    }
}

/// The object at a JSON pointer, where there is one.
pub fn at<'a>(value: &'a mut Value, pointer: &str) -> Option<&'a mut Value> {
    value.pointer_mut(pointer).filter(|found| found.is_object())
}

/// The items of the list at a JSON pointer; none where there is no list.
pub fn each<'a>(value: &'a mut Value, pointer: &str) -> impl Iterator<Item = &'a mut Value> + use<'a> {
    value.pointer_mut(pointer).and_then(Value::as_array_mut).into_iter().flatten()
}
