//! Finds a node with room for a pod, and says why there is none.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::{Node, NodeSpec, Pod, Taint, Toleration};

use super::kubelet::Place;
use crate::demo::quantity;
use crate::demo::store::{Kind, Ledger, Resources, Store};

/// The nodes as the scheduler knows them.
#[derive(Debug, Default)]
pub struct Scheduler {
    nodes: Vec<Candidate>,
    forgotten: bool,
}

/// One node: what it has, and whom it takes.
#[derive(Debug)]
struct Candidate {
    place: Place,
    network: String,
    labels: BTreeMap<String, String>,
    taints: Vec<Taint>,
    cordoned: bool,
    allocatable: Resources,
    pods: i64,
    /// How many addresses it has given out.
    addresses: u32,
}

impl Scheduler {
    /// Lets the nodes be read again before the next placement, since one has changed.
    pub fn forget(&mut self) {
        self.forgotten = true;
    }

    /// Reads the nodes again where that is due.
    pub fn refresh_if_forgotten(&mut self, store: &Store) {
        if std::mem::take(&mut self.forgotten) {
            self.refresh(store);
        }
    }

    /// Reads the nodes again, after one has changed.
    pub fn refresh(&mut self, store: &Store) {
        let given: BTreeMap<String, u32> =
            self.nodes.drain(..).map(|node| (node.place.node, node.addresses)).collect();
        for stored in store.list(Kind::Node, None, None) {
            let Some(node) = store.read::<Node>(&stored.key) else { continue };
            let mut candidate = candidate(&node);
            candidate.addresses = given.get(&candidate.place.node).copied().unwrap_or(0);
            self.nodes.push(candidate);
        }
    }

    /// The node for the pod with what it asks for, the emptiest that fits; else the scheduler's words for why none does.
    pub fn place(&self, pod: &Pod, requests: Resources, ledger: &Ledger) -> Result<Place, String> {
        let mut refusals: BTreeMap<String, usize> = BTreeMap::new();
        let mut best: Option<(i64, &Candidate)> = None;
        for node in &self.nodes {
            match node.refuses(pod, requests, ledger) {
                Some(reason) => *refusals.entry(reason).or_default() += 1,
                None => {
                    let free = node.free_share(requests, ledger);
                    if best.is_none_or(|(most, _)| free > most) {
                        best = Some((free, node));
                    }
                }
            }
        }
        if let Some((_, node)) = best {
            return Ok(node.place.clone());
        }
        let reasons: Vec<String> =
            refusals.into_iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        let total = self.nodes.len();
        Err(format!(
            "0/{total} nodes are available: {}. preemption: 0/{total} nodes are available: {total} Preemption is not helpful for scheduling.",
            reasons.join(", ")
        ))
    }

    /// The nodes that a daemon set's pod goes to, which takes cordoned ones too.
    pub fn daemon_places(&self, pod: &Pod) -> Vec<Place> {
        let fits = |node: &&Candidate| node.untolerated(pod).is_none() && node.selected(pod);
        self.nodes.iter().filter(fits).map(|node| node.place.clone()).collect()
    }

    /// The node of this name.
    pub fn node(&self, name: &str) -> Option<Place> {
        self.nodes.iter().find(|node| node.place.node == name).map(|node| node.place.clone())
    }

    /// A new address in the node's pod network.
    pub fn next_address(&mut self, node: &str) -> String {
        match self.nodes.iter_mut().find(|candidate| candidate.place.node == node) {
            Some(node) => {
                node.addresses += 1;
                format!("{}.{}", node.network, 2 + node.addresses % 250)
            }
            None => "10.244.255.2".to_owned(),
        }
    }
}

