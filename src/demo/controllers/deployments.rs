//! Deployments: one replica set for each template, and the rollout from the old ones to the new.

use std::sync::Arc;

use k8s_pb::api::apps::v1::{Deployment, DeploymentStatus, ReplicaSet};

use super::controller::Controller;
use super::queue::{Queue, Task};
use super::replica_sets::{HASH_LABEL, REVISION, hash_of, replica_set_for};
use super::simulation::Simulation;
use super::status;
use crate::demo::events::{self, Saying};
use crate::demo::objects::{instant, key, uid};
use crate::demo::store::{Change, Key, Kind, Store, StoredObject};
use crate::platform::time::Instant;

/// The annotation with the count that a set's count was computed from.
const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";

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
        &[Kind::Deployment, Kind::ReplicaSet]
    }

    fn notice(&mut self, _store: &Store, change: &Change, queue: &mut Queue) {
        if change.last.kind == Kind::Deployment {
            queue.reconcile(NAME, change.last.key.clone());
        } else {
            queue.reconcile_owner(NAME, "Deployment", &change.last);
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        simulation.reconcile_deployment(store, key);
    }
}

/// A replica set with what its pods have come to.
struct Revision {
    set: ReplicaSet,
    wanted: i32,
    available: i32,
}

impl Simulation {
    /// Brings a deployment a step on, and reports its state.
    pub(super) fn reconcile_deployment(&mut self, store: &mut Store, place: &Key) {
        let Some(mut deployment) = store.read::<Deployment>(place) else { return };
        let template = deployment.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
        let hash = hash_of(&template);
        let (mut current, mut old) = self.revisions(store, &deployment, &hash);
        if current.is_none() && !paused(&deployment) {
            current = Some(self.begin_revision(store, &mut deployment, &old));
        }
        let Some(mut current) = current else { return };
        let latest = old.iter().map(|revision| number_of(&revision.set)).max().unwrap_or(0);
        if number_of(&current.set) < latest {
            renumber(store, &mut deployment, &mut current, latest + 1);
        }
        self.follow_wanted(store, &deployment, &mut current, &mut old);
        if !paused(&deployment) {
            self.roll(store, &deployment, &mut current, &mut old);
        }
        let name = current.set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
        let now = self.now();
        let mut next = status::deployment(store, &deployment, Some(&name), now);
        self.report_progress(&deployment, &mut next, &current.set, now);
        if deployment.status.as_ref() != Some(&next) {
            deployment.status = Some(next);
            store.put(&mut deployment);
        }
    }

    /// The replica set of the present template, if there is one, and the others that still want pods.
    fn revisions(
        &self,
        store: &Store,
        deployment: &Deployment,
        hash: &str,
    ) -> (Option<Revision>, Vec<Revision>) {
        let owned: Vec<Arc<StoredObject>> =
            store.owned_by(uid(deployment.metadata.as_ref()), Kind::ReplicaSet).cloned().collect();
        let (mut current, mut old) = (None, Vec::new());
        for stored in owned {
            let Some(set) = store.read::<ReplicaSet>(&stored.key) else { continue };
            let wanted = set.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(0);
            let revision = Revision { available: status::count(store, &stored.uid).ready, wanted, set };
            if stored.label(HASH_LABEL) == Some(hash) {
                current = Some(revision);
            } else {
                old.push(revision);
            }
        }
        (current, old)
    }

    fn begin_revision(
        &mut self,
        store: &mut Store,
        deployment: &mut Deployment,
        old: &[Revision],
    ) -> Revision {
        let number = old.iter().map(|revision| number_of(&revision.set)).max().unwrap_or(0) + 1;
        let template = deployment.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
        let now = self.now();
        let mut set = replica_set_for(deployment, &template, 0, number, now, &mut self.random);
        store.put(&mut set);
        let metadata = deployment.metadata.get_or_insert_default();
        metadata.annotations.insert(REVISION.to_owned(), number.to_string());
        store.put(deployment);
        Revision { set, wanted: 0, available: 0 }
    }

