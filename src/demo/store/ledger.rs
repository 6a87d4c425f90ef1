//! Running sums over the pods: what each node has given away, and what each namespace uses of its quota.

use rustc_hash::FxHashMap;

use super::facts::{Facts, PodFacts, Resources};
use super::object::StoredObject;

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

    /// Takes one state of an object out of the sums, and another in.
    pub fn replace(&mut self, before: Option<&StoredObject>, after: Option<&StoredObject>) {
        for (object, sign) in [(before, -1), (after, 1)] {
            if let Some(object) = object
                && let Facts::Pod(pod) = &object.facts
                && !pod.finished()
            {
                self.add(&object.key.namespace, pod, sign);
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
}

fn entry<'a, T: Default>(map: &'a mut FxHashMap<Box<str>, T>, name: &str) -> &'a mut T {
    map.entry(name.into()).or_default()
}
