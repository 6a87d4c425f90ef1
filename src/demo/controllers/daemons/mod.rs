//! Daemon sets: one pod on every node that takes it.

mod nodes;
mod pods;
mod status;
mod update;

use std::collections::BTreeMap;

use k8s_pb::api::apps::v1::DaemonSet;
use k8s_pb::api::core::v1::Pod;

use super::backoff::Backoff;
use super::controller::Controller;
use super::ownership;
use super::queue::{Queue, Task};
use super::revisions::Revisions;
use super::simulation::{Counted, Simulation};
use crate::demo::store::{Change, Key, Kind, Store, matches_labels};

pub use pods::{daemon_mould, settle_daemon};

use nodes::SetAtWork;

/// The controller's name.
const NAME: &str = "daemonset-controller";
/// How long changes of nodes are gathered, in milliseconds.
const GATHERED: i64 = 500;

/// Keeps a pod of each daemon set on every node that takes it.
#[derive(Debug, Default)]
pub struct DaemonSets {
    backoff: Backoff,
    /// What of each node decided last whom it takes.
    nodes: BTreeMap<Key, u64>,
}

impl Controller for DaemonSets {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::DaemonSet, Kind::Pod, Kind::Node, Kind::ControllerRevision]
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        let object = &change.last;
        match object.kind {
            Kind::DaemonSet => queue.reconcile(NAME, object.key.clone()),
            Kind::ControllerRevision => queue.reconcile_owner(NAME, "DaemonSet", object),
            Kind::Node => {
                if self.node_is_another(store, change) {
                    for set in store.list(Kind::DaemonSet, None, None) {
                        queue.soon(GATHERED, Task::Reconcile(NAME, set.key.clone()));
                    }
                }
            }
            _ => {
                let changed = |before: &std::sync::Arc<crate::demo::store::StoredObject>| {
                    before.labels != object.labels || before.owner != object.owner
                };
                if Counted::differs(change) || change.before.as_ref().is_none_or(changed) {
                    queue.reconcile_owner(NAME, "DaemonSet", object);
                }
                if object.owner.is_none()
                    && change.after.is_some()
                    && change.before.as_ref().is_none_or(changed)
                {
                    for stored in store.list(Kind::DaemonSet, Some(&object.key.namespace), None) {
                        let selector =
                            store.read::<DaemonSet>(&stored.key).and_then(|set| set.spec?.selector);
                        if matches_labels(selector.as_ref(), object) {
                            queue.reconcile(NAME, stored.key.clone());
                        }
                    }
                }
            }
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(set) = store.read::<DaemonSet>(key) else {
            self.backoff.forget(key);
            return;
        };
        let spec = set.spec.clone().unwrap_or_default();
        let selector = spec.selector.as_ref();
        let deleted = set.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some());
        ownership::claim::<DaemonSet, Pod>(store, &set, selector, |_| true);
        let template = spec.template.clone().unwrap_or_default();
        let revisions = Revisions::sync(simulation, store, &set, selector, &template);
        simulation.scheduler.refresh_if_forgotten(store);
        let Some(mut work) = SetAtWork::new(simulation, store, set, revisions) else { return };
        let mut refused = false;
        if !deleted {
            refused = work.manage().is_err();
            if !refused
                && spec.update_strategy.as_ref().and_then(|it| it.r#type.as_deref()) != Some("OnDelete")
            {
                refused = work.update().is_err();
            }
        }
        let wait = work.report();
        work.truncate_history();
        if refused {
            let wait = self.backoff.fail(key);
            simulation.queue.soon(wait, Task::Reconcile(NAME, key.clone()));
        } else {
            self.backoff.forget(key);
        }
        if let Some(wait) = wait {
            simulation.queue.soon(wait, Task::Reconcile(NAME, key.clone()));
        }
    }
}

impl DaemonSets {
    /// Whether a node's change concerns whom it takes.
    fn node_is_another(&mut self, store: &Store, change: &Change) -> bool {
        let key = &change.last.key;
        if change.after.is_none() {
            self.nodes.remove(key);
            return true;
        }
        let mark = nodes::mark_of(store, key);
        self.nodes.insert(key.clone(), mark) != Some(mark)
    }
}
