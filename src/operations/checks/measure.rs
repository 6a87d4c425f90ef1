//! Adding up the room on the nodes from what the server lists, for a caller without a picture.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use crate::clients::kubernetes::Reader;
use crate::operations::NodeRoom;
use crate::operations::query::escaped;
use crate::platform::object::Kind;

use super::capacity::Room;
use super::needs::PodNeeds;
use super::quantity::thousandths;

/// Pods are 14 KB of JSON each: beyond so many pages, the answer is not worth its price.
const PAGES: u64 = 4;

/// The pods, or nodes, of a page.
const PAGE: u64 = 500;

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    metadata: ListMetadata,
    #[serde(default)]
    items: Vec<Value>,
}

#[derive(Deserialize, Default)]
struct ListMetadata {
    #[serde(default, rename = "continue")]
    rest: String,
    #[serde(default, rename = "remainingItemCount")]
    remaining: u64,
}

#[derive(Default, Clone, Copy)]
struct Used {
    cpu: i128,
    memory: i128,
    pods: u64,
}

/// The room on the nodes that take new pods; the reason where it can't be said.
pub(crate) async fn room(reader: &Reader) -> Result<Room, String> {
    small_enough(reader).await?;
    let (nodes, used) = futures::join!(nodes(reader), used(reader));
    let (nodes, used) = (nodes?, used?);
    let nodes = nodes
        .iter()
        .filter(|node| takes_pods(node))
        .map(|node| {
            let name = node.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
            free(node, used.get(name).copied().unwrap_or_default())
        })
        .collect();
    Ok(Room { nodes, live: true })
}

/// Asks for one pod, with which the server says how many more there are.
async fn small_enough(reader: &Reader) -> Result<(), String> {
    let path = format!("{}?limit=1", Kind::Pod.path(None));
    let list: List = reader.json(&path).await.map_err(|error| error.to_string())?;
    if list.metadata.remaining < PAGES * PAGE { Ok(()) } else { Err(too_many()) }
}

fn too_many() -> String {
    format!("the cluster has more than {} pods, too many to add up here", PAGES * PAGE)
}

async fn nodes(reader: &Reader) -> Result<Vec<Value>, String> {
    let list: List = reader
        .json(&format!("{}?limit={PAGE}", Kind::Node.path(None)))
        .await
        .map_err(|error| error.to_string())?;
    if list.metadata.rest.is_empty() {
        Ok(list.items)
    } else {
        Err(format!("the cluster has more than {PAGE} nodes, too many to add up here"))
    }
}

async fn used(reader: &Reader) -> Result<HashMap<String, Used>, String> {
    let mut used: HashMap<String, Used> = HashMap::new();
    let mut rest = String::new();
    for _ in 0..PAGES {
        let path = format!(
            "{}?limit={PAGE}&fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed{}",
            Kind::Pod.path(None),
            if rest.is_empty() { String::new() } else { format!("&continue={}", escaped(&rest)) },
        );
        let list: List = reader.json(&path).await.map_err(|error| error.to_string())?;
        for pod in &list.items {
            let Some(node) = pod.pointer("/spec/nodeName").and_then(Value::as_str) else { continue };
            let needs = PodNeeds::of_template(pod);
            let sum = used.entry(node.to_owned()).or_default();
            sum.cpu += needs.get("requests.cpu").thousandths;
            sum.memory += needs.get("requests.memory").thousandths;
            sum.pods += 1;
        }
        if list.metadata.rest.is_empty() {
            return Ok(used);
        }
        rest = list.metadata.rest;
    }
    Err(too_many())
}

fn takes_pods(node: &Value) -> bool {
    let cordoned = node.pointer("/spec/unschedulable").and_then(Value::as_bool).unwrap_or(false);
    let list = |path: &str| node.pointer(path).and_then(Value::as_array).into_iter().flatten();
    let is = |value: &Value, key: &str, wanted: &str| value.get(key).and_then(Value::as_str) == Some(wanted);
    let ready = list("/status/conditions")
        .any(|condition| is(condition, "type", "Ready") && is(condition, "status", "True"));
    let tainted = list("/spec/taints")
        .any(|taint| is(taint, "effect", "NoSchedule") || is(taint, "effect", "NoExecute"));
    ready && !cordoned && !tainted
}

fn free(node: &Value, used: Used) -> NodeRoom {
    let allocatable = |resource: &str| {
        let text =
            node.pointer("/status/allocatable").and_then(|all| all.get(resource)).and_then(Value::as_str);
        text.and_then(thousandths).unwrap_or_default()
    };
    let positive = |value: i128| u64::try_from(value.max(0)).unwrap_or(u64::MAX);
    NodeRoom {
        free_cpu_millis: positive(allocatable("cpu") - used.cpu),
        free_memory_bytes: positive((allocatable("memory") - used.memory) / 1000),
        free_pods: positive(allocatable("pods") / 1000).saturating_sub(used.pods),
    }
}
