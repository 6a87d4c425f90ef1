//! Jobs: pods that run to their ends, so many of them, with retries and limits.

mod failure_policy;
mod finish;
mod indexes;
mod manage;
mod template;

use std::collections::BTreeMap;

use k8s_pb::api::batch::v1::Job;
use k8s_pb::api::core::v1::Pod;

use super::controller::Controller;
use super::ownership;
use super::queue::{Queue, Task};
use super::simulation::{Counted, Simulation};
use crate::demo::objects::instant;
use crate::demo::store::{Change, Key, Kind, Store};
use crate::platform::time::Instant;

pub use finish::{condition_holds, is_finished};
pub use template::complete_template;

use manage::JobAtWork;

/// The controller's name.
const NAME: &str = "job-controller";
/// The finalizer of a pod that has not been counted yet.
const TRACKING: &str = "batch.kubernetes.io/job-tracking";

/// The failures in a row of a job's pods.
#[derive(Debug, Clone, Copy, Default)]
pub struct Failures {
    count: u32,
    last: Instant,
}

/// Runs jobs.
#[derive(Debug, Default)]
pub struct Jobs {
    failures: BTreeMap<Key, Failures>,
}

impl Controller for Jobs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Job, Kind::Pod]
    }

    fn notice(&mut self, _store: &Store, change: &Change, queue: &mut Queue) {
        let object = &change.last;
        if object.kind == Kind::Job {
            queue.reconcile(NAME, object.key.clone());
        } else if Counted::differs(change) {
            queue.reconcile_owner(NAME, "Job", object);
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(mut job) = store.read::<Job>(key) else {
            self.failures.remove(key);
            return;
        };
        if is_finished(&job) {
            self.failures.remove(key);
            expire(simulation, store, key, &job);
            return;
        }
        if complete_template(&mut job) {
            store.put(&mut job);
        }
        let selector = job.spec.as_ref().and_then(|spec| spec.selector.clone());
        ownership::claim::<Job, Pod>(store, &job, selector.as_ref(), |_| true);
        let failures = self.failures.entry(key.clone()).or_default();
        if let Some(wait) = JobAtWork::new(simulation, store, job, failures).sync() {
            simulation.queue.soon(wait, Task::Reconcile(NAME, key.clone()));
        }
    }
}

/// Removes a finished job once its time to live is over.
fn expire(simulation: &mut Simulation, store: &mut Store, key: &Key, job: &Job) {
    let live = job.spec.as_ref().and_then(|spec| spec.ttl_seconds_after_finished);
    let Some(live) = live else { return };
    let conditions = job.status.iter().flat_map(|status| &status.conditions);
    let ended = conditions
        .filter(|it| matches!(it.r#type.as_deref(), Some("Complete" | "Failed")))
        .find(|it| it.status.as_deref() == Some("True"))
        .map(|it| instant(it.last_transition_time.as_ref()));
    let Some(ended) = ended else { return };
    let left = ended.plus_millis(i64::from(live) * 1_000).since(simulation.now());
    if left > 0 {
        simulation.queue.soon(left, Task::Reconcile(NAME, key.clone()));
    } else {
        store.remove::<Job>(key);
    }
}
