//! Nodes under pressure, and the pods that their kubelets evict for it.

use k8s_pb::api::core::v1::{Node, Pod};

use super::conditions::{Words, has_status};
use crate::demo::controllers::simulation::Simulation;
use crate::demo::quantity;
use crate::demo::store::{Facts, Key, Kind, Store};

/// Below how much free memory a kubelet evicts, in bytes; its default.
const LEAST_MEMORY: i64 = 100 << 20;

/// What presses a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pressed {
    /// Too little memory is left.
    pub memory: bool,
}

impl Pressed {
    /// The words of the conditions.
    pub fn words(&self) -> [(&'static str, Words<'static>); 3] {
        let memory = match self.memory {
            true => Words {
                status: "True",
                reason: "KubeletHasInsufficientMemory",
                message: "kubelet has insufficient memory available",
            },
            false => Words {
                status: "False",
                reason: "KubeletHasSufficientMemory",
                message: "kubelet has sufficient memory available",
            },
        };
        let disk = Words {
            status: "False",
            reason: "KubeletHasNoDiskPressure",
            message: "kubelet has no disk pressure",
        };
        let processes = Words {
            status: "False",
            reason: "KubeletHasSufficientPID",
            message: "kubelet has sufficient PID available",
        };
        [("MemoryPressure", memory), ("DiskPressure", disk), ("PIDPressure", processes)]
    }
}

/// Whether the node's status says otherwise.
pub fn differs(node: &Node, pressed: &Pressed) -> bool {
    has_status(node, "MemoryPressure", "True") != pressed.memory
}

/// A pod that may be evicted.
struct Candidate {
    key: Key,
    uid: Box<str>,
    used: i64,
    requested: i64,
    priority: i32,
}

/// Looks at what the pods of a node use; where too little is left, one of them is evicted.
pub fn look(simulation: &mut Simulation, store: &mut Store, node: &Node) -> Pressed {
    let name = node.metadata.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
    let capacity = node.status.as_ref().and_then(|it| it.allocatable.get("memory"));
    let capacity = capacity.and_then(|it| it.string.as_deref()).and_then(quantity::whole).unwrap_or(i64::MAX);
    let mut pods = candidates(simulation, store, name);
    let used: i64 = pods.iter().map(|pod| pod.used).sum();
    let available = capacity - used;
    if available >= LEAST_MEMORY {
        return Pressed::default();
    }
    // Who uses more than asked for goes first, then the least important, then who uses most above the request.
    pods.sort_by_key(|pod| (pod.used <= pod.requested, pod.priority, pod.requested - pod.used));
    if let Some(pod) = pods.first() {
        let message = message(store, pod, available);
        simulation.evict_pod(store, &pod.key, &pod.uid, &message);
    }
    Pressed { memory: true }
}

fn candidates(simulation: &Simulation, store: &Store, node: &str) -> Vec<Candidate> {
    let model = simulation.model.lock();
    let pods = store.ledger().pods_on(node).filter_map(|key| store.get(Kind::Pod, key));
    pods.filter_map(|pod| {
        let Facts::Pod(facts) = &pod.facts else { return None };
        let usage = model.usage(&pod.uid).filter(|_| facts.active())?;
        let used = usage.containers.iter().map(|container| container.memory_bytes).sum::<u64>();
        Some(Candidate {
            key: pod.key.clone(),
            uid: pod.uid.clone(),
            used: i64::try_from(used).unwrap_or(i64::MAX),
            requested: facts.requests.memory,
            priority: facts.priority,
        })
    })
    .collect()
}

/// The kubelet's words for an eviction.
fn message(store: &Store, pod: &Candidate, available: i64) -> String {
    let kibibytes = |bytes: i64| format!("{}Ki", bytes.max(0) / 1024);
    let mut message = format!(
        "The node was low on resource: memory. Threshold quantity: {}, available: {}. ",
        quantity::bytes(LEAST_MEMORY),
        kibibytes(available)
    );
    let containers = store.read::<Pod>(&pod.key).and_then(|pod| pod.spec).map(|spec| spec.containers);
    if let (Some([first, ..]), true) = (containers.as_deref(), pod.used > pod.requested) {
        message.push_str(&format!(
            "Container {} was using {}, request is {}, has larger consumption of memory. ",
            first.name.as_deref().unwrap_or_default(),
            kibibytes(pod.used),
            if pod.requested == 0 { "0".to_owned() } else { quantity::bytes(pod.requested) },
        ));
    }
    message
}