    /// After a change of the wanted count: alone, the present set follows it; with others, the largest does.
    fn follow_wanted(
        &mut self,
        store: &mut Store,
        deployment: &Deployment,
        current: &mut Revision,
        old: &mut [Revision],
    ) {
        let wanted = wanted_of(deployment);
        if old.iter().all(|revision| revision.wanted == 0) {
            self.scale(store, deployment, current, wanted);
            return;
        }
        let computed_from = current
            .set
            .metadata
            .as_ref()
            .and_then(|it| it.annotations.get(DESIRED))
            .and_then(|it| it.parse().ok());
        if computed_from == Some(wanted) {
            return;
        }
        let total = current.wanted + old.iter().map(|revision| revision.wanted).sum::<i32>();
        let allowed = if wanted == 0 { 0 } else { wanted + status::max_surge(deployment) };
        let mut change = allowed - total;
        let mut revisions: Vec<&mut Revision> = old.iter_mut().chain([current]).collect();
        revisions.sort_by_key(|revision| -revision.wanted);
        for revision in revisions {
            let next = (revision.wanted + change).max(0);
            change -= next - revision.wanted;
            self.scale(store, deployment, revision, next);
        }
    }

    /// One step of a rolling update, within what may be too many and too few.
    fn roll(
        &mut self,
        store: &mut Store,
        deployment: &Deployment,
        current: &mut Revision,
        old: &mut [Revision],
    ) {
        let wanted = wanted_of(deployment);
        if old.iter().all(|revision| revision.wanted == 0) {
            return;
        }
        let total = |current: &Revision, old: &[Revision]| {
            current.wanted + old.iter().map(|it| it.wanted).sum::<i32>()
        };
        let room = wanted + status::max_surge(deployment) - total(current, old);
        if room > 0 && current.wanted < wanted {
            let next = current.wanted + room.min(wanted - current.wanted);
            self.scale(store, deployment, current, next);
        }
        let kept = wanted - status::max_unavailable(deployment);
        let unavailable = current.wanted - current.available;
        let mut surplus = total(current, old) - kept - unavailable;
        // Old pods that don't serve go first, since nobody misses them.
        for revision in old.iter_mut() {
            let idle = (revision.wanted - revision.available).min(surplus).max(0);
            surplus -= idle;
            let next = revision.wanted - idle;
            self.scale(store, deployment, revision, next);
        }
        let available = current.available + old.iter().map(|it| it.available.min(it.wanted)).sum::<i32>();
        let mut surplus = available - kept;
        for revision in old.iter_mut() {
            let fewer = revision.wanted.min(surplus).max(0);
            surplus -= fewer;
            let next = revision.wanted - fewer;
            self.scale(store, deployment, revision, next);
        }
    }

    fn scale(&mut self, store: &mut Store, deployment: &Deployment, revision: &mut Revision, next: i32) {
        let wanted = wanted_of(deployment).to_string();
        let before = revision.wanted;
        let Some(metadata) = &mut revision.set.metadata else { return };
        let noted = metadata.annotations.insert(DESIRED.to_owned(), wanted.clone());
        if before == next && noted.as_ref() == Some(&wanted) {
            return;
        }
        revision.wanted = next;
        if before != next {
            metadata.generation = Some(metadata.generation.unwrap_or(0) + 1);
        }
        revision.set.spec.get_or_insert_default().replicas = Some(next);
        // The status may have moved on since it was read.
        if let Some(present) = store.read::<ReplicaSet>(&key(revision.set.metadata.as_ref())) {
            revision.set.status = present.status;
        }
        store.put(&mut revision.set);
        if before != next {
            let name = revision.set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
            let word = if next > before { "up" } else { "down" };
            let message = format!("Scaled {word} replica set {name} from {before} to {next}");
            let saying = Saying {
                warning: false,
                reason: "ScalingReplicaSet",
                message: &message,
                reporter: "deployment-controller",
            };
            self.tell(store, events::about(deployment), &saying);
        }
    }

