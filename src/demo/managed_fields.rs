//! The record of which manager set which fields, in the form of `metadata.managedFields`.

use serde_json::{Map, Value, json};

use crate::platform::time::Instant;

/// Lists whose items are told apart by fields of theirs; all other lists belong to one manager as a whole.
const KEYED_LISTS: [(&str, &[&str]); 12] = [
    ("containers", &["name"]),
    ("initContainers", &["name"]),
    ("volumes", &["name"]),
    ("env", &["name"]),
    ("ports", &["containerPort", "protocol"]),
    ("volumeMounts", &["mountPath"]),
    ("conditions", &["type"]),
    ("ownerReferences", &["uid"]),
    ("podIPs", &["ip"]),
    ("hostIPs", &["ip"]),
    ("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("imagePullSecrets", &["name"]),
];

/// Metadata that the server itself sets, which no manager owns.
const SERVER_FIELDS: [&str; 8] = [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
    "selfLink",
];

/// The fields of a value as `fieldsV1`.
pub fn fields(value: &Value) -> Value {
    fields_under("", value)
}

fn fields_under(name: &str, value: &Value) -> Value {
    let mut out = Map::new();
    match value {
        Value::Object(object) => {
            if !matches!(name, "" | "metadata" | "spec" | "status" | "template") {
                out.insert(".".to_owned(), json!({}));
            }
            for (key, value) in object {
                out.insert(format!("f:{key}"), fields_under(key, value));
            }
        }
        Value::Array(items) => {
            let keys = KEYED_LISTS.iter().find(|(list, _)| *list == name).map(|(_, keys)| *keys);
            for (item, keys) in items.iter().zip(keys.into_iter().cycle()) {
                let mut identity = Map::new();
                for key in keys {
                    if let Some(value) = item.get(*key) {
                        identity.insert((*key).to_owned(), value.clone());
                    } else if *key == "protocol" {
                        identity.insert((*key).to_owned(), json!("TCP"));
                    }
                }
                out.insert(format!("k:{}", Value::Object(identity)), fields_under("item", item));
            }
        }
        _ => {}
    }
    Value::Object(out)
}

/// An object's fields less those that the server sets, of its specification (`status` false) or its status.
pub fn owned_fields(object: &Value, status: bool) -> Value {
    let mut kept = Map::new();
    if status {
        if let Some(status) = object.get("status") {
            kept.insert("status".to_owned(), status.clone());
        }
    } else {
        if let Some(Value::Object(metadata)) = object.get("metadata") {
            let own = metadata.iter().filter(|(key, _)| !SERVER_FIELDS.contains(&key.as_str()));
            kept.insert(
                "metadata".to_owned(),
                own.map(|(key, value)| (key.clone(), value.clone())).collect(),
            );
        }
        if let Some(spec) = object.get("spec") {
            kept.insert("spec".to_owned(), spec.clone());
        }
    }
    fields(&Value::Object(kept))
}

/// One entry of `managedFields`.
pub fn entry(manager: &str, api_version: &str, subresource: &str, time: Instant, fields: Value) -> Value {
    let mut entry = json!({
        "manager": manager,
        "operation": "Update",
        "apiVersion": api_version,
        "time": time.rfc3339(),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    });
    if !subresource.is_empty() {
        entry["subresource"] = json!(subresource);
    }
    entry
}

/// Notes in an object that `manager` has just set the fields that differ from `before`.
pub fn record(object: &mut Value, before: &Value, manager: &str, subresource: &str, now: Instant) {
    let changed = difference(before, object);
    let fields = owned_fields(&changed, subresource == "status");
    if fields.as_object().is_none_or(Map::is_empty) {
        return;
    }
    let api_version = object.get("apiVersion").and_then(Value::as_str).unwrap_or_default().to_owned();
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    let entries = metadata.entry("managedFields").or_insert_with(|| json!([]));
    let Some(entries) = entries.as_array_mut() else { return };
    let own = entries.iter_mut().find(|entry| {
        entry.get("manager").and_then(Value::as_str) == Some(manager)
            && entry.get("subresource").and_then(Value::as_str).unwrap_or_default() == subresource
    });
    match own {
        Some(own) => {
            own["time"] = json!(now.rfc3339());
            merge(&mut own["fieldsV1"], fields);
        }
        None => entries.push(entry(manager, &api_version, subresource, now, fields)),
    }
}

/// What `after` has and `before` hasn't, or has otherwise; lists are kept whole.
fn difference(before: &Value, after: &Value) -> Value {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => after
            .iter()
            .filter(|(key, value)| before.get(*key) != Some(value))
            .map(|(key, value)| (key.clone(), difference(before.get(key).unwrap_or(&Value::Null), value)))
            .collect(),
        _ => after.clone(),
    }
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert_with(|| json!({})), value);
            }
        }
        (into, from) => *into = from,
    }
}
