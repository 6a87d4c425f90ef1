//! Pods that want to be near other pods, or far from them.

use std::collections::BTreeSet;

use k8s_pb::api::core::v1::{Pod, PodAffinityTerm, PodSpec};
use k8s_pb::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::node::NodeInfo;
use super::nodes::Nodes;
use super::wants::{Wants, selects};
use crate::demo::store::{Facts, Kind, Store, StoredObject};

/// A topology key and one of its values.
type Domain = (String, String);

/// Where the pods are that a pod wants to be near to or far from.
#[derive(Debug, Default)]
pub struct Neighbours {
    /// For each required term of affinity: its topology key, and the values at which a pod matches.
    wanted: Vec<(String, BTreeSet<String>)>,
    /// Whether it may be the first of its like: nobody matches, and it matches itself.
    first: bool,
    /// The domains that its own anti-affinity rules out.
    avoided: BTreeSet<Domain>,
    /// The domains that others' anti-affinity rules out.
    forbidden: BTreeSet<Domain>,
    /// Preferred terms: weight, topology key and value.
    preferred: Vec<(i64, Domain)>,
}

/// Why a node is no place for a pod among its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unneighbourly {
    /// Nobody it wants to be near to is there.
    Lonely,
    /// Somebody it avoids is there.
    Avoided,
    /// Somebody there avoids it.
    Forbidden,
}

impl Neighbours {
    /// Looks at the pods that are there.
    pub fn of(wants: &Wants<'_>, nodes: &Nodes, store: &Store) -> Self {
        let mut neighbours =
            Neighbours { forbidden: forbidden(wants, nodes, store), ..Neighbours::default() };
        let Some(affinity) = &wants.spec.affinity else { return neighbours };
        if let Some(near) = &affinity.pod_affinity {
            let terms = &near.required_during_scheduling_ignored_during_execution;
            neighbours.wanted = terms
                .iter()
                .map(|term| (topology(term).to_owned(), domains(term, wants, nodes, store)))
                .collect();
            neighbours.first = neighbours.wanted.iter().all(|(_, values)| values.is_empty())
                && terms.iter().all(|term| {
                    wants.selected_by(selector_of(term, wants).as_ref())
                        && namespaces(term, wants.namespace(), store).contains(wants.namespace())
                });
            for weighted in &near.preferred_during_scheduling_ignored_during_execution {
                neighbours.prefer(
                    weighted.weight,
                    weighted.pod_affinity_term.as_ref(),
                    (wants, nodes, store),
                    1,
                );
            }
        }
        if let Some(far) = &affinity.pod_anti_affinity {
            for term in &far.required_during_scheduling_ignored_during_execution {
                let values = domains(term, wants, nodes, store);
                neighbours.avoided.extend(values.into_iter().map(|value| (topology(term).to_owned(), value)));
            }
            for weighted in &far.preferred_during_scheduling_ignored_during_execution {
                neighbours.prefer(
                    weighted.weight,
                    weighted.pod_affinity_term.as_ref(),
                    (wants, nodes, store),
                    -1,
                );
            }
        }
        neighbours
    }