    /// Sets the condition of the rollout's progress, and that of pods that can't be made.
    fn report_progress(
        &mut self,
        deployment: &Deployment,
        next: &mut DeploymentStatus,
        set: &ReplicaSet,
        now: Instant,
    ) {
        let name = set.metadata.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
        let wanted = wanted_of(deployment);
        let before = deployment.status.clone().unwrap_or_default();
        let progressing = before.conditions.iter().find(|it| it.r#type.as_deref() == Some("Progressing"));
        let reason = progressing.and_then(|it| it.reason.as_deref()).unwrap_or_default();
        let settled = reason == "NewReplicaSetAvailable" && next.replicas == next.updated_replicas;
        let count = |value: Option<i32>| value.unwrap_or(0);
        let complete = [next.updated_replicas, next.replicas, next.available_replicas]
            .iter()
            .all(|it| count(*it) == wanted);
        let moved = count(next.updated_replicas) > count(before.updated_replicas)
            || count(next.ready_replicas) > count(before.ready_replicas)
            || count(next.replicas) - count(next.updated_replicas)
                < count(before.replicas) - count(before.updated_replicas);
        let deadline =
            deployment.spec.as_ref().and_then(|spec| spec.progress_deadline_seconds).unwrap_or(600);
        if !settled {
            let since = instant(progressing.and_then(|it| it.last_update_time.as_ref()));
            let left = i64::from(deadline) * 1_000 - now.since(since);
            if complete {
                let message = format!("ReplicaSet \"{name}\" has successfully progressed.");
                status::set_condition(next, "Progressing", true, "NewReplicaSetAvailable", &message, now);
            } else if moved || progressing.is_none() || reason == "NewReplicaSetAvailable" {
                let message = format!("ReplicaSet \"{name}\" is progressing.");
                // Progress moves the time from which the deadline counts, even when nothing else is new.
                next.conditions.retain(|it| {
                    it.r#type.as_deref() != Some("Progressing") || it.status.as_deref() == Some("False")
                });
                status::set_condition(next, "Progressing", true, "ReplicaSetUpdated", &message, now);
                self.look_again(deployment, i64::from(deadline) * 1_000);
            } else if left < 0 && reason != "ProgressDeadlineExceeded" {
                let message = format!("ReplicaSet \"{name}\" has timed out progressing.");
                status::set_condition(next, "Progressing", false, "ProgressDeadlineExceeded", &message, now);
            } else if reason != "ProgressDeadlineExceeded" {
                self.look_again(deployment, left);
            }
        }
        let failure = set
            .status
            .iter()
            .flat_map(|it| &it.conditions)
            .find(|it| it.r#type.as_deref() == Some("ReplicaFailure"));
        match failure {
            Some(failure) => {
                let message = failure.message.clone().unwrap_or_default();
                status::set_condition(next, "ReplicaFailure", true, "FailedCreate", &message, now);
            }
            None => next.conditions.retain(|it| it.r#type.as_deref() != Some("ReplicaFailure")),
        }
    }

    /// Looks at a deployment again when its deadline has passed, once.
    fn look_again(&mut self, deployment: &Deployment, milliseconds: i64) {
        let place = key(deployment.metadata.as_ref());
        self.queue.soon(milliseconds + 1_000, Task::Reconcile(NAME, place));
    }
}

/// A template that comes back is the newest revision again, as after an undo.
fn renumber(store: &mut Store, deployment: &mut Deployment, current: &mut Revision, number: i64) {
    for metadata in [&mut current.set.metadata, &mut deployment.metadata].into_iter().flatten() {
        metadata.annotations.insert(REVISION.to_owned(), number.to_string());
    }
    store.put(&mut current.set);
    store.put(deployment);
}

fn paused(deployment: &Deployment) -> bool {
    deployment.spec.as_ref().and_then(|spec| spec.paused).unwrap_or(false)
}

fn wanted_of(deployment: &Deployment) -> i32 {
    deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1)
}

fn number_of(set: &ReplicaSet) -> i64 {
    let annotation = set.metadata.as_ref().and_then(|it| it.annotations.get(REVISION));
    annotation.and_then(|it| it.parse().ok()).unwrap_or(0)
}
