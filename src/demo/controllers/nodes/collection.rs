//! The pod garbage collector: pods whose nodes are gone for good, and pods that no kubelet will ever finish.

use k8s_pb::api::core::v1::{Node, Pod};

use crate::demo::controllers::controller::Controller;
use crate::demo::controllers::queue::{Queue, Task};
use crate::demo::controllers::simulation::Simulation;
use crate::demo::objects::{pod_status, set_pod_condition, text};
use crate::demo::store::{Change, Facts, Key, Kind, Store};

const NAME: &str = "pod-garbage-collector-controller";
/// How long a node that is gone may take to come back, and until the collector looks then, in milliseconds.
const QUARANTINE: i64 = 40_000 + 20_000;
/// The taint by which people say that a silent node is switched off.
const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

/// The pod garbage collector. Its tasks are nodes, and pods that were deleted before they had one.
#[derive(Debug, Default)]
pub struct PodCollection;

impl Controller for PodCollection {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Node, Kind::Pod]
    }

    fn notice(&mut self, _: &Store, change: &Change, queue: &mut Queue) {
        match (change.last.kind, &change.after) {
            (Kind::Node, None) => {
                queue.soon(QUARANTINE, Task::Reconcile(NAME, change.last.key.clone()));
            }
            (Kind::Node, Some(node)) => queue.reconcile(NAME, node.key.clone()),
            (Kind::Pod, Some(pod)) => {
                if matches!(&pod.facts, Facts::Pod(facts) if facts.terminating && facts.node.is_empty()) {
                    queue.soon(20_000, Task::Reconcile(NAME, pod.key.clone()));
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        if !key.namespace.is_empty() {
            return collect_unbound(store, key);
        }
        let node = store.read::<Node>(key);
        let out = node.as_ref().is_some_and(is_out_of_service);
        if node.is_some() && !out {
            return;
        }
        let pods: Vec<Key> = store.ledger().pods_on(&key.name).cloned().collect();
        for pod in pods {
            let terminating = |facts: &Facts| matches!(facts, Facts::Pod(pod) if pod.terminating);
            if !out || store.get(Kind::Pod, &pod).is_some_and(|it| terminating(&it.facts)) {
                collect(simulation, store, &pod, out);
            }
        }
    }
}

fn is_out_of_service(node: &Node) -> bool {
    let silent = !super::conditions::has_status(node, "Ready", "True");
    let taints = node.spec.iter().flat_map(|spec| &spec.taints);
    silent && taints.into_iter().any(|taint| taint.key.as_deref() == Some(OUT_OF_SERVICE))
}

/// A pod that is being deleted and never had a node goes at once.
fn collect_unbound(store: &mut Store, key: &Key) {
    let unbound = |facts: &Facts| matches!(facts, Facts::Pod(pod) if pod.terminating && pod.node.is_empty());
    if store.get(Kind::Pod, key).is_some_and(|pod| unbound(&pod.facts))
        && store.read::<Pod>(key).and_then(|pod| pod.metadata).is_some_and(|it| it.finalizers.is_empty())
    {
        store.remove::<Pod>(key);
    }
}

/// Marks a pod as failed, and takes it away without its kubelet.
fn collect(simulation: &mut Simulation, store: &mut Store, key: &Key, out_of_service: bool) {
    let Some(mut pod) = store.read::<Pod>(key) else { return };
    let phase = pod_status(&mut pod).phase.clone().unwrap_or_default();
    if !matches!(phase.as_str(), "Succeeded" | "Failed") {
        pod_status(&mut pod).phase = text("Failed");
        if !out_of_service {
            let words = "PodGC: node no longer exists";
            set_pod_condition(&mut pod, "DisruptionTarget", true, "DeletionByPodGC", words, simulation.now());
        }
        store.put(&mut pod);
    }
    if pod.metadata.as_ref().is_some_and(|it| it.finalizers.is_empty()) {
        store.remove::<Pod>(key);
    }
}
