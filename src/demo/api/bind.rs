//! Bindings: a scheduler gives a pod its node.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use k8s_pb::api::core::v1::Pod;
use serde_json::json;

use super::encode::Made;
use super::error::ApiError;
use super::{Call, body, write};
use crate::demo::controllers::kubelet;

/// Binds the pod that the path names to the node that the body says.
///
/// # Errors
/// When the pod isn't there, has a node already, or is being deleted.
pub fn bind(call: &Call<'_>, bytes: &[u8], content_type: &str) -> Result<Response<Body>, ApiError> {
    let expected = ("v1", "Binding", "core.v1.Binding");
    let binding = body::read_object(&call.state.schema, &call.kinds(), expected, bytes, content_type)?;
    let (kind, key) = (&*call.target.kind, call.key());
    let dry = write::dry_run(call, "CreateOptions")?;
    let node = binding["target"]["name"].as_str().unwrap_or_default();
    if node.is_empty() {
        return Err(ApiError::bad_request("Binding.target.name is required"));
    }
    let mut store = call.state.store.lock();
    let mut pod = store.read::<Pod>(&key).ok_or_else(|| ApiError::not_found(kind, &key.name))?;
    let own = pod.spec.as_ref().and_then(|spec| spec.node_name.clone()).unwrap_or_default();
    if pod.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some()) {
        let why = format!("pod {} is being deleted, cannot be assigned to a host", key.name);
        return Err(ApiError::binding_refused(kind, &key.name, &why));
    }
    if !own.is_empty() {
        let why = format!("pod {} is already assigned to node \"{own}\"", key.name);
        return Err(ApiError::binding_refused(kind, &key.name, &why));
    }
    if !dry {
        kubelet::bind(&mut pod, node, call.state.clock.now());
        store.put(&mut pod);
        call.state.store.wake_controllers();
    }
    drop(store);
    let status =
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
    let made = Made { value: status, message: Some("meta.v1.Status") };
    made.respond(&call.state.schema, call.format.encoding, StatusCode::CREATED)
}
