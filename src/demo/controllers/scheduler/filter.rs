//! Whether a pod can go to a node.

use k8s_pb::api::core::v1::{Container, Pod};

use super::claims::Claims;
use super::near::{Neighbours, Unneighbourly};
use super::node::NodeInfo;
use super::nodes::Nodes;
use super::reasons::{Reason, Reasons};
use super::spread::{Spread, Uneven};
use super::wants::Wants;
use crate::demo::quantity;
use crate::demo::store::{Facts, HostPort, Kind, Resources, Store};

/// What has to be known of the whole platform to place one pod.
#[derive(Debug)]
pub struct Placement<'a> {
    /// The pod's wishes.
    pub wants: Wants<'a>,
    /// The platform.
    pub store: &'a Store,
    /// How pods are to be spread.
    pub spread: Spread,
    /// Whom it wants near.
    pub neighbours: Neighbours,
    /// Where its volumes can be.
    pub claims: &'a Claims,
    /// Resources beside the usual ones that it asks for.
    extended: Vec<(String, i64)>,
    /// Room that is kept for others: node, and what they ask for.
    reserved: Vec<(String, Resources)>,
}

/// What a node has left, or would have.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// How many pods are there.
    pub pods: i64,
    /// What they ask for.
    pub requests: Resources,
}

impl<'a> Placement<'a> {
    /// Looks around for a pod.
    pub fn new(
        wants: Wants<'a>,
        nodes: &Nodes,
        store: &'a Store,
        claims: &'a Claims,
        reserved: Vec<(String, Resources)>,
    ) -> Self {
        Placement {
            wants,
            store,
            spread: Spread::of(&wants, nodes, store),
            neighbours: Neighbours::of(&wants, nodes, store),
            claims,
            extended: extended(&wants.spec.containers),
            reserved,
        }
    }

    /// The name of the first other resource that the pod asks for.
    pub fn extended_name(&self) -> Option<&str> {
        self.extended.first().map(|(name, _)| name.as_str())
    }

    /// Why the pod can't go to the node.
    pub fn refuse(&self, node: &NodeInfo) -> Reasons {
        if let Some(reason) = self.refuse_ever(node) {
            return Reasons::one(reason);
        }
        if self.ports_taken(node, |_| true) {
            return Reasons::one(Reason::Ports);
        }
        let full = self.full(node, self.room(node));
        if !full.is_empty() {
            return full;
        }
        if !self.claims.take(node) {
            return Reasons::one(Reason::VolumeAffinity);
        }
        match (self.spread.refuse(node), self.neighbours.refuse(node)) {
            (Some(Uneven::NoDomain), _) => Reasons::one(Reason::SpreadLabel),
            (Some(Uneven::Skewed), _) => Reasons::one(Reason::Spread),
            (None, Some(Unneighbourly::Lonely)) => Reasons::one(Reason::Lonely),
            (None, Some(Unneighbourly::Avoided)) => Reasons::one(Reason::Avoided),
            (None, Some(Unneighbourly::Forbidden)) => Reasons::one(Reason::Forbidden),
            (None, None) => Reasons::default(),
        }
    }

    /// What the node itself has against the pod, whoever else is there.
    fn refuse_ever(&self, node: &NodeInfo) -> Option<Reason> {
        let bears_cordon = || {
            let tolerations = self.wants.tolerations().iter();
            tolerations.clone().any(|it| {
                let key = it.key.as_deref().unwrap_or_default();
                let effect = it.effect.as_deref().unwrap_or_default();
                it.operator.as_deref() == Some("Exists")
                    && (key.is_empty() || key == "node.kubernetes.io/unschedulable")
                    && (effect.is_empty() || effect == "NoSchedule")
            })
        };
        if node.cordoned && !bears_cordon() {
            Some(Reason::Unschedulable)
        } else if node.repels(self.wants.tolerations()) {
            Some(Reason::Tainted)
        } else if !self.wants.takes(node) {
            Some(Reason::Affinity)
        } else {
            None
        }
    }

    /// What is taken of a node, with what is kept for others.
    pub fn room(&self, node: &NodeInfo) -> Room {
        let used = self.store.ledger().node(&node.place.node);
        let kept = self.reserved.iter().filter(|(name, _)| *name == node.place.node);
        kept.fold(Room { pods: used.pods, requests: used.requests }, |room, (_, requests)| Room {
            pods: room.pods + 1,
            requests: room.requests.plus(*requests),
        })
    }

    /// What the node has too little of for the pod, with so much taken.
    pub fn full(&self, node: &NodeInfo, taken: Room) -> Reasons {
        let (wanted, mut reasons) = (self.wants.requests(), Reasons::default());
        if taken.pods + 1 > node.pods {
            reasons.add(Reason::TooManyPods);
        }
        for (reason, of) in AMOUNTS {
            let amount = of(&wanted);
            if amount > 0 && of(&taken.requests) + amount > of(&node.allocatable) {
                reasons.add(reason);
                reasons.hopeless |= amount > of(&node.allocatable);
            }
        }
        if self.extended.iter().any(|(name, amount)| self.left_of(node, name) < *amount) {
            reasons.add(Reason::Extended);
        }
        reasons
    }

    fn left_of(&self, node: &NodeInfo, name: &str) -> i64 {
        let has = node.extended.get(name).copied().unwrap_or(0);
        if has == 0 {
            return 0;
        }
        let pods =
            self.store.ledger().pods_on(&node.place.node).filter_map(|key| self.store.read::<Pod>(key));
        let asked = pods.flat_map(|pod| extended(&pod.spec.unwrap_or_default().containers));
        has - asked.filter(|(other, _)| other == name).map(|(_, amount)| amount).sum::<i64>()
    }

    /// Whether one of the pods there that count takes a port that this one wants.
    pub fn ports_taken(&self, node: &NodeInfo, counts: impl Fn(&str) -> bool) -> bool {
        let wanted: &[HostPort] = &self.wants.facts.host_ports;
        if wanted.is_empty() {
            return false;
        }
        self.store.ledger().pods_with_ports().any(|key| {
            match self.store.get(Kind::Pod, key).map(|it| &it.facts) {
                Some(Facts::Pod(facts)) => {
                    *facts.node == *node.place.node
                        && !facts.finished()
                        && counts(&key.name)
                        && facts
                            .host_ports
                            .iter()
                            .any(|taken| wanted.iter().any(|port| port.conflicts(taken)))
                }
                _ => false,
            }
        })
    }
}

/// A resource, and how much of it there is.
type Amount = (Reason, fn(&Resources) -> i64);

const AMOUNTS: [Amount; 3] = [
    (Reason::Cpu, |it| it.cpu),
    (Reason::Memory, |it| it.memory),
    (Reason::Storage, |it| it.ephemeral_storage),
];

/// What containers ask for beside processor time, memory and disk.
fn extended(containers: &[Container]) -> Vec<(String, i64)> {
    let requests = containers.iter().filter_map(|it| it.resources.as_ref()).flat_map(|it| &it.requests);
    requests
        .filter(|(name, _)| name.contains('/') || name.starts_with("hugepages-"))
        .filter_map(|(name, amount)| Some((name.clone(), quantity::whole(amount.string.as_deref()?)?)))
        .filter(|(_, amount)| *amount > 0)
        .collect()
}
