//! The proxy to a service: to one of its pods that is ready.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};

use super::backend::port_of;
use super::{Id, Proxied, pods};
use crate::demo::api::error::ApiError;
use crate::demo::api::{ApiState, encode};
use crate::demo::random::fnv;
use crate::demo::store::{Facts, Key, Kind, Store, Stored as _, StoredObject};

/// Passes a request on to a pod behind a service.
///
/// # Errors
/// When there is no such service or port, or no pod behind it is ready.
pub fn answer(
    state: &ApiState,
    namespace: &str,
    id: &str,
    request: Proxied<'_>,
) -> Result<Response<Body>, ApiError> {
    let info = k8s_pb::api::core::v1::Service::info();
    let parsed =
        Id::parse(id).ok_or_else(|| ApiError::bad_request(format!("invalid service request \"{id}\"")))?;
    let name = parsed.name;
    let (service, ready) = {
        let store = state.store.lock();
        let service = store.get(Kind::Service, &Key::new(namespace, name)).cloned();
        let service = service.ok_or_else(|| ApiError::not_found(info, name))?;
        let service = encode::value(&state.schema, info, &service)?;
        let ready = ready_pods(&store, namespace, &service["spec"]["selector"]);
        (service, ready)
    };
    let target = target_port(&service, name, parsed.port)?;
    let none = || ApiError::unavailable(&format!("no endpoints available for service \"{name}\""));
    if ready.is_empty() {
        return Err(none());
    }
    // The same request goes to the same pod, so that looking twice shows the same.
    let chosen =
        usize::try_from(fnv(format!("{}?{}", request.path, request.query).as_bytes()) % ready.len() as u64)
            .unwrap_or(0);
    let pod = ready.get(chosen).ok_or_else(none)?;
    let value = encode::value(&state.schema, k8s_pb::api::core::v1::Pod::info(), pod)?;
    let port = match &target {
        Value::Number(number) => number.as_u64().and_then(|port| u16::try_from(port).ok()).unwrap_or(0),
        named => port_of(&value, named),
    };
    if port == 0 {
        return Err(none());
    }
    pods::reach(state, (pod, &value), port, request)
}

/// The ready pods that a selector names; none where it names nothing.
fn ready_pods(store: &Store, namespace: &str, selector: &Value) -> Vec<Arc<StoredObject>> {
    let Some(selector) = selector.as_object().filter(|selector| !selector.is_empty()) else {
        return Vec::new();
    };
    let selected = |pod: &&Arc<StoredObject>| {
        selector.iter().all(|(key, value)| pod.label(key) == value.as_str())
            && matches!(&pod.facts, Facts::Pod(facts) if facts.ready())
    };
    store.list(Kind::Pod, Some(namespace), None).filter(selected).cloned().collect()
}

/// The port of the pods that a port of the service leads to.
fn target_port(service: &Value, name: &str, wanted: &str) -> Result<Value, ApiError> {
    let ports = service["spec"]["ports"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = match (wanted, ports) {
        ("", [only]) => Some(only),
        (wanted, ports) => match wanted.parse::<u16>() {
            Ok(number) => {
                let port = ports.iter().find(|port| port["port"] == json!(number));
                let missing = || {
                    ApiError::unavailable(&format!("no service port {number} found for service \"{name}\""))
                };
                Some(port.ok_or_else(missing)?)
            }
            Err(_) => ports.iter().find(|port| port["name"].as_str().unwrap_or_default() == wanted),
        },
    };
    let missing = || ApiError::unavailable(&format!("no endpoints available for service \"{name}\""));
    let port = found.ok_or_else(missing)?;
    Ok(if port["targetPort"].is_null() { port["port"].clone() } else { port["targetPort"].clone() })
}
