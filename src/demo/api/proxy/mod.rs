//! Proxies: requests that the API server passes on to pods, services and nodes.
//!
//! What answers is a [`Backend`](backend::Backend), found by the pod and the port that a request reaches.

mod backend;
mod kubelet;
mod pods;
mod services;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Method, Response, StatusCode};

use super::ApiState;
use super::error::ApiError;

pub use kubelet::answer as node;
pub use pods::answer as pod;
pub use services::answer as service;

/// A request as the process behind the proxy gets it.
#[derive(Debug, Clone, Copy)]
pub struct Proxied<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path, with a slash first.
    pub path: &'a str,
    /// The query, without its question mark.
    pub query: &'a str,
    /// The body.
    #[expect(dead_code, reason = "for processes that take more than questions")]
    pub body: &'a [u8],
}

/// `name`, `name:port` or `scheme:name:port`, split.
struct Id<'a> {
    name: &'a str,
    port: &'a str,
}

impl<'a> Id<'a> {
    /// Reads an id; `None` where it is none.
    fn parse(id: &'a str) -> Option<Id<'a>> {
        let parts: Vec<&str> = id.split(':').collect();
        let id = match parts.as_slice() {
            [name] => Id { name, port: "" },
            [name, port] => Id { name, port },
            ["http" | "https" | "", name, port] => Id { name, port },
            _ => return None,
        };
        (!id.name.is_empty()).then_some(id)
    }
}

/// An answer in plain text.
pub fn text(code: StatusCode, text: impl Into<Body>) -> Response<Body> {
    typed(code, "text/plain; charset=utf-8", text)
}

/// An answer of this media type.
pub fn typed(code: StatusCode, media: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
    response
}

/// Nothing answers at the address.
fn unreachable(address: &str, why: &str) -> ApiError {
    ApiError::unavailable(&format!("error trying to reach service: dial tcp {address}: {why}"))
}
