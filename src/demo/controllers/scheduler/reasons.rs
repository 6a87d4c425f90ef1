//! Why a pod can't go to a node, in the scheduler's words.

use std::collections::BTreeMap;

/// One reason; the order is that of their places in [`Reasons`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The node is cordoned.
    Unschedulable,
    /// The pod doesn't tolerate one of its taints.
    Tainted,
    /// The pod's node selector or affinity doesn't take it.
    Affinity,
    /// A port is taken.
    Ports,
    /// It has as many pods as it takes.
    TooManyPods,
    /// It has too little processor time left.
    Cpu,
    /// It has too little memory left.
    Memory,
    /// It has too little disk left.
    Storage,
    /// It has too little left of another resource.
    Extended,
    /// A volume can't be there.
    VolumeAffinity,
    /// It lacks the label by which the pods are spread.
    SpreadLabel,
    /// The pods would be spread unevenly.
    Spread,
    /// No pod that it wants to be near to is there.
    Lonely,
    /// A pod that it avoids is there.
    Avoided,
    /// A pod that avoids it is there.
    Forbidden,
}

const ALL: [(Reason, &str); 15] = [
    (Reason::Unschedulable, "node(s) were unschedulable"),
    (Reason::Tainted, "node(s) had untolerated taint(s)"),
    (Reason::Affinity, "node(s) didn't match Pod's node affinity/selector"),
    (Reason::Ports, "node(s) didn't have free ports for the requested pod ports"),
    (Reason::TooManyPods, "Too many pods"),
    (Reason::Cpu, "Insufficient cpu"),
    (Reason::Memory, "Insufficient memory"),
    (Reason::Storage, "Insufficient ephemeral-storage"),
    (Reason::Extended, "Insufficient "),
    (Reason::VolumeAffinity, "node(s) didn't match PersistentVolume's node affinity"),
    (Reason::SpreadLabel, "node(s) didn't match pod topology spread constraints (missing required label)"),
    (Reason::Spread, "node(s) didn't match pod topology spread constraints"),
    (Reason::Lonely, "node(s) didn't match pod affinity rules"),
    (Reason::Avoided, "node(s) didn't match pod anti-affinity rules"),
    (Reason::Forbidden, "node(s) didn't satisfy existing pods anti-affinity rules"),
];

/// The reasons of one node; empty where the pod can go there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reasons {
    set: u32,
    /// Whether it would not help to remove pods from the node.
    pub hopeless: bool,
}

impl Reasons {
    /// A single reason.
    pub fn one(reason: Reason) -> Self {
        let mut reasons = Reasons::default();
        reasons.add(reason);
        reasons
    }

    /// Adds a reason.
    pub fn add(&mut self, reason: Reason) {
        self.set |= 1 << reason as u32;
        self.hopeless |= matches!(
            reason,
            Reason::Unschedulable
                | Reason::Tainted
                | Reason::Affinity
                | Reason::VolumeAffinity
                | Reason::SpreadLabel
                | Reason::Lonely
        );
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.set == 0
    }

    fn each(self) -> impl Iterator<Item = (Reason, &'static str)> {
        ALL.into_iter().filter(move |(reason, _)| self.set & (1 << *reason as u32) != 0)
    }
}

/// The words of the failed placement: how many nodes have each reason, sorted as text.
pub fn sentence(nodes: &[Reasons], extended: Option<&str>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (reason, words) in nodes.iter().flat_map(|reasons| reasons.each()) {
        let name = if reason == Reason::Extended { extended.unwrap_or_default() } else { "" };
        *counts.entry(format!("{words}{name}")).or_default() += 1;
    }
    counted(nodes.len(), counts)
}

/// `0/5 nodes are available: 2 …, 3 ….`
pub fn counted(total: usize, counts: BTreeMap<String, usize>) -> String {
    let mut reasons: Vec<String> =
        counts.into_iter().map(|(words, count)| format!("{count} {words}")).collect();
    reasons.sort();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" {}.", reasons.join(", ")) };
    format!("0/{total} nodes are available:{reasons}")
}
