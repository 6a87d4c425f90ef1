//! Pods that are to be spread evenly over zones, nodes or other domains.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::TopologySpreadConstraint;

use super::node::NodeInfo;
use super::nodes::Nodes;
use super::wants::{Wants, selects};
use crate::demo::store::{Facts, Kind, Store};

/// The domains that the pods of one controller are spread over where the pod itself says nothing.
const USUAL: [&str; 2] = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"];

/// What the pods in the domains of each constraint count to.
#[derive(Debug, Default)]
pub struct Spread {
    required: Vec<Constraint>,
    preferred: Vec<Constraint>,
}

/// One constraint, counted.
#[derive(Debug)]
struct Constraint {
    key: String,
    counts: BTreeMap<String, i64>,
    least: i64,
    most: i64,
    max_skew: i64,
    /// 1 where the pod itself counts.
    own: i64,
}

/// Why a node is no place for a pod that is to be spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uneven {
    /// The node lacks the label of the domain.
    NoDomain,
    /// There would be too many in its domain.
    Skewed,
}

impl Spread {
    /// Counts the pods that are there.
    pub fn of(wants: &Wants<'_>, nodes: &Nodes, store: &Store) -> Self {
        let mut spread = Spread::default();
        for constraint in &wants.spec.topology_spread_constraints {
            let counted = explicit(constraint, wants, nodes, store);
            match constraint.when_unsatisfiable.as_deref() {
                Some("ScheduleAnyway") => spread.preferred.push(counted),
                _ => spread.required.push(counted),
            }
        }
        if let (true, Some(owner)) = (wants.spec.topology_spread_constraints.is_empty(), wants.owner()) {
            spread.preferred = USUAL.map(|key| usual(key, owner, nodes, store)).into();
        }
        spread
    }

    /// Why the node is no place for the pod.
    pub fn refuse(&self, node: &NodeInfo) -> Option<Uneven> {
        self.required.iter().find_map(|constraint| {
            let Some(value) = node.label(&constraint.key) else { return Some(Uneven::NoDomain) };
            let there = constraint.counts.get(value).copied().unwrap_or(0);
            (there + constraint.own - constraint.least > constraint.max_skew).then_some(Uneven::Skewed)
        })
    }

    /// How even the pods would be with this one on the node, from 0 to 100.
    pub fn evenness(&self, node: &NodeInfo) -> i64 {
        let constraints = i64::try_from(self.preferred.len()).unwrap_or(1);
        let of = |constraint: &Constraint| {
            let there = node.label(&constraint.key).and_then(|value| constraint.counts.get(value));
            let (there, span) = (there.copied().unwrap_or(0), constraint.most - constraint.least);
            if span <= 0 { 100 } else { (constraint.most - there) * 100 / span }
        };
        if constraints == 0 { 100 } else { self.preferred.iter().map(of).sum::<i64>() / constraints }
    }
}

fn explicit(
    constraint: &TopologySpreadConstraint,
    wants: &Wants<'_>,
    nodes: &Nodes,
    store: &Store,
) -> Constraint {
    let key = constraint.topology_key.clone().unwrap_or_default();
    let honours = |policy: &Option<String>, usual: bool| match policy.as_deref() {
        Some(policy) => policy == "Honor",
        None => usual,
    };
    let by_affinity = honours(&constraint.node_affinity_policy, true);
    let by_taints = honours(&constraint.node_taints_policy, false);
    let eligible = |node: &&NodeInfo| {
        (!by_affinity || wants.takes(node)) && (!by_taints || !node.repels(wants.tolerations()))
    };
    let values = nodes.all().iter().filter(eligible).filter_map(|node| node.label(&key));
    let mut counts: BTreeMap<String, i64> = values.map(|value| (value.to_owned(), 0)).collect();
    let mut selector = constraint.label_selector.clone();
    for label in &constraint.match_label_keys {
        if let (Some(selector), Some(value)) = (&mut selector, wants.metadata.labels.get(label)) {
            selector.match_labels.insert(label.clone(), value.clone());
        }
    }
    for pod in store.list(Kind::Pod, Some(wants.namespace()), None) {
        let Facts::Pod(facts) = &pod.facts else { continue };
        if facts.node.is_empty() || !facts.active() || !selects(selector.as_ref(), |key| pod.label(key)) {
            continue;
        }
        let value = nodes.get(&facts.node).and_then(|node| node.label(&key));
        if let Some(count) = value.and_then(|value| counts.get_mut(value)) {
            *count += 1;
        }
    }
    let enough =
        constraint.min_domains.is_none_or(|least| counts.len() >= usize::try_from(least).unwrap_or(0));
    let own = i64::from(wants.selected_by(selector.as_ref()));
    let mut counted = Constraint::new(key, counts, i64::from(constraint.max_skew.unwrap_or(1)), own);
    if !enough {
        counted.least = 0;
    }
    counted
}

/// The pods of one controller, by domain.
fn usual(key: &str, owner: &str, nodes: &Nodes, store: &Store) -> Constraint {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for pod in store.owned_by(owner, Kind::Pod) {
        let Facts::Pod(facts) = &pod.facts else { continue };
        let value = nodes.get(&facts.node).and_then(|node| node.label(key));
        if let (true, Some(value)) = (facts.active(), value) {
            *counts.entry(value.to_owned()).or_default() += 1;
        }
    }
    let mut counted = Constraint::new(key.to_owned(), counts, i64::MAX, 1);
    // Domains without a pod of it aren't among the counts.
    counted.least = 0;
    counted
}

impl Constraint {
    fn new(key: String, counts: BTreeMap<String, i64>, max_skew: i64, own: i64) -> Self {
        let least = counts.values().copied().min().unwrap_or(0);
        let most = counts.values().copied().max().unwrap_or(0);
        Constraint { key, counts, least, most, max_skew, own }
    }
}
