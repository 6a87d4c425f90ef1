//! The columns and cells of custom kinds, as their definitions describe them.

use serde_json::{Value, json};

use super::text::{age, name, since};
use crate::demo::custom::path;
use crate::demo::store::{CustomColumn, CustomVersion};
use crate::platform::time::Instant;

/// What tables say of the columns: the name, and what the definition adds, or else the age.
pub fn definitions(custom: &CustomVersion) -> Vec<Value> {
    let mut definitions =
        vec![json!({"name": "Name", "type": "string", "format": "name", "description": "", "priority": 0})];
    if custom.columns.is_empty() {
        definitions
            .push(json!({"name": "Age", "type": "date", "format": "", "description": "", "priority": 0}));
    }
    definitions.extend(custom.columns.iter().map(definition));
    definitions
}

fn definition(column: &CustomColumn) -> Value {
    let description = match column.description.as_str() {
        "" => format!("Custom resource definition column (in JSONPath format): {}", column.path),
        described => described.to_owned(),
    };
    json!({
        "name": column.name,
        "type": column.kind,
        "format": column.format,
        "description": description,
        "priority": column.priority,
    })
}

/// The cells of an object.
pub fn cells(custom: &CustomVersion, object: &Value, now: Instant) -> Vec<Value> {
    let mut cells = vec![name(object)];
    if custom.columns.is_empty() {
        cells.push(age(object, now));
    }
    cells.extend(custom.columns.iter().map(|column| cell(column, object, now)));
    cells
}

fn cell(column: &CustomColumn, object: &Value, now: Instant) -> Value {
    let Some(value) = path::first(object, &column.path) else { return Value::Null };
    match (column.kind.as_str(), value) {
        (_, Value::Null) => Value::Null,
        ("string", Value::String(text)) => json!(text),
        ("string", other) => json!(other.to_string()),
        ("integer", number) => number.as_i64().or(number.as_f64().map(|it| it as i64)).into(),
        ("number", number) => number.as_f64().into(),
        ("boolean", Value::Bool(truth)) => json!(truth),
        ("date", Value::String(moment)) if Instant::parse(moment).is_some() => json!(since(value, now)),
        ("date", Value::String(_)) => json!("<invalid>"),
        _ => Value::Null,
    }
}
