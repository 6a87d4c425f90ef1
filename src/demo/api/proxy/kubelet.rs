//! The proxy to a node: what its kubelet answers.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use super::{Id, Proxied, text, typed, unreachable};
use crate::demo::api::error::ApiError;
use crate::demo::api::{ApiState, encode};
use crate::demo::model::PodUsage;
use crate::demo::store::{Facts, Key, Kind, Stored as _, StoredObject};

/// The port of kubelets.
const PORT: u16 = 10_250;

/// Passes a request on to a node's kubelet.
///
/// # Errors
/// When there is no such node, or it doesn't answer.
pub fn answer(state: &ApiState, id: &str, request: Proxied<'_>) -> Result<Response<Body>, ApiError> {
    let info = k8s_pb::api::core::v1::Node::info();
    let parsed =
        Id::parse(id).ok_or_else(|| ApiError::bad_request(format!("invalid node request \"{id}\"")))?;
    let stored = state.store.lock().get(Kind::Node, &Key::new("", parsed.name)).cloned();
    let stored = stored.ok_or_else(|| ApiError::not_found(info, parsed.name))?;
    let node = encode::value(&state.schema, info, &stored)?;
    let addresses = node["status"]["addresses"].as_array().into_iter().flatten();
    let internal = addresses.into_iter().find(|it| it["type"] == "InternalIP");
    let address = internal.and_then(|it| it["address"].as_str()).unwrap_or_default();
    let port = if parsed.port.is_empty() { PORT } else { parsed.port.parse().unwrap_or(0) };
    let at = format!("{address}:{port}");
    if state.model.lock().effects().node_down(parsed.name) {
        return Err(unreachable(&at, "i/o timeout"));
    }
    if port != PORT {
        return Err(unreachable(&at, "connect: connection refused"));
    }
    let pods = pods_of(state, parsed.name);
    Ok(match request.path {
        "/healthz" | "/healthz/ping" | "/healthz/syncloop" => text(StatusCode::OK, "ok"),
        "/pods" | "/pods/" => typed(StatusCode::OK, "application/json", pod_list(state, &pods)?.to_string()),
        "/stats/summary" => {
            let summary = summary(state, parsed.name, &pods);
            typed(StatusCode::OK, "application/json", summary.to_string())
        }
        "/metrics/resource" => {
            let metrics = resource_metrics(state, &pods);
            typed(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", metrics)
        }
        _ => text(StatusCode::NOT_FOUND, "404 page not found\n"),
    })
}

fn pods_of(state: &ApiState, node: &str) -> Vec<Arc<StoredObject>> {
    let store = state.store.lock();
    let here = |pod: &&Arc<StoredObject>| matches!(&pod.facts, Facts::Pod(facts) if &*facts.node == node);
    store.list(Kind::Pod, None, None).filter(here).cloned().collect()
}

fn pod_list(state: &ApiState, pods: &[Arc<StoredObject>]) -> Result<Value, ApiError> {
    let info = k8s_pb::api::core::v1::Pod::info();
    let items: Result<Vec<Value>, ApiError> =
        pods.iter().map(|pod| encode::value(&state.schema, info, pod)).collect();
    Ok(json!({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items?}))
}

fn usages<'a>(state: &ApiState, pods: &'a [Arc<StoredObject>]) -> Vec<(&'a Arc<StoredObject>, PodUsage)> {
    let model = state.model.lock();
    pods.iter().filter_map(|pod| Some((pod, model.usage_of(pod)?))).collect()
}

/// What `/stats/summary` says: the use of the node, its pods and their containers.
fn summary(state: &ApiState, node: &str, pods: &[Arc<StoredObject>]) -> Value {
    let now = state.clock.now().rfc3339();
    let usages = usages(state, pods);
    let cpu = |nanocores: u64| json!({"time": now, "usageNanoCores": nanocores});
    let memory = |bytes: u64| json!({"time": now, "workingSetBytes": bytes, "usageBytes": bytes});
    let total = usages.iter().fold((0, 0), |sum, (_, usage)| {
        let (cpu, memory) = usage.total();
        (sum.0 + cpu, sum.1 + memory)
    });
    let pods: Vec<Value> = usages
        .iter()
        .map(|(pod, usage)| {
            let (all_cpu, all_memory) = usage.total();
            let containers = usage.containers.iter().map(|container| {
                json!({
                    "name": container.name,
                    "cpu": cpu(container.cpu_nanocores),
                    "memory": memory(container.memory_bytes),
                })
            });
            json!({
                "podRef": {
                    "name": &*pod.key.name,
                    "namespace": &*pod.key.namespace,
                    "uid": &*pod.uid,
                },
                "containers": containers.collect::<Vec<_>>(),
                "cpu": cpu(all_cpu),
                "memory": memory(all_memory),
            })
        })
        .collect();
    json!({"node": {"nodeName": node, "cpu": cpu(total.0), "memory": memory(total.1)}, "pods": pods})
}

/// What `/metrics/resource` says of memory; processor time is a counter that the model doesn't keep for all pods.
fn resource_metrics(state: &ApiState, pods: &[Arc<StoredObject>]) -> String {
    let usages = usages(state, pods);
    let at = state.clock.now().0;
    let mut out = String::from(
        "# HELP container_memory_working_set_bytes [STABLE] Current working set of the container in bytes\n# TYPE container_memory_working_set_bytes gauge\n",
    );
    for (pod, usage) in &usages {
        for container in &usage.containers {
            let (namespace, name) = (&pod.key.namespace, &pod.key.name);
            // Writing to a string doesn't fail.
            let _ = writeln!(
                out,
                "container_memory_working_set_bytes{{container=\"{}\",namespace=\"{namespace}\",pod=\"{name}\"}} {} {at}",
                container.name, container.memory_bytes
            );
        }
    }
    out.push_str("# HELP pod_memory_working_set_bytes [STABLE] Current working set of the pod in bytes\n# TYPE pod_memory_working_set_bytes gauge\n");
    for (pod, usage) in &usages {
        let (namespace, name) = (&pod.key.namespace, &pod.key.name);
        let _ = writeln!(
            out,
            "pod_memory_working_set_bytes{{namespace=\"{namespace}\",pod=\"{name}\"}} {} {at}",
            usage.total().1
        );
    }
    out
}
