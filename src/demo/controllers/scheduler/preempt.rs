//! Making room for a pod by removing others of lower priority.

use std::collections::BTreeMap;

use k8s_pb::api::policy::v1::PodDisruptionBudget;

use super::filter::{Placement, Room};
use super::node::NodeInfo;
use super::reasons::{Reasons, counted};
use crate::demo::store::{Facts, Key, Kind, PodFacts, Store, StoredObject, matches_labels};
use crate::platform::time::Instant;

/// A node that would have room, and who has to go.
#[derive(Debug)]
pub struct Sacrifice {
    /// The node's name.
    pub node: String,
    /// The pods that are to be removed.
    pub victims: Vec<Key>,
    rank: Rank,
}

/// How bad it would be: budgets violated, the highest priority, the sum of priorities, how many, and how old the eldest is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(usize, i32, i64, usize, std::cmp::Reverse<Instant>);

/// The node whose pods are missed least, or the words for why there is none.
pub fn find(
    placement: &Placement<'_>,
    nodes: &[NodeInfo],
    refusals: &[Reasons],
) -> Result<Sacrifice, String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut best: Option<Sacrifice> = None;
    if placement.wants.spec.preemption_policy.as_deref() == Some("Never") {
        return Err("not eligible due to preemptionPolicy=Never.".to_owned());
    }
    for (node, reasons) in nodes.iter().zip(refusals) {
        if reasons.hopeless {
            *counts.entry("Preemption is not helpful for scheduling".to_owned()).or_default() += 1;
        } else if let Some(sacrifice) = sacrifice(placement, node) {
            if best.as_ref().is_none_or(|best| sacrifice.rank < best.rank) {
                best = Some(sacrifice);
            }
        } else {
            *counts.entry("No preemption victims found for incoming pod".to_owned()).or_default() += 1;
        }
    }
    best.ok_or_else(|| counted(nodes.len(), counts))
}

/// Who would have to go from a node; `None` where that wouldn't help.
fn sacrifice(placement: &Placement<'_>, node: &NodeInfo) -> Option<Sacrifice> {
    let own = placement.wants.facts.priority;
    let mut lower: Vec<(&StoredObject, &PodFacts)> = placement
        .store
        .ledger()
        .pods_on(&node.place.node)
        .filter_map(|key| placement.store.get(Kind::Pod, key))
        .filter_map(|pod| match &pod.facts {
            Facts::Pod(facts) if facts.active() && facts.priority < own => Some((&**pod, &**facts)),
            _ => None,
        })
        .collect();
    if lower.is_empty() {
        return None;
    }
    // Whoever is most important and eldest is let stay first.
    lower.sort_by_key(|(pod, facts)| (std::cmp::Reverse(facts.priority), facts.created, pod.key.clone()));
    let taken = placement.room(node);
    let mut left = lower.iter().fold(taken, |room, (_, facts)| without(room, facts));
    let name = |pod: &StoredObject| pod.key.name.to_string();
    let gone: Vec<String> = lower.iter().map(|(pod, _)| name(pod)).collect();
    if !placement.full(node, left).is_empty()
        || placement.ports_taken(node, |other| !gone.iter().any(|it| it == other))
    {
        return None;
    }
    if placement.spread.refuse(node).is_some() || placement.neighbours.refuse(node).is_some() {
        return None;
    }
    let mut victims: Vec<(&StoredObject, &PodFacts)> = Vec::new();
    for (pod, facts) in lower {
        let back = with(left, facts);
        let in_the_way = facts
            .host_ports
            .iter()
            .any(|port| placement.wants.facts.host_ports.iter().any(|wanted| wanted.conflicts(port)));
        if placement.full(node, back).is_empty() && !in_the_way {
            left = back;
        } else {
            victims.push((pod, facts));
        }
    }
    Some(Sacrifice {
        node: node.place.node.clone(),
        rank: rank(placement.store, &victims),
        victims: victims.into_iter().map(|(pod, _)| pod.key.clone()).collect(),
    })
}

fn rank(store: &Store, victims: &[(&StoredObject, &PodFacts)]) -> Rank {
    let highest = victims.iter().map(|(_, facts)| facts.priority).max().unwrap_or(i32::MIN);
    let sum = victims.iter().map(|(_, facts)| i64::from(facts.priority) - i64::from(i32::MIN)).sum();
    let eldest =
        victims.iter().filter(|(_, facts)| facts.priority == highest).map(|(_, facts)| facts.created).min();
    let violations = victims.iter().filter(|(pod, _)| violates_budget(store, pod)).count();
    Rank(violations, highest, sum, victims.len(), std::cmp::Reverse(eldest.unwrap_or(Instant(0))))
}

fn violates_budget(store: &Store, pod: &StoredObject) -> bool {
    store.list(Kind::PodDisruptionBudget, Some(&pod.key.namespace), None).any(|stored| {
        store.read::<PodDisruptionBudget>(&stored.key).is_some_and(|budget| {
            let allowed = budget.status.as_ref().and_then(|it| it.disruptions_allowed).unwrap_or(0);
            let selector = budget.spec.as_ref().and_then(|spec| spec.selector.as_ref());
            allowed <= 0 && matches_labels(selector, pod)
        })
    })
}

fn without(room: Room, facts: &PodFacts) -> Room {
    let requests = facts.requests;
    Room {
        pods: room.pods - 1,
        requests: crate::demo::store::Resources {
            cpu: room.requests.cpu - requests.cpu,
            memory: room.requests.memory - requests.memory,
            ephemeral_storage: room.requests.ephemeral_storage - requests.ephemeral_storage,
        },
    }
}

fn with(room: Room, facts: &PodFacts) -> Room {
    Room { pods: room.pods + 1, requests: room.requests.plus(facts.requests) }
}