    fn prefer(
        &mut self,
        weight: Option<i32>,
        term: Option<&PodAffinityTerm>,
        (wants, nodes, store): (&Wants<'_>, &Nodes, &Store),
        sign: i64,
    ) {
        let Some(term) = term else { return };
        let weight = i64::from(weight.unwrap_or(0)) * sign;
        each_matching(term, wants, store, |pod| {
            if let Some(value) = node_of(pod, nodes).and_then(|node| node.label(topology(term))) {
                self.preferred.push((weight, (topology(term).to_owned(), value.to_owned())));
            }
        });
    }

    /// Why the node is no place for the pod.
    pub fn refuse(&self, node: &NodeInfo) -> Option<Unneighbourly> {
        let within = |(key, value): &Domain| node.label(key) == Some(value);
        let near = |(key, values): &(String, BTreeSet<String>)| match node.label(key) {
            Some(value) => self.first || values.contains(value),
            None => false,
        };
        if !self.wanted.iter().all(near) {
            return Some(Unneighbourly::Lonely);
        }
        if self.avoided.iter().any(within) {
            return Some(Unneighbourly::Avoided);
        }
        self.forbidden.iter().any(within).then_some(Unneighbourly::Forbidden)
    }

    /// What the preferred terms say of the node.
    pub fn liking(&self, node: &NodeInfo) -> i64 {
        let there = self.preferred.iter().filter(|(_, (key, value))| node.label(key) == Some(value));
        there.map(|(weight, _)| weight).sum()
    }
}

/// The domains in which a pod is that avoids this one.
fn forbidden(wants: &Wants<'_>, nodes: &Nodes, store: &Store) -> BTreeSet<Domain> {
    let mut forbidden = BTreeSet::new();
    for key in store.ledger().avoiding_pods() {
        let Some(pod) = store.read::<Pod>(key) else { continue };
        let (Some(spec), Some(metadata)) = (&pod.spec, &pod.metadata) else { continue };
        let Some(node) = spec.node_name.as_deref().and_then(|name| nodes.get(name)) else { continue };
        let namespace = metadata.namespace.as_deref().unwrap_or_default();
        for term in avoidances(spec) {
            let concerns = namespaces(term, namespace, store).contains(wants.namespace())
                && wants.selected_by(term.label_selector.as_ref());
            if let (true, Some(value)) = (concerns, node.label(topology(term))) {
                forbidden.insert((topology(term).to_owned(), value.to_owned()));
            }
        }
    }
    forbidden
}

fn avoidances(spec: &PodSpec) -> impl Iterator<Item = &PodAffinityTerm> {
    let rules = spec.affinity.as_ref().and_then(|it| it.pod_anti_affinity.as_ref());
    rules.into_iter().flat_map(|it| &it.required_during_scheduling_ignored_during_execution)
}

fn topology(term: &PodAffinityTerm) -> &str {
    term.topology_key.as_deref().unwrap_or_default()
}

/// The term's selector with the values that the pod itself has for the keys to be matched.
fn selector_of(term: &PodAffinityTerm, wants: &Wants<'_>) -> Option<LabelSelector> {
    let mut selector = term.label_selector.clone()?;
    for key in &term.match_label_keys {
        if let Some(value) = wants.metadata.labels.get(key) {
            selector.match_labels.insert(key.clone(), value.clone());
        }
    }
    Some(selector)
}

/// The namespaces in which a term looks, for a pod of `own`.
fn namespaces(term: &PodAffinityTerm, own: &str, store: &Store) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = term.namespaces.iter().cloned().collect();
    if let Some(selector) = &term.namespace_selector {
        let selected =
            store.list(Kind::Namespace, None, None).filter(|it| selects(Some(selector), |key| it.label(key)));
        found.extend(selected.map(|it| it.key.name.to_string()));
    } else if found.is_empty() {
        found.insert(own.to_owned());
    }
    found
}

/// Looks at each running pod that a term selects.
fn each_matching(
    term: &PodAffinityTerm,
    wants: &Wants<'_>,
    store: &Store,
    mut look: impl FnMut(&StoredObject),
) {
    let selector = selector_of(term, wants);
    for namespace in namespaces(term, wants.namespace(), store) {
        for pod in store.list(Kind::Pod, Some(&namespace), None) {
            let running = matches!(&pod.facts, Facts::Pod(facts) if !facts.node.is_empty() && facts.active());
            if running && selects(selector.as_ref(), |key| pod.label(key)) {
                look(pod);
            }
        }
    }
}

fn node_of<'a>(pod: &StoredObject, nodes: &'a Nodes) -> Option<&'a NodeInfo> {
    match &pod.facts {
        Facts::Pod(facts) => nodes.get(&facts.node),
        _ => None,
    }
}

fn domains(term: &PodAffinityTerm, wants: &Wants<'_>, nodes: &Nodes, store: &Store) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    each_matching(term, wants, store, |pod| {
        let value = node_of(pod, nodes).and_then(|node| node.label(topology(term)));
        values.extend(value.map(str::to_owned));
    });
    values
}
