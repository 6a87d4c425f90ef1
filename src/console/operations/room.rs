//! The room on the nodes, as the picture has it.

use rustc_hash::FxHashMap;

use crate::operations::{Capacity, NodeRoom};
use crate::picture::Picture;
use crate::picture::model::{NodeRow, PodRow, Scope};
use crate::platform::freshness::Freshness;
use crate::platform::object::Kind;
use crate::platform::pod::PodHealth;

#[derive(Debug, Clone, Copy, Default)]
struct Used {
    millis: i64,
    bytes: i64,
    pods: u64,
}

/// What the nodes that take new pods have left, where the picture has every pod and every node; else it is to be measured.
pub(super) fn capacity(picture: &Picture) -> Capacity {
    let (Some(pods_live), Some(nodes_live)) = (liveness(picture, Kind::Pod), liveness(picture, Kind::Node))
    else {
        return Capacity::Measure;
    };
    let mut used: FxHashMap<&str, Used> = FxHashMap::default();
    for pod in picture.pods().iter().filter(|pod| takes_room(pod)) {
        let Some(node) = &pod.node else { continue };
        let sum = used.entry(node).or_default();
        sum.millis += pod.requests.cpu.0;
        sum.bytes += pod.requests.memory.0;
        sum.pods += 1;
    }
    let open = picture.nodes().iter().filter(|node| node.ready && !node.unschedulable && !node.repels);
    let nodes = open.map(|node| left(node, used.get(&*node.name).copied().unwrap_or_default())).collect();
    Capacity::Known { nodes, live: pods_live && nodes_live }
}

/// Whether the rows of a kind are live or only the latest known; nothing where the picture has not all of them.
fn liveness(picture: &Picture, kind: Kind) -> Option<bool> {
    let sources = picture.sources();
    let whole =
        sources.iter().filter(|(key, _)| key.kind == kind).all(|(key, _)| key.scope == Scope::Cluster);
    match picture.source(kind).freshness {
        Freshness::Live if whole => Some(true),
        Freshness::Stale(_) if whole => Some(false),
        _ => None,
    }
}

/// Whether a pod still has what it requested: an evicted one stays in the list, and holds nothing.
fn takes_room(pod: &PodRow) -> bool {
    pod.health != PodHealth::Done && !matches!(&*pod.status, "Evicted" | "Failed")
}

fn left(node: &NodeRow, used: Used) -> NodeRoom {
    let positive = |left: i64| u64::try_from(left).unwrap_or(0);
    NodeRoom {
        free_cpu_millis: positive(node.allocatable.cpu.0 - used.millis),
        free_memory_bytes: positive(node.allocatable.memory.0 - used.bytes),
        free_pods: u64::from(node.pods).saturating_sub(used.pods),
    }
}
