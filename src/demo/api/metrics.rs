//! `metrics.k8s.io`: what nodes and pods use, as metrics-server tells it from the model of load.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::accept::{Encoding, Format, Shape};
use super::error::ApiError;
use super::request::Query;
use super::{ApiState, reply};
use crate::demo::store::{Facts, Key, Kind, LabelSelector, Store, StoredObject};
use crate::platform::time::Instant;

/// The API group.
pub const GROUP: &str = "metrics.k8s.io";
/// Its version.
pub const VERSION: &str = "v1beta1";
/// The span that usage is the mean of, in seconds.
const WINDOW: i64 = 15;

/// The kinds of the group: plural, kind, and whether in namespaces.
pub const KINDS: [(&str, &str, bool); 2] = [("nodes", "NodeMetrics", false), ("pods", "PodMetrics", true)];

/// What is asked for.
enum Asked<'a> {
    Nodes,
    Node(&'a str),
    Pods(Option<&'a str>),
    Pod(&'a str, &'a str),
}

/// What one object uses.
struct Measured {
    object: Arc<StoredObject>,
    at: Instant,
    /// Name, billionths of a core and bytes of each container; of a node a single one without a name.
    parts: Vec<(String, u64, u64)>,
}

/// Answers a request under the group's path, of which these are the segments after the version.
pub fn answer(
    state: &ApiState,
    (method, segments): (&Method, &[&str]),
    query: &Query,
    format: &Format,
) -> Result<Response<Body>, ApiError> {
    let asked = match segments {
        ["nodes"] => Asked::Nodes,
        ["nodes", name] => Asked::Node(name),
        ["pods"] => Asked::Pods(None),
        ["namespaces", namespace, "pods"] => Asked::Pods(Some(namespace)),
        ["namespaces", namespace, "pods", name] => Asked::Pod(namespace, name),
        _ => return Err(ApiError::no_such_path()),
    };
    if method != Method::GET || query.truth("watch") {
        return Err(ApiError::method_not_allowed());
    }
    let labels = LabelSelector::parse(query.get("labelSelector").unwrap_or_default())
        .map_err(|error| ApiError::bad_request(error.to_string()))?;
    let store = state.store.lock();
    let value = match asked {
        Asked::Nodes => {
            let nodes = store.list(Kind::Node, None, None).filter(|node| labels.matches(node));
            let measured = nodes.filter_map(|node| of_node(state, &store, node)).collect();
            list("NodeMetrics", measured, format)
        }
        Asked::Node(name) => {
            let node = store.get(Kind::Node, &Key::new("", name));
            let measured = node.and_then(|node| of_node(state, &store, node));
            one("NodeMetrics", measured.ok_or_else(|| missing("nodemetrics", name))?, format)
        }
        Asked::Pods(namespace) => {
            let pods = store.list(Kind::Pod, namespace, None).filter(|pod| labels.matches(pod));
            let measured = pods.filter_map(|pod| of_pod(state, pod)).collect();
            list("PodMetrics", measured, format)
        }
        Asked::Pod(namespace, name) => {
            let pod = store.get(Kind::Pod, &Key::new(namespace, name));
            let measured = pod.and_then(|pod| of_pod(state, pod));
            let path = format!("{namespace}/{name}");
            one("PodMetrics", measured.ok_or_else(|| missing("podmetrics", &path))?, format)
        }
    };
    Ok(reply(StatusCode::OK, Encoding::Json, value.to_string()))
}

fn missing(plural: &str, name: &str) -> ApiError {
    ApiError::not_found_as(GROUP, plural, name)
}

/// What a pod uses; none before it has run for a window.
fn of_pod(state: &ApiState, pod: &Arc<StoredObject>) -> Option<Measured> {
    let Facts::Pod(facts) = &pod.facts else { return None };
    let old = facts.ready_since.unwrap_or(facts.created);
    if facts.finished() || state.clock.now().since(old) < WINDOW * 1000 {
        return None;
    }
    let usage = state.model.lock().usage_of(pod)?;
    let parts = usage.containers.into_iter().map(|it| (it.name, it.cpu_nanocores, it.memory_bytes)).collect();
    Some(Measured { object: Arc::clone(pod), at: usage.at, parts })
}

/// What a node's pods use together with its system.
fn of_node(state: &ApiState, store: &Store, node: &Arc<StoredObject>) -> Option<Measured> {
    let model = state.model.lock();
    if let Some(used) = model.node(&node.key.name) {
        let parts = vec![(String::new(), (used.cores_used * 1e9) as u64, used.memory_used as u64)];
        return Some(Measured { object: Arc::clone(node), at: state.clock.now(), parts });
    }
    // A node that has only just come isn't in the model yet.
    let (mut cpu, mut memory) = (SYSTEM_CPU, SYSTEM_MEMORY);
    for pod in store.list(Kind::Pod, None, None) {
        let Facts::Pod(facts) = &pod.facts else { continue };
        if facts.node == node.key.name
            && let Some(usage) = model.usage_of(pod)
        {
            let (pod_cpu, pod_memory) = usage.total();
            cpu += pod_cpu;
            memory += pod_memory;
        }
    }
    let parts = vec![(String::new(), cpu, memory)];
    Some(Measured { object: Arc::clone(node), at: state.clock.now(), parts })
}

/// What a node's system takes: billionths of a core, and bytes.
const SYSTEM_CPU: u64 = 220_000_000;
const SYSTEM_MEMORY: u64 = 900 << 20;

fn one(kind: &str, measured: Measured, format: &Format) -> Value {
    if format.shape == Shape::Table {
        return table(&[measured]);
    }
    let mut value = item(&measured);
    value["kind"] = json!(kind);
    value["apiVersion"] = json!(format!("{GROUP}/{VERSION}"));
    value
}

fn list(kind: &str, measured: Vec<Measured>, format: &Format) -> Value {
    if format.shape == Shape::Table {
        return table(&measured);
    }
    let items: Vec<Value> = measured.iter().map(item).collect();
    json!({
        "kind": format!("{kind}List"),
        "apiVersion": format!("{GROUP}/{VERSION}"),
        "metadata": {},
        "items": items,
    })
}

fn item(measured: &Measured) -> Value {
    let Measured { object, at, parts } = measured;
    let mut metadata = json!({"name": &*object.key.name, "creationTimestamp": at.rfc3339()});
    if !object.key.namespace.is_empty() {
        metadata["namespace"] = json!(&*object.key.namespace);
    }
    if !object.labels.is_empty() {
        let labels = object.labels.iter().map(|(key, value)| (key.to_string(), json!(&**value)));
        metadata["labels"] = labels.collect();
    }
    let mut item = json!({"metadata": metadata, "timestamp": at.rfc3339(), "window": format!("{WINDOW}s")});
    if object.kind == Kind::Node {
        item["usage"] = usage(parts.first());
    } else {
        let containers = parts.iter().map(|part| json!({"name": part.0, "usage": usage(Some(part))}));
        item["containers"] = containers.collect();
    }
    item
}

fn usage(part: Option<&(String, u64, u64)>) -> Value {
    let (cpu, memory) = part.map_or((0, 0), |(_, cpu, memory)| (*cpu, *memory));
    json!({"cpu": cores(cpu), "memory": format!("{}Ki", memory / 1024)})
}

fn cores(nanocores: u64) -> String {
    if nanocores == 0 { "0".to_owned() } else { format!("{nanocores}n") }
}

/// The table of what objects use.
fn table(measured: &[Measured]) -> Value {
    let column = |name: &str, format: &str| json!({"name": name, "type": "string", "format": format, "description": "", "priority": 0});
    let rows = measured.iter().map(|measured| {
        let (cpu, memory) = measured.parts.iter().fold((0, 0), |sum, part| (sum.0 + part.1, sum.1 + part.2));
        let cells = json!([
            &*measured.object.key.name,
            cores(cpu),
            format!("{}Ki", memory / 1024),
            format!("{WINDOW}s"),
        ]);
        json!({"cells": cells, "object": {
            "kind": "PartialObjectMetadata",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": item(measured)["metadata"],
        }})
    });
    json!({
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {},
        "columnDefinitions": [
            column("Name", "name"), column("cpu", ""), column("memory", ""), column("Window", ""),
        ],
        "rows": rows.collect::<Vec<_>>(),
    })
}
