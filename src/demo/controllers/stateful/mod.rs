//! Stateful sets: pods with names and volumes that stay, one after the other.

mod claims;
mod identity;
mod replicas;
mod status;
mod update;

use k8s_pb::api::apps::v1::StatefulSet;
use k8s_pb::api::core::v1::Pod;

use super::backoff::Backoff;
use super::controller::Controller;
use super::ownership;
use super::queue::{Queue, Task};
use super::revisions::Revisions;
use super::simulation::{Counted, Simulation};
use crate::demo::store::{Change, Facts, Key, Kind, Store, StoredObject, matches_labels};

pub use identity::{give_ordinal, revision_of_stateful_set, stateful_mould};

use replicas::SetAtWork;

/// The controller's name.
const NAME: &str = "statefulset-controller";

/// Keeps the pods of stateful sets in their order.
#[derive(Debug, Default)]
pub struct StatefulSets {
    backoff: Backoff,
}

impl Controller for StatefulSets {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::StatefulSet, Kind::Pod, Kind::ControllerRevision]
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        let object = &change.last;
        match object.kind {
            Kind::StatefulSet => queue.reconcile(NAME, object.key.clone()),
            Kind::ControllerRevision => queue.reconcile_owner(NAME, "StatefulSet", object),
            _ => {
                if Counted::differs(change)
                    || phase(change.before.as_deref()) != phase(change.after.as_deref())
                {
                    queue.reconcile_owner(NAME, "StatefulSet", object);
                }
                let relabelled = change
                    .before
                    .as_ref()
                    .is_none_or(|before| before.labels != object.labels || before.owner != object.owner);
                if relabelled {
                    queue.reconcile_owner(NAME, "StatefulSet", object);
                    if object.owner.is_none() && change.after.is_some() {
                        find_owner(store, object, queue);
                    }
                }
            }
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(set) = store.read::<StatefulSet>(key) else {
            self.backoff.forget(key);
            return;
        };
        let spec = set.spec.clone().unwrap_or_default();
        let selector = spec.selector.as_ref();
        ownership::claim::<StatefulSet, Pod>(store, &set, selector, |pod| {
            identity::ordinal_of(&key.name, &pod.key.name).is_some()
        });
        let template = spec.template.clone().unwrap_or_default();
        let revisions = Revisions::sync(simulation, store, &set, selector, &template);
        let mut work = SetAtWork::new(simulation, store, set, revisions);
        let outcome = work.manage();
        let wait = work.report();
        work.truncate_history();
        match outcome {
            Ok(()) => self.backoff.forget(key),
            Err(_) => {
                let wait = self.backoff.fail(key);
                simulation.queue.soon(wait, Task::Reconcile(NAME, key.clone()));
            }
        }
        if let Some(wait) = wait {
            simulation.queue.soon(wait, Task::Reconcile(NAME, key.clone()));
        }
    }
}

fn phase(object: Option<&StoredObject>) -> Option<&str> {
    match object.map(|object| &object.facts) {
        Some(Facts::Pod(pod)) => Some(&pod.phase),
        _ => None,
    }
}

/// Names the stateful set that may adopt a pod without an owner.
fn find_owner(store: &Store, pod: &StoredObject, queue: &mut Queue) {
    let Some((name, _)) = pod.key.name.rsplit_once('-') else { return };
    let key = Key::new(&pod.key.namespace, name);
    let Some(set) = store.read::<StatefulSet>(&key) else { return };
    if matches_labels(set.spec.and_then(|spec| spec.selector).as_ref(), pod) {
        queue.reconcile(NAME, key);
    }
}
