//! What fields a value has, and whether it is of its shape.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::path::PathElement;
use super::set::{FieldSet, Node};
use super::shape::{Form, Scalar, Shape};

/// The fields that a value has: what its manager owns who has given it.
pub fn field_set(shape: Shape<'_>, value: &Value) -> FieldSet {
    node(shape, value).children
}

fn node(shape: Shape<'_>, value: &Value) -> Node {
    let owned = Node { member: true, children: FieldSet::default() };
    let mut children = FieldSet::default();
    match shape.form(Some(value)) {
        Form::Scalar(_) | Form::AtomicList | Form::Map { atomic: true } => return owned,
        form @ (Form::SetList | Form::KeyedList(_)) => {
            for (element, items) in group(shape, &form, as_list(Some(value))) {
                let parts = match items.as_slice() {
                    [item] => node(shape.item(), item).children,
                    // Items with the same key are owned together.
                    _ => FieldSet::default(),
                };
                children.put(element, Node { member: true, children: parts });
            }
        }
        Form::Map { atomic: false } => {
            for (key, value) in as_map(Some(value)).into_iter().flatten() {
                let Some(part) = shape.part(key) else { continue };
                let mut node = node(part.shape, value);
                let empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
                node.member |= empty || !part.declared;
                children.put(PathElement::field(key), node);
            }
        }
    }
    Node { member: false, children }
}

/// The items of a list by what tells them apart; items without keys are left out.
pub fn group<'v>(
    shape: Shape<'_>,
    form: &Form<'_>,
    items: &'v [Value],
) -> BTreeMap<PathElement, Vec<&'v Value>> {
    let mut groups: BTreeMap<PathElement, Vec<&Value>> = BTreeMap::new();
    for item in items {
        if let Ok(element) = element_of(shape, form, item) {
            groups.entry(element).or_default().push(item);
        }
    }
    groups
}

/// What tells an item of a list apart.
///
/// # Errors
/// When it has none of the keys, or is of the wrong type, in the server's words.
pub fn element_of(shape: Shape<'_>, form: &Form<'_>, item: &Value) -> Result<PathElement, String> {
    let Form::KeyedList(keys) = form else {
        return match item {
            Value::Object(_) => {
                Err("associative list without keys has an element that's a map type".to_owned())
            }
            Value::Array(_) => Err("not supported: associative list with lists as elements".to_owned()),
            Value::Null => {
                Err("associative list without keys has an element that's an explicit null".to_owned())
            }
            value => Ok(PathElement::Value(value.clone())),
        };
    };
    let item = match item {
        Value::Object(item) => item,
        Value::Null => return Err("associative list with keys may not have a null element".to_owned()),
        _ => return Err("associative list with keys may not have non-map elements".to_owned()),
    };
    let mut fields: Vec<(String, Value)> = Vec::with_capacity(keys.len());
    for key in keys {
        let default = || shape.item().part(key).and_then(|part| part.shape.default());
        if let Some(value) = item.get(*key).cloned().or_else(default) {
            fields.push(((*key).to_owned(), value));
        }
    }
    if fields.is_empty() {
        let keys: Vec<String> = keys.iter().map(|key| format!("{key:?}")).collect();
        return Err(format!(
            "associative list with keys has an element that omits all key fields [{}] (and doesn't have default values for any key fields)",
            keys.join(" ")
        ));
    }
    fields.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(PathElement::Key(fields))
}

/// What is wrong with a value for its shape, each thing with its path, in the server's words.
pub fn violations(shape: Shape<'_>, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    validate(shape, value, "", &mut found);
    found
}

fn validate(shape: Shape<'_>, value: &Value, path: &str, found: &mut Vec<String>) {
    let mut say = |cause: String| {
        found.push(if path.is_empty() { cause } else { format!("{path}: {cause}") });
    };
    let form = shape.form(Some(value));
    match (&form, value) {
        (_, Value::Null) => {}
        (Form::Scalar(scalar), value) => {
            if let Some(cause) = wrong_scalar(*scalar, value) {
                say(cause);
            }
        }
        (Form::Map { .. }, Value::Object(object)) => {
            for (key, value) in object {
                let path = format!("{path}.{key}");
                match shape.part(key) {
                    Some(part) => validate(part.shape, value, &path, found),
                    None => found.push(format!("{path}: field not declared in schema")),
                }
            }
        }
        (Form::Map { .. }, other) => say(format!("expected map, got {}", go_wrapped(other))),
        (_, Value::Array(items)) => validate_items(shape, &form, items, path, found),
        (_, other) => say(format!("expected list, got {}", go_wrapped(other))),
    }
}

fn validate_items(shape: Shape<'_>, form: &Form<'_>, items: &[Value], path: &str, found: &mut Vec<String>) {
    let mut seen: Vec<PathElement> = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let element = if *form == Form::AtomicList {
            PathElement::Index(i64::try_from(position).unwrap_or(i64::MAX))
        } else {
            match element_of(shape, form, item) {
                Ok(element) => element,
                Err(cause) => {
                    found.push(format!("{path}: element {position}: {cause}"));
                    return;
                }
            }
        };
        if seen.contains(&element) {
            found.push(format!("{path}: duplicate entries for key {element}"));
        }
        validate(shape.item(), item, &format!("{path}{element}"), found);
        seen.push(element);
    }
}

fn wrong_scalar(scalar: Scalar, value: &Value) -> Option<String> {
    let go_type = match value {
        Value::Object(_) => "map[string]interface {}",
        Value::Array(_) => "[]interface {}",
        Value::String(_) => "string",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        _ => "int64",
    };
    match (scalar, value) {
        (Scalar::String, Value::String(_))
        | (Scalar::Numeric, Value::Number(_))
        | (Scalar::Boolean, Value::Bool(_))
        | (Scalar::Untyped, Value::String(_) | Value::Number(_) | Value::Bool(_)) => None,
        (Scalar::String, value) => Some(format!("expected string, got {}", go_syntax(value))),
        (Scalar::Numeric, _) => Some(format!("expected numeric (int or float), got {go_type}")),
        (Scalar::Boolean, value) => Some(format!("expected boolean, got {}", go_wrapped(value))),
        (Scalar::Untyped, value) => Some(format!("expected any scalar, got {}", go_wrapped(value))),
    }
}

/// A value as Go prints the library's wrapper around it.
fn go_wrapped(value: &Value) -> String {
    format!("&{{{}}}", crate::demo::patch::go_value(value))
}

/// A value as Go prints the library's wrapper around it with its type.
fn go_syntax(value: &Value) -> String {
    format!("&value.valueUnstructured{{Value:{}}}", crate::demo::patch::go_value(value))
}

/// The entries of a map; none of anything else.
pub fn as_map(value: Option<&Value>) -> Option<&Map<String, Value>> {
    value.and_then(Value::as_object)
}

/// The items of a list; none of anything else.
pub fn as_list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
