//! What a deployment reports: its counts, and whether its rollout gets on.

use k8s_pb::api::apps::v1::{DeploymentCondition, DeploymentStatus, ReplicaSet, ReplicaSetStatus};

use super::conditions::{self, AVAILABLE, PROGRESSING, REPLICA_FAILURE};
use super::revisions::name_of;
use super::sets::{Rollout, replicas};
use crate::demo::controllers::status::positive;
use crate::demo::objects::{instant, time};

const TIMED_OUT: &str = "ProgressDeadlineExceeded";
const NEW_AVAILABLE: &str = "NewReplicaSetAvailable";

impl Rollout<'_> {
    /// Whether the rollout has a deadline; the largest number stands for none.
    pub fn has_deadline(&self) -> bool {
        self.deadline() != i32::MAX
    }

    /// The seconds without progress after which a rollout has failed.
    fn deadline(&self) -> i32 {
        self.spec().progress_deadline_seconds.unwrap_or(600)
    }

    /// Says that the deployment is paused, or goes on, so that the time in between isn't taken for a lack of progress.
    pub fn note_pause(&mut self) {
        let mut status = self.status();
        let reason = conditions::find(&status, PROGRESSING).and_then(|it| it.reason.clone());
        let reason = reason.as_deref().unwrap_or_default();
        if !self.has_deadline() || reason == TIMED_OUT {
            return;
        }
        let paused = self.spec().paused.unwrap_or(false);
        let (reason, message) = match (paused, reason == "DeploymentPaused") {
            (true, false) => ("DeploymentPaused", "Deployment is paused"),
            (false, true) => ("DeploymentResumed", "Deployment is resumed"),
            _ => return,
        };
        conditions::set(&mut status, PROGRESSING, "Unknown", reason, message, self.simulation.now());
        self.deployment.status = Some(status);
        self.store.put(&mut self.deployment);
    }

    /// Reports the counts alone.
    pub fn report(&mut self) {
        let next = self.counted();
        self.put_status(next);
    }

    /// Reports the counts and the progress; in how many milliseconds the deadline passes, where there is one to watch.
    pub fn report_progress(&mut self) -> Option<i64> {
        let mut next = self.counted();
        if !self.has_deadline() {
            conditions::remove(&mut next, PROGRESSING);
        } else if !self.was_complete(&next) {
            self.judge_progress(&mut next);
        }
        match self.failure() {
            Some(failure) => conditions::put(&mut next, failure),
            None => conditions::remove(&mut next, REPLICA_FAILURE),
        }
        let wait = self.until_deadline(&next);
        self.put_status(next);
        wait
    }

    /// Whether all pods are new, up to date and available.
    pub fn is_complete(&self, status: &DeploymentStatus) -> bool {
        let wanted = self.wanted();
        let generation = self.deployment.metadata.as_ref().and_then(|it| it.generation).unwrap_or(0);
        [status.updated_replicas, status.replicas, status.available_replicas]
            .into_iter()
            .all(|count| count.unwrap_or(0) == wanted)
            && status.observed_generation.unwrap_or(0) >= generation
    }

    fn put_status(&mut self, next: DeploymentStatus) {
        if self.deployment.status.as_ref() != Some(&next) {
            self.deployment.status = Some(next);
            self.store.put(&mut self.deployment);
        }
    }

    /// A rollout that has ended well once isn't watched any more.
    fn was_complete(&self, next: &DeploymentStatus) -> bool {
        let status = self.status();
        let before = conditions::find(&status, PROGRESSING);
        next.replicas == next.updated_replicas
            && before.is_some_and(|it| it.reason.as_deref() == Some(NEW_AVAILABLE))
    }

    fn judge_progress(&self, next: &mut DeploymentStatus) {
        let now = self.simulation.now();
        let subject = match self.new {
            Some(new) => format!("ReplicaSet \"{}\"", name_of(&self.sets[new])),
            None => {
                let name = self.deployment.metadata.as_ref().and_then(|it| it.name.clone());
                format!("Deployment \"{}\"", name.unwrap_or_default())
            }
        };
        let before = conditions::find(next, PROGRESSING).cloned();
        if self.is_complete(next) {
            let message = format!("{subject} has successfully progressed.");
            conditions::set(next, PROGRESSING, "True", NEW_AVAILABLE, &message, now);
        } else if self.gets_on(next) {
            // Progress moves the time from which the deadline counts, even when nothing else is new.
            conditions::remove(next, PROGRESSING);
            let message = format!("{subject} is progressing.");
            conditions::set(next, PROGRESSING, "True", "ReplicaSetUpdated", &message, now);
            let held = before.filter(|it| it.status.as_deref() == Some("True"));
            if let (Some(held), Some(condition)) = (held, next.conditions.last_mut()) {
                condition.last_transition_time = held.last_transition_time;
            }
        } else if before.is_some_and(|before| self.times_out(&before)) {
            let message = format!("{subject} has timed out progressing.");
            conditions::set(next, PROGRESSING, "False", TIMED_OUT, &message, now);
        }
    }

    fn gets_on(&self, next: &DeploymentStatus) -> bool {
        let before = self.status();
        let count = |count: Option<i32>| count.unwrap_or(0);
        let old = |status: &DeploymentStatus| count(status.replicas) - count(status.updated_replicas);
        count(next.updated_replicas) > count(before.updated_replicas)
            || old(next) < old(&before)
            || count(next.ready_replicas) > count(before.ready_replicas)
            || count(next.available_replicas) > count(before.available_replicas)
    }

    fn times_out(&self, before: &DeploymentCondition) -> bool {
        match before.reason.as_deref() {
            Some(NEW_AVAILABLE) => false,
            Some(TIMED_OUT) => true,
            _ => {
                let since = instant(before.last_update_time.as_ref());
                self.simulation.now().since(since) > i64::from(self.deadline()) * 1_000
            }
        }
    }

    fn until_deadline(&self, next: &DeploymentStatus) -> Option<i64> {
        let condition = conditions::find(next, PROGRESSING)?;
        if !self.has_deadline() || self.is_complete(next) || condition.reason.as_deref() == Some(TIMED_OUT) {
            return None;
        }
        let since = instant(condition.last_update_time.as_ref());
        let left = i64::from(self.deadline()) * 1_000 - self.simulation.now().since(since);
        Some(left.max(0) + 1_000)
    }

    fn counted(&self) -> DeploymentStatus {
        let of = |set: &ReplicaSet| set.status.clone().unwrap_or_default();
        let sum = |count: fn(&ReplicaSetStatus) -> Option<i32>| {
            self.sets.iter().map(|set| count(&of(set)).unwrap_or(0)).sum::<i32>()
        };
        let available = sum(|status| status.available_replicas);
        let updated = self.new.map_or(0, |new| of(&self.sets[new]).replicas.unwrap_or(0));
        let before = self.status();
        let mut status = DeploymentStatus {
            observed_generation: self.deployment.metadata.as_ref().and_then(|it| it.generation),
            replicas: positive(sum(|status| status.replicas)),
            updated_replicas: positive(updated),
            ready_replicas: positive(sum(|status| status.ready_replicas)),
            available_replicas: positive(available),
            unavailable_replicas: positive(self.sets.iter().map(replicas).sum::<i32>() - available),
            terminating_replicas: Some(sum(|status| status.terminating_replicas)),
            conditions: before.conditions,
            collision_count: before.collision_count,
        };
        let (state, reason, message) = match available >= self.wanted() - self.max_unavailable() {
            true => ("True", "MinimumReplicasAvailable", "Deployment has minimum availability."),
            false => {
                ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
            }
        };
        conditions::set(&mut status, AVAILABLE, state, reason, message, self.simulation.now());
        status
    }

    /// Why pods can't be made: of the new set first.
    fn failure(&self) -> Option<DeploymentCondition> {
        let new = self.new.map(|new| &self.sets[new]);
        let sets = new.into_iter().chain(&self.sets);
        let mut conditions = sets.flat_map(|set| set.status.iter().flat_map(|status| &status.conditions));
        let found = conditions.find(|it| it.r#type.as_deref() == Some(REPLICA_FAILURE))?;
        Some(DeploymentCondition {
            r#type: found.r#type.clone(),
            status: found.status.clone(),
            last_update_time: found.last_transition_time.or_else(|| time(self.simulation.now())),
            last_transition_time: found.last_transition_time,
            reason: found.reason.clone(),
            message: found.message.clone(),
        })
    }
}
