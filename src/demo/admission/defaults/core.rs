//! Defaults of the core's other kinds.

use serde_json::{Value, json};

use crate::demo::admission::json::{at, default_to, each, entries, map_of, remove, set};

/// How long a client stays with its endpoint, in seconds.
const AFFINITY_SECONDS: i64 = 10_800;

/// The defaults of a service.
pub fn service(service: &mut Value) {
    let spec = &mut service["spec"];
    if !spec.is_object() {
        *spec = json!({});
    }
    default_to(spec, "sessionAffinity", "None");
    default_to(spec, "type", "ClusterIP");
    if spec["sessionAffinity"] == "None" {
        remove(spec, "sessionAffinityConfig");
    } else if spec["sessionAffinity"] == "ClientIP"
        && spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"].is_null()
    {
        spec["sessionAffinityConfig"] = json!({"clientIP": {"timeoutSeconds": AFFINITY_SECONDS}});
    }
    for port in each(spec, "/ports") {
        default_to(port, "protocol", "TCP");
        if port["targetPort"].is_null() || port["targetPort"] == 0 || port["targetPort"] == "" {
            port["targetPort"] = port["port"].clone();
        }
    }
    let kind = spec["type"].as_str().unwrap_or_default().to_owned();
    let outside = matches!(&*kind, "NodePort" | "LoadBalancer");
    if outside {
        default_to(spec, "externalTrafficPolicy", "Cluster");
    }
    if outside || kind == "ClusterIP" {
        default_to(spec, "internalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        set(spec, "allocateLoadBalancerNodePorts", json!(true));
    }
}

/// A namespace is labelled with its name.
pub fn namespace(namespace: &mut Value) {
    let name = namespace["metadata"]["name"].clone();
    if let (Some(_), Some(labels)) = (name.as_str(), map_of(&mut namespace["metadata"], "labels")) {
        labels.insert("kubernetes.io/metadata.name".to_owned(), name);
    }
}

/// The defaults of endpoints.
pub fn endpoints(endpoints: &mut Value) {
    for subset in each(endpoints, "/subsets") {
        for port in each(subset, "/ports") {
            default_to(port, "protocol", "TCP");
        }
    }
}

/// A limit for containers that isn't given is the largest one; a request that isn't given is the limit, or else the smallest one.
pub fn limit_range(range: &mut Value) {
    for item in each(range, "/spec/limits") {
        if item["type"] != "Container" {
            continue;
        }
        inherit(item, "default", "max");
        inherit(item, "defaultRequest", "default");
        inherit(item, "defaultRequest", "min");
    }
}

fn inherit(item: &mut Value, field: &str, from: &str) {
    let source = item[from].clone();
    if entries(&source).next().is_none() {
        return;
    }
    if let Some(target) = map_of(item, field) {
        for (name, amount) in entries(&source) {
            target.entry(name.clone()).or_insert_with(|| amount.clone());
        }
    }
}

/// The defaults of a volume.
pub fn volume(volume: &mut Value) {
    let spec = &mut volume["spec"];
    default_to(spec, "persistentVolumeReclaimPolicy", "Retain");
    default_to(spec, "volumeMode", "Filesystem");
    if let Some(path) = at(spec, "/hostPath") {
        set(path, "type", json!(""));
    }
}

/// The defaults of the specification of a claim.
pub fn claim(spec: &mut Value) {
    default_to(spec, "volumeMode", "Filesystem");
}
