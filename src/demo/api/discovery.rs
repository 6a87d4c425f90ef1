//! What the server says about itself: version, health, groups and kinds.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::accept::{Encoding, Format, Shape};
use super::encode::Made;
use super::error::ApiError;
use super::reply;
use super::reviews::{REVIEWS, ReviewKind};
use crate::demo::store::{KindInfo, Kinds};
use crate::demo::wire::Schema;

/// An answer that isn't about objects.
pub enum Answer {
    /// Plain text.
    Text(&'static str),
    /// Made for this request.
    Made(Made),
    /// Aggregated discovery, which has a media type of its own.
    Aggregated(Value),
}

/// The version of every group that takes reviews.
const REVIEW_VERSION: &str = "v1";

/// The reviews that a group version takes.
fn reviews_of<'a>(group: &'a str, version: &'a str) -> impl Iterator<Item = &'static ReviewKind> + 'a {
    let own = move |review: &&ReviewKind| review.group == group && version == REVIEW_VERSION;
    // What is taken under another kind's objects is a subresource of theirs.
    REVIEWS.iter().filter(own).filter(|review| review.subresource.is_empty())
}

/// The answer under a path; `None` when the path is about objects.
pub fn answer(path: &str, format: &Format, headers: &HeaderMap, kinds: &Kinds) -> Option<Answer> {
    let made =
        |value: Value, message: &'static str| Some(Answer::Made(Made { value, message: Some(message) }));
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match segments.as_slice() {
        ["healthz" | "livez" | "readyz", ..] => Some(Answer::Text("ok")),
        ["version"] => Some(Answer::Made(Made { value: version(), message: None })),
        ["api" | "apis"] if format.shape == Shape::Discovery => {
            Some(Answer::Aggregated(aggregated(kinds, segments[0] == "api")))
        }
        ["api"] => {
            let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
            let versions = json!({
                "kind": "APIVersions",
                "apiVersion": "v1",
                "versions": ["v1"],
                "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": host}],
            });
            made(versions, "meta.v1.APIVersions")
        }
        ["apis"] => {
            let groups: Vec<Value> =
                groups(kinds).iter().map(|(group, versions)| group_value(group, versions)).collect();
            made(
                json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}),
                "meta.v1.APIGroupList",
            )
        }
        ["apis", group] => {
            let groups = groups(kinds);
            let (group, versions) = groups.iter().find(|(name, _)| name == group)?;
            let mut value = group_value(group, versions);
            value["kind"] = json!("APIGroup");
            value["apiVersion"] = json!("v1");
            made(value, "meta.v1.APIGroup")
        }
        ["api", version] => made(resources(kinds, "", version)?, "meta.v1.APIResourceList"),
        ["apis", group, version] => made(resources(kinds, group, version)?, "meta.v1.APIResourceList"),
        _ => None,
    }
}

impl Answer {
    /// The answer in this encoding.
    pub fn respond(&self, schema: &Schema, encoding: Encoding) -> Result<Response<Body>, ApiError> {
        match self {
            Answer::Text(text) => {
                let mut response = reply(StatusCode::OK, Encoding::Json, *text);
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
                Ok(response)
            }
            Answer::Made(made) => {
                let (bytes, encoding) = made.bytes(schema, encoding)?;
                Ok(reply(StatusCode::OK, encoding, bytes))
            }
            Answer::Aggregated(value) => {
                let mut response = reply(StatusCode::OK, Encoding::Json, value.to_string());
                let kind = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
                Ok(response)
            }
        }
    }
}

fn version() -> Value {
    json!({
        "major": "1",
        "minor": "34",
        "emulationMajor": "1",
        "emulationMinor": "34",
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "33",
        "gitVersion": "v1.34.1",
        "gitCommit": "93248f9ae092f571eb870b7664c534bfc7d00f03",
        "gitTreeState": "clean",
        "buildDate": "2025-09-09T19:38:17Z",
        "goVersion": "go1.24.6",
        "compiler": "gc",
        "platform": "linux/amd64",
    })
}

/// The named groups with their versions, in the order of their first kinds.
fn groups(kinds: &Kinds) -> Vec<(&str, Vec<&str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    let kinds = kinds.served().iter().map(|kind| (&*kind.group, &*kind.version));
    for (group, version) in kinds.chain(REVIEWS.iter().map(|review| (review.group, REVIEW_VERSION))) {
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, versions)) if !versions.contains(&version) => versions.push(version),
            Some(_) => {}
            None if group.is_empty() => {}
            None => groups.push((group, vec![version])),
        }
    }
    groups
}

