//! The node lifecycle controller: nodes that fall silent, and the taints that follow from a node's state.

use k8s_pb::api::coordination::v1::Lease;
use k8s_pb::api::core::v1::{Node, Pod};

use super::conditions::{Words, condition, has_status, set_condition, update_taints};
use super::heartbeat::LEASES;
use crate::demo::controllers::controller::Controller;
use crate::demo::controllers::queue::{Queue, Task};
use crate::demo::controllers::simulation::Simulation;
use crate::demo::events::{self, Saying};
use crate::demo::objects::{instant, pod_status, text, time};
use crate::demo::store::{Change, Facts, Key, Kind, Store};
use crate::platform::time::Instant;

const NAME: &str = "node-lifecycle-controller";
const REPORTER: &str = "node-controller";
/// How often the leases are looked at, and how long a node may be silent, in milliseconds: the controller manager's defaults.
const MONITORING: (i64, i64) = (5_000, 50_000);
/// The name under which all nodes are looked at.
const ALL: &str = "";

/// The node lifecycle controller.
#[derive(Debug, Default)]
pub struct NodeLifecycle;

impl Controller for NodeLifecycle {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Node]
    }

    fn notice(&mut self, _: &Store, change: &Change, queue: &mut Queue) {
        if change.after.is_some() {
            queue.reconcile(NAME, change.last.key.clone());
            queue.soon(MONITORING.0, Task::Reconcile(NAME, Key::new("", ALL)));
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        if &*key.name == ALL {
            return self.monitor(simulation, store);
        }
        let Some(mut node) = store.read::<Node>(key) else { return };
        if update_taints(&mut node, simulation.now()) {
            store.put(&mut node);
        }
    }
}

impl NodeLifecycle {
    /// Looks for nodes that have fallen silent.
    fn monitor(&self, simulation: &mut Simulation, store: &mut Store) {
        let now = simulation.now();
        let leases: Vec<Key> = store.list(Kind::Lease, Some(LEASES), None).map(|it| it.key.clone()).collect();
        for key in leases {
            let renewed =
                store.read::<Lease>(&key).and_then(|lease| lease.spec).and_then(|spec| spec.renew_time);
            let at = Instant::from_seconds(renewed.and_then(|it| it.seconds).unwrap_or(0));
            let node = Key::new("", &key.name);
            if now.since(at) >= MONITORING.1
                && let Some(node) = store.read::<Node>(&node)
            {
                self.give_up(simulation, store, node);
            }
        }
        simulation.queue.soon(MONITORING.0, Task::Reconcile(NAME, Key::new("", ALL)));
    }

    /// Nothing is known of the node any more.
    fn give_up(&self, simulation: &mut Simulation, store: &mut Store, mut node: Node) {
        let now = simulation.now();
        if has_status(&node, "Ready", "Unknown") {
            return;
        }
        let name = node.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
        let created = instant(node.metadata.as_ref().and_then(|it| it.creation_timestamp.as_ref()));
        for kind in ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] {
            let (words, heartbeat) = match condition(&node, kind) {
                Some(_) => (("NodeStatusUnknown", "Kubelet stopped posting node status."), None),
                None => (("NodeStatusNeverUpdated", "Kubelet never posted node status."), Some(created)),
            };
            let words = Words { status: "Unknown", reason: words.0, message: words.1 };
            set_condition(&mut node, kind, words, heartbeat, now);
        }
        update_taints(&mut node, now);
        store.put(&mut node);
        let message = format!("Node {name} status is now: NodeNotReady");
        let saying = Saying { warning: false, reason: "NodeNotReady", message: &message, reporter: REPORTER };
        simulation.tell(store, events::about(&node), &saying);
        let pods: Vec<Key> = store.ledger().pods_on(&name).cloned().collect();
        for key in pods {
            mark_not_ready(simulation, store, &key);
        }
    }
}

/// Nobody knows whether a pod on a silent node still serves.
fn mark_not_ready(simulation: &mut Simulation, store: &mut Store, key: &Key) {
    let ready = |facts: &Facts| matches!(facts, Facts::Pod(pod) if pod.ready_since.is_some());
    if !store.get(Kind::Pod, key).is_some_and(|pod| ready(&pod.facts)) {
        return;
    }
    let Some(mut pod) = store.read::<Pod>(key) else { return };
    let now = simulation.now();
    for condition in &mut pod_status(&mut pod).conditions {
        if condition.r#type.as_deref() == Some("Ready") {
            condition.status = text("False");
            condition.last_transition_time = time(now);
        }
    }
    store.put(&mut pod);
    simulation.warn(store, &pod, "NodeNotReady", "Node is not ready", REPORTER);
}
