//! Brings objects into the shape of a structural schema: unknown fields go, and defaults come.

use serde_json::Value;

/// What every object has, whatever its schema says.
const OBJECT_FIELDS: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Drops the fields of an object that the schema doesn't know.
pub fn prune_object(object: &mut Value, schema: &Value) {
    prune(object, schema, true);
}

fn prune(value: &mut Value, schema: &Value, is_object: bool) {
    match value {
        Value::Array(items) => {
            let schema = &schema["items"];
            for item in items {
                prune(item, schema, is_embedded(schema));
            }
        }
        Value::Object(fields) => {
            let properties = schema["properties"].as_object();
            let additional = &schema["additionalProperties"];
            let keeps_all = preserves(schema) || additional == &Value::Bool(true);
            fields.retain(|name, value| {
                if is_object && OBJECT_FIELDS.contains(&name.as_str()) {
                    return true;
                }
                if let Some(property) = properties.and_then(|properties| properties.get(name)) {
                    prune(value, property, is_embedded(property));
                    return true;
                }
                if additional.is_object() {
                    prune(value, additional, is_embedded(additional));
                    return true;
                }
                keeps_all
            });
        }
        _ => {}
    }
}

fn preserves(schema: &Value) -> bool {
    schema["x-kubernetes-preserve-unknown-fields"] == true
}

fn is_embedded(schema: &Value) -> bool {
    schema["x-kubernetes-embedded-resource"] == true
}

/// Fills in the schema's defaults, and drops nulls where the schema has a default instead.
pub fn fill(value: &mut Value, schema: &Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, &schema["items"])),
        Value::Object(fields) => {
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let Some(default) = property.get("default") else { continue };
                let absent = match fields.get(name) {
                    None => true,
                    Some(value) => value.is_null() && property["nullable"] != true,
                };
                if absent {
                    fields.insert(name.clone(), default.clone());
                }
            }
            for (name, value) in fields {
                let property = &schema["properties"][name];
                let known = if property.is_null() { &schema["additionalProperties"] } else { property };
                fill(value, known);
            }
        }
        _ => {}
    }
}
