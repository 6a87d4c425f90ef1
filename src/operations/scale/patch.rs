//! The patch of the scale subresource, which fails if the object or its count isn't any more what was seen.

use serde_json::{Value, json};

/// The patch that sets `wanted` where `scale` was read: its identity and its count are tested first.
///
/// The server leaves a count of zero out of a Scale, so that then the whole (empty) `spec` is tested, and the count added.
pub(super) fn of(scale: &Value, uid: &str, wanted: u32) -> Value {
    let mut operations = Vec::with_capacity(3);
    if !uid.is_empty() {
        operations.push(json!({ "op": "test", "path": "/metadata/uid", "value": uid }));
    }
    match scale.pointer("/spec/replicas") {
        Some(seen) => {
            operations.push(json!({ "op": "test", "path": "/spec/replicas", "value": seen }));
            operations.push(json!({ "op": "replace", "path": "/spec/replicas", "value": wanted }));
        }
        None => {
            let spec = scale.get("spec").cloned().unwrap_or_else(|| json!({}));
            operations.push(json!({ "op": "test", "path": "/spec", "value": spec }));
            operations.push(json!({ "op": "add", "path": "/spec/replicas", "value": wanted }));
        }
    }
    Value::Array(operations)
}

/// The Scale of a workload as the server writes it, for a user who may patch it but not read it.
pub(super) fn assumed_scale(uid: &str, replicas: u32) -> Value {
    let spec = if replicas == 0 { json!({}) } else { json!({ "replicas": replicas }) };
    json!({ "metadata": { "uid": uid }, "spec": spec })
}

/// The count of a Scale.
pub(super) fn replicas(scale: &Value) -> u32 {
    scale
        .pointer("/spec/replicas")
        .and_then(Value::as_u64)
        .and_then(|count| u32::try_from(count).ok())
        .unwrap_or(0)
}

/// The identity in a Scale, as the server writes it.
pub(super) fn uid(scale: &Value) -> &str {
    scale.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default()
}
