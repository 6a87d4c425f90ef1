//! Deployments: one replica set for each template, and the rollout from the old ones to the new.

use k8s_pb::api::apps::v1::{Deployment, ReplicaSet};

use super::controller::Controller;
use super::ownership;
use super::queue::{Queue, Task};
use super::rollout::Rollout;
use super::simulation::Simulation;
use crate::demo::store::{Change, Key, Kind, Store, StoredObject, matches_labels};

/// The controller's name.
const NAME: &str = "deployment-controller";

/// Rolls deployments out.
#[derive(Debug)]
pub struct Deployments;

impl Controller for Deployments {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Deployment, Kind::ReplicaSet, Kind::Pod]
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        let object = &change.last;
        match object.kind {
            Kind::Deployment => queue.reconcile(NAME, object.key.clone()),
            Kind::ReplicaSet => {
                let released = change.before.as_ref().filter(|before| before.owner != object.owner);
                if let Some(before) = released {
                    queue.reconcile_owner(NAME, "Deployment", before);
                }
                queue.reconcile_owner(NAME, "Deployment", object);
                if object.owner.is_none() && change.after.is_some() {
                    find_owners(store, object, queue);
                }
            }
            // A recreation waits for the last of the old pods to be gone.
            _ if change.after.is_none() => {
                let set = object.owner.as_ref().filter(|owner| &*owner.kind == "ReplicaSet");
                let set = set.map(|owner| Key::new(&object.key.namespace, &owner.name));
                if let Some(set) = set.and_then(|key| store.get(Kind::ReplicaSet, &key)) {
                    queue.reconcile_owner(NAME, "Deployment", set);
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(deployment) = store.read::<Deployment>(key) else { return };
        let deleted = deployment.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some());
        let selector = deployment.spec.as_ref().and_then(|spec| spec.selector.clone());
        let sets =
            ownership::claim::<Deployment, ReplicaSet>(store, &deployment, selector.as_ref(), |_| true);
        let mut rollout = Rollout::new(simulation, store, deployment, &sets);
        if deleted {
            rollout.sync_revision(false);
            rollout.report();
            return;
        }
        let deadline = work_on(&mut rollout);
        if let Some(wait) = deadline {
            simulation.queue.soon(wait, Task::Reconcile(NAME, key.clone()));
        }
    }
}

/// One step on; in how many milliseconds its deadline passes.
fn work_on(rollout: &mut Rollout<'_>) -> Option<i64> {
    rollout.note_pause();
    let paused = rollout.spec().paused.unwrap_or(false);
    rollout.sync_revision(false);
    if paused || rollout.count_has_changed() {
        rollout.follow_count();
        if paused {
            rollout.clean_up();
        }
        rollout.report();
        return None;
    }
    if rollout.is_rolling() {
        // A name that was taken is another one at the next look.
        if !rollout.sync_revision(true) {
            return None;
        }
        if rollout.roll() {
            return rollout.report_progress();
        }
    } else if !rollout.recreate() {
        return None;
    }
    if rollout.is_complete(&rollout.status()) {
        rollout.clean_up();
    }
    rollout.report_progress()
}

/// Names the deployments that may adopt a replica set without an owner.
fn find_owners(store: &Store, set: &StoredObject, queue: &mut Queue) {
    for stored in store.list(Kind::Deployment, Some(&set.key.namespace), None) {
        let Some(deployment) = store.read::<Deployment>(&stored.key) else { continue };
        if matches_labels(deployment.spec.and_then(|spec| spec.selector).as_ref(), set) {
            queue.reconcile(NAME, stored.key.clone());
        }
    }
}
