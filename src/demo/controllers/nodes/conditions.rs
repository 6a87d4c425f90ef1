//! The conditions and taints of nodes.

use k8s_pb::api::core::v1::{Node, NodeCondition, Taint};

use crate::demo::objects::{text, time};
use crate::platform::time::Instant;

/// The taint of a cordoned node.
pub const CORDONED: &str = "node.kubernetes.io/unschedulable";
/// The taint of a node that has fallen silent.
pub const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
/// The taint of a node that says that it isn't ready.
pub const NOT_READY: &str = "node.kubernetes.io/not-ready";

/// What a condition says, in one word and at length.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// `True`, `False` or `Unknown`.
    pub status: &'a str,
    /// In one word.
    pub reason: &'a str,
    /// At length.
    pub message: &'a str,
}

/// The condition of this type.
pub fn condition<'a>(node: &'a Node, kind: &str) -> Option<&'a NodeCondition> {
    let conditions = node.status.iter().flat_map(|status| &status.conditions);
    conditions.into_iter().find(|it| it.r#type.as_deref() == Some(kind))
}

/// Whether the condition of this type has this status.
pub fn has_status(node: &Node, kind: &str, status: &str) -> bool {
    condition(node, kind).is_some_and(|it| it.status.as_deref() == Some(status))
}

/// Sets a condition; whether its status has changed. A heartbeat is noted where there was one.
pub fn set_condition(
    node: &mut Node,
    kind: &str,
    words: Words<'_>,
    heartbeat: Option<Instant>,
    now: Instant,
) -> bool {
    let conditions = &mut node.status.get_or_insert_default().conditions;
    let place = conditions.iter().position(|it| it.r#type.as_deref() == Some(kind)).unwrap_or_else(|| {
        conditions.push(NodeCondition { r#type: text(kind), ..NodeCondition::default() });
        conditions.len() - 1
    });
    let condition = &mut conditions[place];
    let turned = condition.status.as_deref() != Some(words.status);
    if turned {
        condition.last_transition_time = time(now);
    }
    if let Some(at) = heartbeat {
        condition.last_heartbeat_time = time(at);
    }
    condition.status = text(words.status);
    condition.reason = text(words.reason);
    condition.message = text(words.message);
    turned
}

/// The taints that a node's own state gives it, each with whether it has to be there.
pub fn wanted_taints(node: &Node) -> Vec<(&'static str, &'static str, bool)> {
    let cordoned = node.spec.as_ref().and_then(|spec| spec.unschedulable).unwrap_or(false);
    let silent = has_status(node, "Ready", "Unknown");
    let unready = has_status(node, "Ready", "False");
    let pressed = |kind: &str| has_status(node, kind, "True");
    vec![
        (CORDONED, "NoSchedule", cordoned),
        (UNREACHABLE, "NoSchedule", silent),
        (UNREACHABLE, "NoExecute", silent),
        (NOT_READY, "NoSchedule", unready),
        (NOT_READY, "NoExecute", unready),
        ("node.kubernetes.io/memory-pressure", "NoSchedule", pressed("MemoryPressure")),
        ("node.kubernetes.io/disk-pressure", "NoSchedule", pressed("DiskPressure")),
        ("node.kubernetes.io/pid-pressure", "NoSchedule", pressed("PIDPressure")),
        ("node.kubernetes.io/network-unavailable", "NoSchedule", pressed("NetworkUnavailable")),
    ]
}

/// Brings the taints that a node's own state gives it up to date; whether any has changed.
pub fn update_taints(node: &mut Node, now: Instant) -> bool {
    let wanted = wanted_taints(node);
    let taints = &mut node.spec.get_or_insert_default().taints;
    let mut changed = false;
    for (key, effect, holds) in wanted {
        let is = |taint: &Taint| taint.key.as_deref() == Some(key) && taint.effect.as_deref() == Some(effect);
        match (holds, taints.iter().position(is)) {
            (true, None) => {
                let taint =
                    Taint { key: text(key), effect: text(effect), time_added: time(now), value: None };
                taints.push(taint);
                changed = true;
            }
            (false, Some(place)) => {
                taints.remove(place);
                changed = true;
            }
            _ => {}
        }
    }
    changed
}