fn group_value(group: &str, versions: &[&str]) -> Value {
    let versions: Vec<Value> = versions
        .iter()
        .map(|version| json!({"groupVersion": format!("{group}/{version}"), "version": version}))
        .collect();
    json!({"name": group, "versions": versions, "preferredVersion": versions.first()})
}

/// The subresources of a kind: name, group, version and kind of what they take.
fn subresources(kind: &KindInfo) -> Vec<(&str, &str, &str, &str)> {
    let mut subresources = Vec::new();
    if kind.scale {
        subresources.push(("scale", "autoscaling", "v1", "Scale"));
    }
    if kind.status {
        subresources.push(("status", &kind.group, &kind.version, &kind.name));
    }
    subresources
}

fn resources(kinds: &Kinds, group: &str, version: &str) -> Option<Value> {
    let mut resources = Vec::new();
    for kind in kinds.served().iter().filter(|kind| kind.group == group && kind.version == version) {
        let mut resource = json!({
            "name": kind.plural,
            "singularName": kind.singular,
            "namespaced": kind.namespaced,
            "kind": kind.name,
            "verbs": kind.verbs(),
        });
        if !kind.short.is_empty() {
            resource["shortNames"] = json!(kind.short);
        }
        if !kind.categories.is_empty() {
            resource["categories"] = json!(kind.categories);
        }
        resources.push(resource);
        for (name, group, version, taken) in subresources(kind) {
            let mut resource = json!({
                "name": format!("{}/{name}", kind.plural),
                "singularName": "",
                "namespaced": kind.namespaced,
                "kind": taken,
                "verbs": ["get", "patch", "update"],
            });
            if name == "scale" {
                resource["group"] = json!(group);
                resource["version"] = json!(version);
            }
            resources.push(resource);
        }
    }
    for review in reviews_of(group, version) {
        resources.push(json!({
            "name": review.plural,
            "singularName": review.name.to_lowercase(),
            "namespaced": review.namespaced,
            "kind": review.name,
            "verbs": ["create"],
        }));
    }
    if resources.is_empty() {
        return None;
    }
    let name = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    Some(json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": resources}))
}

/// All groups and kinds at once, of the core or of the named groups.
fn aggregated(kinds: &Kinds, core: bool) -> Value {
    let groups = if core { vec![("", vec!["v1"])] } else { groups(kinds) };
    let items: Vec<Value> = groups
        .iter()
        .map(|(group, versions)| {
            let versions: Vec<Value> = versions
                .iter()
                .map(|version| json!({"version": version, "resources": aggregated_resources(kinds, group, version), "freshness": "Current"}))
                .collect();
            let metadata = if group.is_empty() { json!({}) } else { json!({"name": group}) };
            json!({"metadata": metadata, "versions": versions})
        })
        .collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items})
}

fn aggregated_resources(kinds: &Kinds, group: &str, version: &str) -> Vec<Value> {
    let scope = |namespaced: bool| if namespaced { "Namespaced" } else { "Cluster" };
    let kinds = kinds.served().iter().filter(|kind| kind.group == group && kind.version == version);
    let objects = kinds.map(|kind| {
        let subresources: Vec<Value> = subresources(kind)
            .iter()
            .map(|(name, group, version, taken)| {
                json!({
                    "subresource": name,
                    "responseKind": {"group": group, "version": version, "kind": taken},
                    "verbs": ["get", "patch", "update"],
                })
            })
            .collect();
        json!({
            "resource": kind.plural,
            "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.name},
            "scope": scope(kind.namespaced),
            "singularResource": kind.singular,
            "verbs": kind.verbs(),
            "shortNames": kind.short,
            "categories": kind.categories,
            "subresources": subresources,
        })
    });
    let reviews = reviews_of(group, version).map(|review| {
        json!({
            "resource": review.plural,
            "responseKind": {"group": review.group, "version": version, "kind": review.name},
            "scope": scope(review.namespaced),
            "singularResource": review.name.to_lowercase(),
            "verbs": ["create"],
        })
    });
    objects.chain(reviews).collect()
}
