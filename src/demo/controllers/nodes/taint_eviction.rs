//! The taint eviction controller: pods that don't tolerate that they stay where they are.

use k8s_pb::api::core::v1::{Node, Pod, Taint, Toleration};

use crate::demo::controllers::controller::Controller;
use crate::demo::controllers::queue::{Queue, Task};
use crate::demo::controllers::scheduler::tolerates;
use crate::demo::controllers::simulation::Simulation;
use crate::demo::events::{self, Saying};
use crate::demo::objects::{instant, set_pod_condition};
use crate::demo::store::{Change, Facts, Key, Kind, Store};
use crate::platform::time::Instant;

const NAME: &str = "taint-eviction-controller";

/// The taint eviction controller. Its tasks are pods; nodes only name the pods on them.
#[derive(Debug, Default)]
pub struct TaintEviction;

impl Controller for TaintEviction {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Node, Kind::Pod]
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        match (change.last.kind, &change.before, &change.after) {
            (Kind::Node, Some(_), Some(node)) => {
                // Heartbeats come often and taints seldom.
                let tainted = store.read::<Node>(&node.key).is_some_and(|node| !no_execute(&node).is_empty());
                if tainted {
                    for pod in store.ledger().pods_on(&node.key.name) {
                        queue.reconcile(NAME, pod.clone());
                    }
                }
            }
            (Kind::Pod, before, Some(after)) => {
                let bound =
                    |facts: Option<&Facts>| matches!(facts, Some(Facts::Pod(pod)) if !pod.node.is_empty());
                if !bound(before.as_ref().map(|it| &it.facts))
                    && bound(Some(&after.facts))
                    && before.is_some()
                {
                    queue.reconcile(NAME, after.key.clone());
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(pod) = store.read::<Pod>(key) else { return };
        let Some(spec) = &pod.spec else { return };
        let deleted = pod.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some());
        let node = Key::new("", spec.node_name.as_deref().unwrap_or_default());
        let Some(node) = store.read::<Node>(&node) else { return };
        let now = simulation.now();
        match patience(&no_execute(&node), &spec.tolerations, now) {
            Some(due) if due <= now && !deleted => evict(simulation, store, key, pod),
            Some(due) if !deleted => {
                simulation.queue.soon(due.since(now), Task::Reconcile(NAME, key.clone()));
            }
            _ => {}
        }
    }
}

fn no_execute(node: &Node) -> Vec<Taint> {
    let taints = node.spec.iter().flat_map(|spec| &spec.taints);
    taints.filter(|taint| taint.effect.as_deref() == Some("NoExecute")).cloned().collect()
}

/// Until when a pod may stay; `None` where it may for ever.
fn patience(taints: &[Taint], tolerations: &[Toleration], now: Instant) -> Option<Instant> {
    taints
        .iter()
        .filter_map(|taint| {
            let since = taint.time_added.as_ref().map_or(now, |time| instant(Some(time)));
            let bearing: Vec<&Toleration> = tolerations.iter().filter(|it| tolerates(it, taint)).collect();
            if bearing.is_empty() {
                return Some(since);
            }
            let seconds = bearing.iter().filter_map(|it| it.toleration_seconds).min()?;
            Some(since.plus_millis(seconds.max(0) * 1_000))
        })
        .min()
}

fn evict(simulation: &mut Simulation, store: &mut Store, key: &Key, mut pod: Pod) {
    let words = "Taint manager: deleting due to NoExecute taint";
    set_pod_condition(&mut pod, "DisruptionTarget", true, "DeletionByTaintManager", words, simulation.now());
    store.put(&mut pod);
    let message = format!("Marking for deletion Pod {}/{}", key.namespace, key.name);
    let saying = Saying { warning: false, reason: "TaintManagerEviction", message: &message, reporter: NAME };
    simulation.tell(store, events::about(&pod), &saying);
    simulation.delete_pod(store, key);
}
