//! The processes behind ports, as far as they answer anything.

use std::fmt::Debug;

use axum::body::Body;
use axum::http::{Method, Response, StatusCode};
use serde_json::Value;

use super::{ApiState, Proxied, text, typed};
use crate::demo::store::{Facts, StoredObject};

/// A process that listens on a port of a pod.
pub trait Backend: Debug + Send + Sync {
    /// Whether it is what listens on this port of the pod.
    fn listens(&self, pod: &StoredObject, port: u16) -> bool;

    /// Its answer to a request.
    fn answer(&self, state: &ApiState, pod: &StoredObject, request: Proxied<'_>) -> Response<Body>;
}

/// What listens on any port that nothing in particular is known of: it tells its metrics and its health.
#[derive(Debug)]
struct Workload;

/// The processes that there are; the first one that listens answers.
const BACKENDS: [&dyn Backend; 1] = [&Workload];

/// What listens on a port of a pod.
pub fn behind(pod: &StoredObject, port: u16) -> Option<&'static dyn Backend> {
    BACKENDS.into_iter().find(|backend| backend.listens(pod, port))
}

/// The paths under which processes tell whether they are well.
const HEALTH: [&str; 11] = [
    "/health",
    "/healthz",
    "/health/live",
    "/health/ready",
    "/live",
    "/livez",
    "/ready",
    "/readyz",
    "/-/healthy",
    "/-/ready",
    "/api/health",
];

impl Backend for Workload {
    fn listens(&self, _: &StoredObject, _: u16) -> bool {
        true
    }

    fn answer(&self, state: &ApiState, pod: &StoredObject, request: Proxied<'_>) -> Response<Body> {
        if !matches!(*request.method, Method::GET | Method::HEAD) {
            return text(StatusCode::METHOD_NOT_ALLOWED, "method not allowed\n");
        }
        if request.path == "/metrics" {
            let store = state.store.lock();
            let metrics = state.model.lock().exposition(&store, pod);
            return typed(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", metrics);
        }
        if HEALTH.contains(&request.path) {
            let ready = matches!(&pod.facts, Facts::Pod(facts) if facts.ready());
            return if ready {
                text(StatusCode::OK, "ok\n")
            } else {
                text(StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
            };
        }
        text(StatusCode::NOT_FOUND, "404 page not found\n")
    }
}

/// The number of the port that a pod's containers give this name or number; 0 where there is none.
pub fn port_of(pod: &Value, wanted: &Value) -> u16 {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    let mut ports = containers.flat_map(|container| container["ports"].as_array().into_iter().flatten());
    let port = ports.find(|port| match wanted {
        Value::String(name) => port["name"] == *name,
        number => port["containerPort"] == *number,
    });
    port.and_then(|port| port["containerPort"].as_u64())
        .and_then(|port| u16::try_from(port).ok())
        .unwrap_or(0)
}
