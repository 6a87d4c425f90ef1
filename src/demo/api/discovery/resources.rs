//! Writes what is served: as lists of one group version each, and aggregated.

use serde_json::{Value, json};

use super::served::{self, Group, Resource, Subresource};
use crate::demo::store::Kinds;

/// What is served under one group and version; `None` where nothing is.
pub fn list(kinds: &Kinds, group: &str, version: &str) -> Option<Value> {
    let resources = served::resources(kinds, group, version);
    if resources.is_empty() {
        return None;
    }
    let entries: Vec<Value> = resources.iter().flat_map(entries).collect();
    let name = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    let mut list = json!({"kind": "APIResourceList", "groupVersion": name, "resources": entries});
    // The core's oldest list has no version of its own.
    if !group.is_empty() {
        list["apiVersion"] = json!("v1");
    }
    Some(list)
}

/// A kind and its subresources.
fn entries(resource: &Resource) -> Vec<Value> {
    let mut entry = json!({
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": resource.verbs,
    });
    if !resource.short.is_empty() {
        entry["shortNames"] = json!(resource.short);
    }
    if !resource.categories.is_empty() {
        entry["categories"] = json!(resource.categories);
    }
    if let Some(hash) = &resource.hash {
        entry["storageVersionHash"] = json!(hash);
    }
    let mut entries = vec![entry];
    entries.extend(resource.subresources.iter().map(|sub| {
        let mut entry = json!({
            "name": format!("{}/{}", resource.plural, sub.name),
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": sub.kind,
            "verbs": sub.verbs,
        });
        if let Some((group, version)) = sub.of {
            entry["group"] = json!(group);
            entry["version"] = json!(version);
        }
        entry
    }));
    entries
}

/// All of these groups at once.
pub fn aggregated(groups: impl Iterator<Item = Group>, kinds: &Kinds, beta: bool) -> Value {
    let items: Vec<Value> = groups
        .map(|group| {
            let versions: Vec<Value> = group
                .versions
                .iter()
                .map(|version| {
                    let resources = served::resources(kinds, &group.name, version);
                    let entries: Vec<Value> =
                        resources.iter().map(|resource| aggregate(resource, &group.name, version)).collect();
                    json!({"version": version, "resources": entries, "freshness": "Current"})
                })
                .collect();
            let mut metadata = json!({"creationTimestamp": null});
            if !group.name.is_empty() {
                metadata["name"] = json!(group.name);
            }
            json!({"metadata": metadata, "versions": versions})
        })
        .collect();
    let version = if beta { "apidiscovery.k8s.io/v2beta1" } else { "apidiscovery.k8s.io/v2" };
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": version, "metadata": {}, "items": items})
}

fn aggregate(resource: &Resource, group: &str, version: &str) -> Value {
    let mut entry = json!({
        "resource": resource.plural,
        "responseKind": {"group": group, "version": version, "kind": resource.kind},
        "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.singular,
        "verbs": resource.verbs,
    });
    if !resource.short.is_empty() {
        entry["shortNames"] = json!(resource.short);
    }
    if !resource.categories.is_empty() {
        entry["categories"] = json!(resource.categories);
    }
    if !resource.subresources.is_empty() {
        let subresource = |sub: &Subresource| {
            let (group, version) = sub.of.unwrap_or((group, version));
            json!({
                "subresource": sub.name,
                "responseKind": {"group": group, "version": version, "kind": sub.kind},
                "verbs": sub.verbs,
            })
        };
        entry["subresources"] = resource.subresources.iter().map(subresource).collect();
    }
    entry
}
