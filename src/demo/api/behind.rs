//! What the API server passes on: logs, streams, proxies and the metrics API.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Response};

use super::accept::Format;
use super::error::ApiError;
use super::proxy::{self, Proxied};
use super::request::{Query, decode};
use super::{ApiState, logs, metrics, streams};

/// A request that may be for something behind the API server.
#[derive(Debug, Clone, Copy)]
pub struct Passed<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its path, as it came.
    pub path: &'a str,
    /// Its query, as it came.
    pub query: &'a str,
    /// Its body.
    pub body: &'a [u8],
}

/// The answer of what is behind the API server; `None` where the path is for the server itself.
pub fn answer(
    state: &Arc<ApiState>,
    request: Passed<'_>,
    query: &Query,
    format: &Format,
) -> Option<Result<Response<Body>, ApiError>> {
    let decoded: Vec<String> = request.path.trim_start_matches('/').split('/').map(decode).collect();
    let segments: Vec<&str> = decoded.iter().map(String::as_str).collect();
    let inner = |depth: usize| Proxied {
        method: request.method,
        path: after(request.path, depth),
        query: request.query,
        body: request.body,
    };
    Some(match segments.as_slice() {
        ["apis", metrics::GROUP, metrics::VERSION, rest @ ..] if !rest.concat().is_empty() => {
            metrics::answer(state, (request.method, rest), query, format)
        }
        ["api", "v1", "namespaces", namespace, "pods", name, "log"] if request.method == Method::GET => {
            logs::answer(state, namespace, name, query)
        }
        [
            "api",
            "v1",
            "namespaces",
            namespace,
            "pods",
            name,
            stream @ ("exec" | "attach" | "portforward"),
        ] => Err(streams::refuse(state, namespace, name, stream)),
        ["api", "v1", "namespaces", namespace, "pods", id, "proxy", ..] => {
            proxy::pod(state, namespace, id, inner(7))
        }
        ["api", "v1", "namespaces", namespace, "services", id, "proxy", ..] => {
            proxy::service(state, namespace, id, inner(7))
        }
        ["api", "v1", "nodes", id, "proxy", ..] => proxy::node(state, id, inner(5)),
        _ => return None,
    })
}

/// The path after so many segments, with a slash first.
fn after(path: &str, depth: usize) -> &str {
    let mut slashes = path.match_indices('/').map(|(position, _)| position);
    slashes.nth(depth).map_or("/", |position| &path[position..])
}
