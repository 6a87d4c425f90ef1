//! The proxy to a pod.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};

use super::backend::{behind, port_of};
use super::{Id, Proxied, unreachable};
use crate::demo::api::error::ApiError;
use crate::demo::api::{ApiState, encode};
use crate::demo::store::{Facts, Key, Kind, Stored as _, StoredObject};

/// Passes a request on to a pod, to the port of its id or the first that it declares.
///
/// # Errors
/// When there is no such pod, it has no address, or nothing listens.
pub fn answer(
    state: &ApiState,
    namespace: &str,
    id: &str,
    request: Proxied<'_>,
) -> Result<Response<Body>, ApiError> {
    let info = k8s_pb::api::core::v1::Pod::info();
    let parsed =
        Id::parse(id).ok_or_else(|| ApiError::bad_request(format!("invalid pod request \"{id}\"")))?;
    let pod = state.store.lock().get(Kind::Pod, &Key::new(namespace, parsed.name)).cloned();
    let pod = pod.ok_or_else(|| ApiError::not_found(info, parsed.name))?;
    let value = encode::value(&state.schema, info, &pod)?;
    let port = match parsed.port {
        "" => first_port(&value),
        port => port.parse().unwrap_or_else(|_| port_of(&value, &json!(port))),
    };
    reach(state, (&pod, &value), port, request)
}

/// Passes a request on to a port of a pod.
///
/// # Errors
/// When the pod has no address, or nothing listens.
pub fn reach(
    state: &ApiState,
    (pod, value): (&Arc<StoredObject>, &Value),
    port: u16,
    request: Proxied<'_>,
) -> Result<Response<Body>, ApiError> {
    let Facts::Pod(facts) = &pod.facts else { return Err(ApiError::no_such_path()) };
    if facts.address.is_empty() {
        return Err(ApiError::bad_request("address not allowed"));
    }
    // Without a port the proxy takes that of plain HTTP.
    let port = if port == 0 { 80 } else { port };
    let address = format!("{}:{port}", facts.address);
    let runs = value["status"]["containerStatuses"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|status| status["state"]["running"].is_object());
    let backend = if runs && port_of(value, &json!(port)) == port { behind(pod, port) } else { None };
    let backend = backend.ok_or_else(|| unreachable(&address, "connect: connection refused"))?;
    Ok(backend.answer(state, pod, request))
}

fn first_port(pod: &Value) -> u16 {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    let port = containers.filter_map(|it| it["ports"][0]["containerPort"].as_u64()).next();
    port.and_then(|port| u16::try_from(port).ok()).unwrap_or(0)
}
