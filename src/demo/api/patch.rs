//! Patches, as plain functions on JSON values.

use serde_json::{Map, Value};

use super::error::ApiError;

/// The kinds of patch that the server takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchKind {
    /// RFC 6902.
    Json,
    /// RFC 7386.
    Merge,
    /// Kubernetes' own, which merges lists by the keys of their items.
    Strategic,
}

impl PatchKind {
    /// The kind by its media type.
    pub fn of(content_type: &str) -> Result<Self, ApiError> {
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/json-patch+json" => Ok(PatchKind::Json),
            "application/merge-patch+json" => Ok(PatchKind::Merge),
            "application/strategic-merge-patch+json" => Ok(PatchKind::Strategic),
            other => Err(ApiError::unsupported_type(other)),
        }
    }

    /// Applies a patch of this kind.
    pub fn apply(self, object: &mut Value, body: &[u8]) -> Result<(), ApiError> {
        let unreadable =
            |error: serde_json::Error| ApiError::bad_request(format!("error decoding patch: {error}"));
        match self {
            PatchKind::Json => {
                let patch: json_patch::Patch = serde_json::from_slice(body).map_err(unreadable)?;
                json_patch::patch(object, &patch).map_err(|_| ApiError::patch_refused())
            }
            PatchKind::Merge => {
                json_patch::merge(object, &serde_json::from_slice(body).map_err(unreadable)?);
                Ok(())
            }
            PatchKind::Strategic => {
                strategic(object, &serde_json::from_slice(body).map_err(unreadable)?);
                Ok(())
            }
        }
    }
}

/// Lists that are merged, with the keys that tell their items apart; `ports` differ between pods and services.
const MERGED_LISTS: [(&str, &[&str]); 12] = [
    ("containers", &["name"]),
    ("initContainers", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("volumes", &["name"]),
    ("env", &["name"]),
    ("imagePullSecrets", &["name"]),
    ("ports", &["containerPort", "port"]),
    ("volumeMounts", &["mountPath"]),
    ("conditions", &["type"]),
    ("ownerReferences", &["uid"]),
    ("taints", &["key"]),
    ("addresses", &["type"]),
];

fn strategic(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if patch.get("$patch").and_then(Value::as_str) == Some("replace") {
        *target = Value::Object(without_directives(patch));
        return;
    }
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch.iter().filter(|(key, _)| !key.starts_with('$')) {
        match value {
            Value::Null => {
                target.remove(key);
            }
            Value::Array(items) => {
                let keys = MERGED_LISTS.iter().find(|(list, _)| list == key).map(|(_, keys)| *keys);
                match (keys, target.get_mut(key)) {
                    (Some(keys), Some(Value::Array(present))) => merge_list(present, items, keys),
                    _ => {
                        target.insert(key.clone(), Value::Array(items.clone()));
                    }
                }
            }
            Value::Object(_) => strategic(target.entry(key.clone()).or_insert(Value::Null), value),
            value => {
                target.insert(key.clone(), value.clone());
            }
        }
    }
}

fn merge_list(present: &mut Vec<Value>, items: &[Value], keys: &[&str]) {
    if items.iter().any(|item| item["$patch"] == "replace") {
        *present = items.iter().filter(|item| item.get("$patch").is_none()).cloned().collect();
        return;
    }
    for item in items {
        let key = keys.iter().find(|key| item.get(**key).is_some());
        let position = key.and_then(|key| present.iter().position(|old| old.get(*key) == item.get(*key)));
        match (item["$patch"].as_str(), position) {
            (Some("delete"), Some(position)) => {
                present.remove(position);
            }
            (Some("delete"), None) => {}
            (_, Some(position)) => strategic(&mut present[position], item),
            (_, None) => present.push(item.clone()),
        }
    }
}

fn without_directives(patch: &Map<String, Value>) -> Map<String, Value> {
    patch
        .iter()
        .filter(|(key, _)| !key.starts_with('$'))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
