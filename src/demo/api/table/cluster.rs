//! The cells of nodes, namespaces, events, configuration and rights.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::text::{NONE, age, items, name, number, since, text, text_or};
use crate::platform::time::Instant;

/// The cells of a node.
pub fn node(object: &Value, now: Instant) -> Vec<Value> {
    let info = &object["status"]["nodeInfo"];
    let known = |field: &str| text_or(&info[field], "<unknown>").to_owned();
    let mut kernel = known("kernelVersion");
    if let Some(architecture) = info["architecture"].as_str().filter(|it| !it.is_empty()) {
        kernel = format!("{kernel} ({architecture})");
    }
    let address = |kind: &str| {
        let addresses = items(&object["status"]["addresses"]);
        json!(addresses.iter().find(|it| it["type"] == kind).map_or(NONE, |it| text(&it["address"])))
    };
    vec![
        name(object),
        json!(node_status(object)),
        json!(roles(object)),
        age(object, now),
        json!(text(&info["kubeletVersion"])),
        address("InternalIP"),
        address("ExternalIP"),
        json!(known("osImage")),
        json!(kernel),
        json!(known("containerRuntimeVersion")),
    ]
}

fn node_status(node: &Value) -> String {
    let ready = items(&node["status"]["conditions"]).iter().find(|it| it["type"] == "Ready");
    let mut status = match ready {
        Some(ready) if ready["status"] == "True" => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }
    .to_owned();
    if node["spec"]["unschedulable"] == true {
        status.push_str(",SchedulingDisabled");
    }
    status
}

fn roles(node: &Value) -> String {
    let labels = node["metadata"]["labels"].as_object().into_iter().flatten();
    let roles: BTreeSet<&str> = labels
        .filter_map(|(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
            Some(role) => Some(role),
            None if key == "kubernetes.io/role" => value.as_str(),
            None => None,
        })
        .filter(|role| !role.is_empty())
        .collect();
    if roles.is_empty() { NONE.to_owned() } else { roles.into_iter().collect::<Vec<_>>().join(",") }
}

/// The cells of a namespace.
pub fn namespace(object: &Value, now: Instant) -> Vec<Value> {
    vec![name(object), json!(text(&object["status"]["phase"])), age(object, now)]
}

/// The cells of an event, in either of its two views.
pub fn event(object: &Value, now: Instant) -> Vec<Value> {
    let of = |new: &str, old: &str| if object[new].is_null() { &object[old] } else { &object[new] };
    let time = |moment: &Value, otherwise: &dyn Fn() -> String| {
        if moment.is_null() { otherwise() } else { since(moment, now) }
    };
    let first = time(of("deprecatedFirstTimestamp", "firstTimestamp"), &|| since(&object["eventTime"], now));
    let mut last = time(of("deprecatedLastTimestamp", "lastTimestamp"), &|| first.clone());
    let mut count = number(of("deprecatedCount", "count")).max(1);
    let series = &object["series"];
    if series.is_object() {
        last = since(&series["lastObservedTime"], now);
        count = number(&series["count"]);
    }
    let about = of("regarding", "involvedObject");
    let kind = text(&about["kind"]).to_lowercase();
    let target = match text(&about["name"]) {
        "" => kind,
        name => format!("{kind}/{name}"),
    };
    let source = of("deprecatedSource", "source");
    let reporter = text(of("reportingController", "reportingComponent"));
    let component = text_or(&source["component"], reporter);
    let instance = text_or(&source["host"], text(&object["reportingInstance"]));
    let source = if instance.is_empty() { component.to_owned() } else { format!("{component}, {instance}") };
    vec![
        json!(last),
        json!(text(&object["type"])),
        json!(text(&object["reason"])),
        json!(target),
        json!(text(&about["fieldPath"])),
        json!(source),
        json!(text(of("note", "message")).trim()),
        json!(first),
        json!(count),
        name(object),
    ]
}

/// The cells of a config map.
pub fn config_map(object: &Value, now: Instant) -> Vec<Value> {
    vec![name(object), json!(entries(&object["data"]) + entries(&object["binaryData"])), age(object, now)]
}

/// The cells of a secret.
pub fn secret(object: &Value, now: Instant) -> Vec<Value> {
    vec![name(object), json!(text(&object["type"])), json!(entries(&object["data"])), age(object, now)]
}

fn entries(map: &Value) -> usize {
    map.as_object().map_or(0, serde_json::Map::len)
}

/// The cells of a lease.
pub fn lease(object: &Value, now: Instant) -> Vec<Value> {
    vec![name(object), json!(text(&object["spec"]["holderIdentity"])), age(object, now)]
}

/// The cells of a binding of a role.
pub fn role_binding(object: &Value, now: Instant) -> Vec<Value> {
    let role = &object["roleRef"];
    let subjects = |kind: &str| {
        let subjects = items(&object["subjects"]).iter().filter(|it| it["kind"] == kind);
        let names: Vec<String> = subjects
            .map(|it| match kind {
                "ServiceAccount" => format!("{}/{}", text(&it["namespace"]), text(&it["name"])),
                _ => text(&it["name"]).to_owned(),
            })
            .collect();
        json!(names.join(", "))
    };
    vec![
        name(object),
        json!(format!("{}/{}", text(&role["kind"]), text(&role["name"]))),
        age(object, now),
        subjects("User"),
        subjects("Group"),
        subjects("ServiceAccount"),
    ]
}

/// The cells of an API service.
pub fn api_service(object: &Value, now: Instant) -> Vec<Value> {
    let service = &object["spec"]["service"];
    let service = if service.is_object() {
        format!("{}/{}", text(&service["namespace"]), text(&service["name"]))
    } else {
        "Local".to_owned()
    };
    let condition = items(&object["status"]["conditions"]).iter().find(|it| it["type"] == "Available");
    let available = match condition.map(|it| (text(&it["status"]), text(&it["reason"]))) {
        None => "Unknown".to_owned(),
        Some((status, reason)) if status == "True" || reason.is_empty() => status.to_owned(),
        Some((status, reason)) => format!("{status} ({reason})"),
    };
    vec![name(object), json!(service), json!(available), age(object, now)]
}
