//! The `scale` subresource.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use super::Call;
use super::encode::{self, Made};
use super::error::ApiError;
use crate::demo::store::StoredObject;

/// Reads an object's scale.
pub fn get(call: &Call<'_>, object: &StoredObject) -> Result<Response<Body>, ApiError> {
    let value = encode::value(&call.state.schema, &call.target.kind, object)?;
    respond(call, scale_of(&value))
}

/// Answers with a scale.
pub fn respond(call: &Call<'_>, scale: Value) -> Result<Response<Body>, ApiError> {
    let made = Made { value: scale, message: Some("autoscaling.v1.Scale") };
    made.respond(&call.state.schema, call.format.encoding, StatusCode::OK)
}

/// The scale of an object. As in Go's JSON, a count of 0 is left out of the specification.
pub fn scale_of(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let selector: Vec<String> = object["spec"]["selector"]["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    let mut spec = json!({});
    if let Some(replicas) = object["spec"]["replicas"].as_i64().filter(|replicas| *replicas != 0) {
        spec["replicas"] = json!(replicas);
    }
    json!({
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"],
            "creationTimestamp": metadata["creationTimestamp"],
        },
        "spec": spec,
        "status": {
            "replicas": object["status"]["replicas"].as_i64().unwrap_or(0),
            "selector": selector.join(","),
        },
    })
}

/// Writes the count of a scale into its object.
pub fn set_scale(object: &mut Value, scale: &Value) {
    object["spec"]["replicas"] = json!(scale["spec"]["replicas"].as_i64().unwrap_or(0));
}
