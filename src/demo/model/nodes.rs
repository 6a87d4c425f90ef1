//! Nodes: how their processors are shared, and what of their memory and disks is used.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::Node;

use super::effects::Effects;
use super::noise::Noise;
use super::pod_state::PodState;
use super::queueing::fair_shares;
use super::roster::PodView;
use crate::demo::quantity;
use crate::demo::store::{Key, Kind, Resources, Store};

/// What a node has, and what of it is used.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeState {
    /// Its cores.
    pub cores: f64,
    /// Its memory, in bytes.
    pub memory: f64,
    /// Its disk, in bytes.
    pub disk: f64,
    /// Cores that are wanted; more than there are where it is overcommitted.
    pub cores_wanted: f64,
    /// Cores that are used.
    pub cores_used: f64,
    /// Memory that is used, in bytes.
    pub memory_used: f64,
    /// Disk that is used, in bytes.
    pub disk_used: f64,
    /// Processor time since the platform started, in seconds.
    pub cpu_seconds: f64,
    /// What an effect has put on its disk, in bytes.
    filled: f64,
    version: u64,
}

/// What the system itself takes of every node.
const SYSTEM: (f64, f64) = (0.22, 900.0 * 1_048_576.0);
/// What pods that aren't modelled one by one use of what they ask for.
const OTHERS: (f64, f64) = (0.32, 0.62);
/// How full a node's processor can be before it slows down what runs on it by more than its share: caches and memory are shared too.
const CROWDED: f64 = 0.8;
/// A disk without a stated size.
const DISK: f64 = 100.0 * 1_073_741_824.0;
/// How quickly a disk is cleaned up, in bytes a second.
const CLEANING: f64 = 25.0 * 1_048_576.0;

/// What a pod on a node uses apart from its first container, in cores and bytes.
pub type Aside = (f64, f64);

/// All nodes with pods that are modelled.
#[derive(Debug, Default)]
pub struct Nodes(pub BTreeMap<Box<str>, NodeState>);

impl Nodes {
    /// Shares each node among its pods. `asides` belongs to the pods, as `states` does.
    pub fn share(
        &mut self,
        store: &Store,
        pods: &[&PodView],
        states: &mut [PodState],
        asides: &[Aside],
        seconds: f64,
    ) {
        let mut on: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, pod) in pods.iter().enumerate().filter(|(_, pod)| !pod.node.is_empty()) {
            on.entry(&pod.node).or_default().push(index);
        }
        self.0.retain(|name, _| on.contains_key(&**name));
        for (name, residents) in on {
            let node = self.0.entry(name.into()).or_default();
            node.read(store, name);
            let modelled = residents.iter().fold(Resources::default(), |sum, index| Resources {
                cpu: sum.cpu + pods[*index].requests().cpu,
                memory: sum.memory + pods[*index].requests().memory,
                ..sum
            });
            let asked = store.ledger().node(name).requests;
            let others = (
                (asked.cpu - modelled.cpu).max(0) as f64 / 1000.0 * OTHERS.0,
                (asked.memory - modelled.memory).max(0) as f64 * OTHERS.1,
            );
            node.divide(pods, states, asides, &residents, others);
            node.cpu_seconds += node.cores_used * seconds;
        }
    }

    /// Lets disks fill.
    pub fn fill(&mut self, effects: &Effects, noise: &Noise, seconds: f64) {
        for (name, node) in &mut self.0 {
            let rate = effects.node_filling(name);
            let change = if rate > 0.0 { rate } else { -CLEANING };
            node.filled = (node.filled + change * seconds).clamp(0.0, node.disk);
            let base = node.disk * (0.34 + 0.16 * noise.fixed(&format!("{name}/disk")));
            node.disk_used = (base + node.filled).min(node.disk);
        }
    }
}

impl NodeState {
    fn read(&mut self, store: &Store, name: &str) {
        let key = Key::new("", name);
        let Some(stored) = store.get(Kind::Node, &key) else { return };
        if stored.version == self.version {
            return;
        }
        self.version = stored.version;
        let status = store.read::<Node>(&key).and_then(|node| node.status).unwrap_or_default();
        let amount = |name: &str| {
            let quantity = status.capacity.get(name).and_then(|quantity| quantity.string.as_deref());
            quantity.and_then(quantity::thousandths).map(|amount| amount as f64 / 1000.0)
        };
        self.cores = amount("cpu").unwrap_or(4.0);
        self.memory = amount("memory").unwrap_or(16e9);
        self.disk = amount("ephemeral-storage").unwrap_or(DISK);
    }

    fn divide(
        &mut self,
        pods: &[&PodView],
        states: &mut [PodState],
        asides: &[Aside],
        residents: &[usize],
        others: (f64, f64),
    ) {
        let wants: Vec<(f64, f64)> = residents
            .iter()
            .map(|index| {
                let container = pods[*index].containers.first();
                let limit = container.map_or(0, |it| it.limits.cpu) as f64 / 1000.0;
                let wanted = states[*index].wants;
                let wanted = if limit > 0.0 { wanted.min(limit) } else { wanted };
                (wanted, (container.map_or(0, |it| it.requests.cpu) as f64 / 1000.0).max(0.002))
            })
            .collect();
        let aside: f64 = residents.iter().map(|index| asides[*index].0).sum();
        let free = self.cores - SYSTEM.0 - others.0 - aside;
        let given = fair_shares(&wants, free);
        self.cores_wanted = self.cores - free + wants.iter().map(|it| it.0).sum::<f64>();
        self.cores_used = (self.cores - free + given.iter().sum::<f64>()).min(self.cores);
        let crowd = 1.0 + 1.5 * (self.cores_wanted / self.cores.max(0.1) - CROWDED).clamp(0.0, 2.0);
        let mut memory = SYSTEM.1 + others.1;
        for ((index, (wanted, _)), given) in residents.iter().zip(&wants).zip(&given) {
            let state = &mut states[*index];
            let stretch = if *given > 0.0 { (wanted / given).clamp(1.0, 50.0) * crowd } else { crowd };
            // A step's delay keeps wanting and getting from swinging.
            state.stretch = 0.5 * state.stretch.max(1.0) + 0.5 * stretch;
            state.cpu = *given;
            memory += state.memory + asides[*index].1;
        }
        self.memory_used = memory.min(self.memory);
    }
}