impl Candidate {
    /// Why the pod can't go there, in the scheduler's words.
    fn refuses(&self, pod: &Pod, requests: Resources, ledger: &Ledger) -> Option<String> {
        if self.cordoned {
            return Some("node(s) were unschedulable".to_owned());
        }
        if let Some(taint) = self.untolerated(pod) {
            let (key, value) =
                (taint.key.as_deref().unwrap_or_default(), taint.value.as_deref().unwrap_or_default());
            return Some(format!("node(s) had untolerated taint {{{key}: {value}}}"));
        }
        if !self.selected(pod) {
            return Some("node(s) didn't match Pod's node affinity/selector".to_owned());
        }
        let used = ledger.node(&self.place.node);
        if used.pods + 1 > self.pods {
            return Some("Too many pods".to_owned());
        }
        if used.requests.cpu + requests.cpu > self.allocatable.cpu {
            return Some("Insufficient cpu".to_owned());
        }
        (used.requests.memory + requests.memory > self.allocatable.memory)
            .then(|| "Insufficient memory".to_owned())
    }

    fn untolerated(&self, pod: &Pod) -> Option<&Taint> {
        let tolerations = pod.spec.as_ref().map(|spec| spec.tolerations.as_slice()).unwrap_or_default();
        self.taints.iter().find(|taint| {
            taint.effect.as_deref() != Some("PreferNoSchedule")
                && !tolerations.iter().any(|it| tolerates(it, taint))
        })
    }

    fn selected(&self, pod: &Pod) -> bool {
        let selector = pod.spec.as_ref().map(|spec| &spec.node_selector);
        selector.into_iter().flatten().all(|(key, value)| self.labels.get(key) == Some(value))
    }

    /// What would be left, in thousandths of the node, of the scarcer resource.
    fn free_share(&self, requests: Resources, ledger: &Ledger) -> i64 {
        let used = ledger.node(&self.place.node).requests;
        let cpu = (self.allocatable.cpu - used.cpu - requests.cpu) * 1000 / self.allocatable.cpu.max(1);
        let memory = (self.allocatable.memory - used.memory - requests.memory)
            / (self.allocatable.memory / 1000).max(1);
        cpu.min(memory)
    }
}

fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    let effect = toleration.effect.as_deref().unwrap_or_default();
    let key = toleration.key.as_deref().unwrap_or_default();
    let exists = toleration.operator.as_deref() == Some("Exists");
    (effect.is_empty() || taint.effect.as_deref() == Some(effect))
        && ((key.is_empty() && exists) || taint.key.as_deref() == Some(key))
        && (exists
            || toleration.value.as_deref().unwrap_or_default() == taint.value.as_deref().unwrap_or_default())
}

fn candidate(node: &Node) -> Candidate {
    let metadata = node.metadata.clone().unwrap_or_default();
    let status = node.status.clone().unwrap_or_default();
    let empty = NodeSpec::default();
    let spec = node.spec.as_ref().unwrap_or(&empty);
    let allocatable = |name: &str| {
        status.allocatable.get(name).and_then(|it| it.string.as_deref()).unwrap_or("0").to_owned()
    };
    let address = status.addresses.iter().find(|it| it.r#type.as_deref() == Some("InternalIP"));
    let network = spec
        .pod_cidr
        .as_deref()
        .and_then(|cidr| cidr.rsplit_once('.'))
        .map_or("10.244.0", |(front, _)| front);
    Candidate {
        place: Place {
            node: metadata.name.unwrap_or_default(),
            address: address.and_then(|it| it.address.clone()).unwrap_or_default(),
        },
        network: network.to_owned(),
        labels: metadata.labels,
        taints: spec
            .taints
            .iter()
            .filter(|it| it.key.as_deref() != Some("node.kubernetes.io/unschedulable"))
            .cloned()
            .collect(),
        cordoned: spec.unschedulable.unwrap_or(false),
        allocatable: Resources {
            cpu: quantity::thousandths(&allocatable("cpu")).unwrap_or(0),
            memory: quantity::whole(&allocatable("memory")).unwrap_or(0),
        },
        pods: quantity::whole(&allocatable("pods")).unwrap_or(110),
        addresses: 0,
    }
}
