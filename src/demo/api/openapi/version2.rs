//! The description in the older form, Swagger 2: the definitions alone.

use serde_json::{Map, Value, json};

/// The document with these schemas.
pub fn document(schemas: Map<String, Value>) -> Value {
    let definitions: Map<String, Value> =
        schemas.into_iter().map(|(name, schema)| (name, converted(schema))).collect();
    json!({
        "swagger": "2.0",
        "info": {"title": "Kubernetes", "version": "unversioned"},
        "paths": {},
        "definitions": definitions,
    })
}

/// A schema as version 2 writes it: references stand beside other words, and choices are texts.
fn converted(schema: Value) -> Value {
    match schema {
        Value::Object(mut schema) => {
            if let Some(Value::Array(parts)) = schema.remove("allOf") {
                for part in parts {
                    if let Value::Object(part) = part {
                        schema.extend(part);
                    }
                }
                schema.remove("default");
            }
            if schema.remove("oneOf").is_some() {
                schema.insert("type".to_owned(), json!("string"));
            }
            if let Some(Value::String(target)) = schema.get_mut("$ref") {
                *target = target.replace("#/components/schemas/", "#/definitions/");
            }
            Value::Object(schema.into_iter().map(|(key, value)| (key, converted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(converted).collect()),
        other => other,
    }
}
