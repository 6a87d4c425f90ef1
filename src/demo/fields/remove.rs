//! Takes fields out of a value.

use serde_json::{Map, Value};

use super::path::PathElement;
use super::set::FieldSet;
use super::shape::{Form, Shape};
use super::typed::element_of;

/// The value without these fields. What has lost its last part stays, empty.
pub fn remove(shape: Shape<'_>, value: &Value, fields: &FieldSet) -> Value {
    if fields.is_empty() {
        return value.clone();
    }
    let form = shape.form(Some(value));
    match (&form, value) {
        (Form::Scalar(_), value) => value.clone(),
        (Form::Map { atomic: false }, Value::Object(object)) => remove_entries(shape, object, fields),
        (Form::SetList | Form::KeyedList(_), Value::Array(items)) => {
            let kept = items.iter().filter_map(|item| {
                let Ok(element) = element_of(shape, &form, item) else { return Some(item.clone()) };
                keep(shape.item(), item, fields, &element)
            });
            Value::Array(kept.collect())
        }
        (_, Value::Object(_)) => Value::Object(Map::new()),
        (_, Value::Array(_)) => Value::Array(Vec::new()),
        _ => Value::Null,
    }
}

fn remove_entries(shape: Shape<'_>, object: &Map<String, Value>, fields: &FieldSet) -> Value {
    let kept = object.iter().filter_map(|(key, value)| {
        let element = PathElement::field(key);
        let value = match shape.part(key) {
            Some(part) => keep(part.shape, value, fields, &element)?,
            None => value.clone(),
        };
        Some((key.clone(), value))
    });
    Value::Object(kept.collect())
}

/// A part as far as it stays; `None` where it goes.
fn keep(shape: Shape<'_>, value: &Value, fields: &FieldSet, element: &PathElement) -> Option<Value> {
    match fields.node(element) {
        Some(node) if node.member => None,
        Some(node) if !node.children.is_empty() => Some(remove(shape, value, &node.children)),
        _ => Some(value.clone()),
    }
}

/// The set in which every field with a name in the definition is a member if a part of it is.
pub fn with_named_parents(shape: Shape<'_>, fields: &FieldSet) -> FieldSet {
    let mut named = FieldSet::default();
    for (element, node) in fields.nodes() {
        let mut node = node.clone();
        let part = match element {
            PathElement::Field(name) => shape.part(name),
            _ => None,
        };
        node.member |= part.is_some_and(|part| part.declared) && !node.children.is_empty();
        let inner = match (element, part) {
            (_, Some(part)) => Some(part.shape),
            (PathElement::Key(_), None) => Some(shape.item()),
            _ => None,
        };
        if let Some(inner) = inner {
            node.children = with_named_parents(inner, &node.children);
        }
        named.put(element.clone(), node);
    }
    named
}
