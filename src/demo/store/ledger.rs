//! Running sums over the pods: what each node has given away, and what each namespace uses of its quota.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::facts::{Facts, PodFacts, Resources};
use super::object::{Key, StoredObject};

/// What the pods on a node ask for together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NodeUse {
    /// How many pods that have not finished.
    pub pods: i64,
    /// Their requests.
    pub requests: Resources,
}

/// What the pods of a namespace use of its quota.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NamespaceUse {
    /// How many pods that have not finished.
    pub pods: i64,
    /// Their requests.
    pub requests: Resources,
    /// Their limits.
    pub limits: Resources,
}

/// The sums by node and by namespace.
#[derive(Debug, Default)]
pub struct Ledger {
    nodes: FxHashMap<Box<str>, NodeUse>,
    namespaces: FxHashMap<Box<str>, NamespaceUse>,
    /// The pods bound to each node, finished ones too.
    bound: FxHashMap<Box<str>, BTreeSet<Key>>,
    /// The bound pods that take ports of their nodes, and those that refuse to be near others.
    with_ports: BTreeSet<Key>,
    avoiding: BTreeSet<Key>,
}

impl Ledger {
    /// What is used of a node.
    pub fn node(&self, name: &str) -> NodeUse {
        self.nodes.get(name).copied().unwrap_or_default()
    }

    /// What is used in a namespace.
    pub fn namespace(&self, name: &str) -> NamespaceUse {
        self.namespaces.get(name).copied().unwrap_or_default()
    }

    /// The pods bound to a node, finished ones too, in the order of their keys.
    pub fn pods_on(&self, node: &str) -> impl Iterator<Item = &Key> + use<'_> {
        self.bound.get(node).into_iter().flatten()
    }

    /// The bound pods that take ports of their nodes.
    pub fn pods_with_ports(&self) -> impl Iterator<Item = &Key> {
        self.with_ports.iter()
    }

    /// The bound pods that refuse to be near some others.
    pub fn avoiding_pods(&self) -> impl Iterator<Item = &Key> {
        self.avoiding.iter()
    }

    /// Takes one state of an object out of the sums, and another in.
    pub fn replace(&mut self, before: Option<&StoredObject>, after: Option<&StoredObject>) {
        self.place(before, after);
        for (object, sign) in [(before, -1), (after, 1)] {
            if let Some(object) = object
                && let Facts::Pod(pod) = &object.facts
                && !pod.finished()
            {
                self.add(&object.key.namespace, pod, sign);
            }
        }
    }

    fn place(&mut self, before: Option<&StoredObject>, after: Option<&StoredObject>) {
        let (old, new) = (before.and_then(bound_pod), after.and_then(bound_pod));
        if old.map(|it| &it.node) == new.map(|it| &it.node) {
            return;
        }
        if let (Some(old), Some(before)) = (old, before) {
            if let Some(pods) = self.bound.get_mut(&old.node) {
                pods.remove(&before.key);
                if pods.is_empty() {
                    self.bound.remove(&old.node);
                }
            }
            self.with_ports.remove(&before.key);
            self.avoiding.remove(&before.key);
        }
        if let (Some(new), Some(after)) = (new, after) {
            entry(&mut self.bound, &new.node).insert(after.key.clone());
            if !new.host_ports.is_empty() {
                self.with_ports.insert(after.key.clone());
            }
            if new.avoids_pods {
                self.avoiding.insert(after.key.clone());
            }
        }
    }

    fn add(&mut self, namespace: &str, pod: &PodFacts, sign: i64) {
        if !pod.node.is_empty() {
            let node = entry(&mut self.nodes, &pod.node);
            node.pods += sign;
            add(&mut node.requests, pod.requests, sign);
        }
        let used = entry(&mut self.namespaces, namespace);
        used.pods += sign;
        add(&mut used.requests, pod.requests, sign);
        add(&mut used.limits, pod.limits, sign);
    }
}

fn add(sum: &mut Resources, part: Resources, sign: i64) {
    sum.cpu += sign * part.cpu;
    sum.memory += sign * part.memory;
    sum.ephemeral_storage += sign * part.ephemeral_storage;
}

fn bound_pod(object: &StoredObject) -> Option<&PodFacts> {
    match &object.facts {
        Facts::Pod(pod) if !pod.node.is_empty() => Some(pod),
        _ => None,
    }
}

fn entry<'a, T: Default>(map: &'a mut FxHashMap<Box<str>, T>, name: &str) -> &'a mut T {
    map.entry(name.into()).or_default()
}
