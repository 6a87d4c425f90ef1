//! What a request asks for, as far as rights go: read from its path alone, whether anything is served under it or not.

use axum::http::Method;

use super::request::{Query, decode};
use crate::demo::access::{Attributes, ResourceAttributes};

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestInfo {
    /// The verb: one of objects, or the method in lower case.
    pub verb: String,
    /// The path.
    pub path: String,
    /// The objects; none where the path isn't about objects.
    pub resource: Option<RequestedResource>,
}

/// The objects that a path names; empty where it doesn't say something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestedResource {
    /// The API group.
    pub group: String,
    /// The version in the group.
    pub version: String,
    /// The namespace.
    pub namespace: String,
    /// The kind's name in paths.
    pub resource: String,
    /// `scale`, `status` and the like.
    pub subresource: String,
    /// The object's name.
    pub name: String,
}

/// What a namespace has of its own, so that it isn't a kind of object in it.
const OF_NAMESPACES: [&str; 2] = ["status", "finalize"];

impl RequestInfo {
    /// Reads a request.
    pub fn of(method: &Method, path: &str, query: &Query) -> Self {
        let path = decode(path);
        let mut resource = requested(&path);
        let verb = match &mut resource {
            None => method.as_str().to_ascii_lowercase(),
            Some(resource) => verb(method, resource, query).to_owned(),
        };
        RequestInfo { verb, path, resource }
    }

    /// What rights are needed for it.
    pub fn attributes(&self) -> Attributes<'_> {
        match &self.resource {
            None => Attributes::path(&self.verb, &self.path),
            Some(asked) => Attributes::resource(
                &self.verb,
                ResourceAttributes {
                    group: &asked.group,
                    resource: &asked.resource,
                    subresource: &asked.subresource,
                    namespace: &asked.namespace,
                    name: &asked.name,
                },
            ),
        }
    }
}

/// The verb of a method; many objects that are selected by their name count as that one.
fn verb(method: &Method, resource: &mut RequestedResource, query: &Query) -> &'static str {
    let named = !resource.name.is_empty();
    match method.as_str() {
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" if named => "delete",
        "DELETE" => "deletecollection",
        "GET" | "HEAD" if named => "get",
        "GET" | "HEAD" => {
            resource.name = selected_name(query).unwrap_or_default().to_owned();
            if query.truth("watch") { "watch" } else { "list" }
        }
        _ => "",
    }
}

fn requested(path: &str) -> Option<RequestedResource> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (group, version, rest) = match segments.as_slice() {
        ["api", version, rest @ ..] => ("", *version, rest),
        ["apis", group, version, rest @ ..] => (*group, *version, rest),
        _ => return None,
    };
    let (namespace, rest) = match rest {
        [] => return None,
        ["namespaces", namespace, kind, ..] if !OF_NAMESPACES.contains(kind) => (*namespace, &rest[2..]),
        ["namespaces", namespace, ..] => (*namespace, rest),
        _ => ("", rest),
    };
    let part = |index: usize| rest.get(index).copied().unwrap_or_default().to_owned();
    Some(RequestedResource {
        group: group.to_owned(),
        version: version.to_owned(),
        namespace: namespace.to_owned(),
        resource: part(0),
        subresource: part(2),
        name: part(1),
    })
}

/// The one name that a field selector leaves.
fn selected_name(query: &Query) -> Option<&str> {
    query.get("fieldSelector")?.split(',').find_map(|term| {
        let (field, value) = term.split_once('=')?;
        (field == "metadata.name").then(|| value.strip_prefix('=').unwrap_or(value))
    })
}
