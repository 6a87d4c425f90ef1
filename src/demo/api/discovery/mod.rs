//! What the server says about itself: version, health, groups and kinds.

mod health;
mod resources;
mod served;
mod version;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use self::served::Group;
use super::accept::{Encoding, Format, Shape};
use super::encode::Made;
use super::error::ApiError;
use super::reply;
use super::request::Query;
use crate::demo::store::Kinds;
use crate::demo::wire::Schema;

/// An answer that isn't about objects.
#[derive(Debug)]
pub enum Answer {
    /// Plain text, with its code.
    Text(StatusCode, String),
    /// Made for this request.
    Made(Made),
    /// Aggregated discovery, which has media types of its own: in its beta version or not.
    Aggregated(Value, bool),
}

/// The answer under a path; `None` when the path is about objects.
pub fn answer(
    path: &str,
    query: &Query,
    format: &Format,
    headers: &HeaderMap,
    kinds: &Kinds,
) -> Option<Answer> {
    let made =
        |value: Value, message: &'static str| Some(Answer::Made(Made { value, message: Some(message) }));
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match segments.as_slice() {
        [which @ ("healthz" | "livez" | "readyz"), check @ ..] => health::answer(which, check, query),
        ["version"] => Some(Answer::Made(Made { value: version::version(), message: None })),
        [root @ ("api" | "apis")] if format.shape.is_discovery() => {
            let beta = format.shape == Shape::BetaDiscovery;
            let groups =
                served::groups(kinds).into_iter().filter(|group| group.name.is_empty() == (*root == "api"));
            Some(Answer::Aggregated(resources::aggregated(groups, kinds, beta), beta))
        }
        ["api"] => {
            let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
            made(
                json!({
                    "kind": "APIVersions",
                    "versions": ["v1"],
                    "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": host}],
                }),
                "meta.v1.APIVersions",
            )
        }
        ["apis"] => {
            let groups = served::groups(kinds).into_iter().filter(|group| !group.name.is_empty());
            let groups: Vec<Value> = groups.map(|group| group_value(&group)).collect();
            made(
                json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}),
                "meta.v1.APIGroupList",
            )
        }
        ["apis", name] => {
            let group = served::groups(kinds).into_iter().find(|group| group.name == *name)?;
            let mut value = group_value(&group);
            value["kind"] = json!("APIGroup");
            value["apiVersion"] = json!("v1");
            made(value, "meta.v1.APIGroup")
        }
        ["api", version] => made(resources::list(kinds, "", version)?, "meta.v1.APIResourceList"),
        ["apis", group, version] => made(resources::list(kinds, group, version)?, "meta.v1.APIResourceList"),
        _ => None,
    }
}

fn group_value(group: &Group) -> Value {
    let versions: Vec<Value> = group
        .versions
        .iter()
        .map(|version| json!({"groupVersion": format!("{}/{version}", group.name), "version": version}))
        .collect();
    json!({"name": group.name, "versions": versions, "preferredVersion": versions.first()})
}

impl Answer {
    /// The answer in this encoding.
    pub fn respond(&self, schema: &Schema, encoding: Encoding) -> Result<Response<Body>, ApiError> {
        let typed = |code: StatusCode, media: &'static str, body: String| {
            let mut response = reply(code, Encoding::Json, body);
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
            response
        };
        match self {
            Answer::Text(code, text) => Ok(typed(*code, "text/plain; charset=utf-8", text.clone())),
            Answer::Made(made) => {
                let (bytes, encoding) = made.bytes(schema, encoding)?;
                Ok(reply(StatusCode::OK, encoding, bytes))
            }
            Answer::Aggregated(value, beta) => {
                let media = if *beta {
                    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"
                } else {
                    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
                };
                Ok(typed(StatusCode::OK, media, value.to_string()))
            }
        }
    }
}
