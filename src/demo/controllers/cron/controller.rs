//! Starts the jobs of cron jobs, and clears away the finished ones.

use k8s_pb::api::batch::v1::{CronJob, CronJobSpec, Job};
use k8s_pb::api::core::v1::ObjectReference;
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::schedule::Schedule;
use crate::demo::controllers::controller::Controller;
use crate::demo::controllers::jobs::{complete_template, condition_holds, is_finished};
use crate::demo::controllers::pod_control::PodMaker;
use crate::demo::controllers::queue::{Queue, Task};
use crate::demo::controllers::simulation::Simulation;
use crate::demo::events;
use crate::demo::objects::{controller_reference, instant, key, text, time, uid};
use crate::demo::store::{Change, Key, Kind, Store};
use crate::platform::time::Instant;

/// The controller's name.
const NAME: &str = "cronjob-controller";
/// The annotation of a job with the time for which it was started.
const SCHEDULED: &str = "batch.kubernetes.io/cronjob-scheduled-timestamp";
/// So long after its time a job is started, in milliseconds, so that the time has surely come.
const MARGIN: i64 = 100;
/// More missed starts than these are a mistake.
const MANY: usize = 100;

/// Starts jobs on schedule.
#[derive(Debug)]
pub struct CronJobs;

impl Controller for CronJobs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::CronJob, Kind::Job]
    }

    fn notice(&mut self, _store: &Store, change: &Change, queue: &mut Queue) {
        if change.last.kind == Kind::CronJob {
            queue.reconcile(NAME, change.last.key.clone());
        } else {
            queue.reconcile_owner(NAME, "CronJob", &change.last);
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, place: &Key) {
        let Some(cron) = store.read::<CronJob>(place) else { return };
        let before = cron.status.clone();
        let maker = PodMaker::new(&cron, NAME);
        let spec = cron.spec.clone().unwrap_or_default();
        let mut work = CronAtWork { simulation, store, cron, spec, maker };
        work.take_stock();
        work.clear_away();
        let wait = work.start_due();
        if work.cron.status != before {
            work.store.put(&mut work.cron);
        }
        if let Some(wait) = wait {
            simulation.queue.soon(wait, Task::Reconcile(NAME, place.clone()));
        }
    }
}

struct CronAtWork<'a> {
    simulation: &'a mut Simulation,
    store: &'a mut Store,
    cron: CronJob,
    spec: CronJobSpec,
    maker: PodMaker,
}

impl CronAtWork<'_> {
    fn say(&mut self, warning: bool, reason: &str, message: &str) {
        self.simulation.say(self.store, &self.maker, warning, reason, message);
    }

    fn jobs(&self) -> Vec<Job> {
        let own = uid(self.cron.metadata.as_ref());
        let keys = self.store.owned_by(own, Kind::Job).map(|job| job.key.clone());
        keys.filter_map(|key| self.store.read::<Job>(&key)).collect()
    }

    /// Brings the list of active jobs in line with the jobs that there are.
    fn take_stock(&mut self) {
        let jobs = self.jobs();
        let mut status = self.cron.status.clone().unwrap_or_default();
        for job in &jobs {
            let name = name_of(job);
            let listed = status.active.iter().any(|it| it.uid.as_deref() == Some(uid(job.metadata.as_ref())));
            if !listed && !is_finished(job) {
                let message = format!("Saw a job that the controller did not create or forgot: {name}");
                self.say(true, "UnexpectedJob", &message);
            } else if listed && is_finished(job) {
                let condition = if condition_holds(job, "Complete") { "Complete" } else { "Failed" };
                let message = format!("Saw completed job: {name}, condition: {condition}");
                self.say(false, "SawCompletedJob", &message);
                status.active.retain(|it| it.uid.as_deref() != Some(uid(job.metadata.as_ref())));
            }
            let ended = job.status.as_ref().and_then(|status| status.completion_time);
            if condition_holds(job, "Complete")
                && instant(ended.as_ref()) > instant(status.last_successful_time.as_ref())
            {
                status.last_successful_time = ended;
            }
        }
        let there = |it: &ObjectReference| {
            jobs.iter().any(|job| it.uid.as_deref() == Some(uid(job.metadata.as_ref())))
        };
        let missing: Vec<String> =
            status.active.iter().filter(|it| !there(it)).filter_map(|it| it.name.clone()).collect();
        for name in missing {
            self.say(false, "MissingJob", &format!("Active job went missing: {name}"));
        }
        status.active.retain(there);
        self.cron.status = Some(status);
    }

    /// Removes the oldest finished jobs beyond as many as are to be kept.
    fn clear_away(&mut self) {
        let limits = [
            ("Complete", self.spec.successful_jobs_history_limit.unwrap_or(3)),
            ("Failed", self.spec.failed_jobs_history_limit.unwrap_or(1)),
        ];
        for (condition, kept) in limits {
            let mut jobs = self.jobs();
            jobs.retain(|job| condition_holds(job, condition));
            jobs.sort_by_key(|job| {
                (instant(job.status.as_ref().and_then(|it| it.start_time.as_ref())), name_of(job))
            });
            let surplus = jobs.len().saturating_sub(usize::try_from(kept).unwrap_or(0));
            for job in jobs.into_iter().take(surplus) {
                self.remove(&job);
            }
        }
    }

    fn remove(&mut self, job: &Job) {
        self.store.remove::<Job>(&key(job.metadata.as_ref()));
        self.say(false, "SuccessfulDelete", &format!("Deleted job {}", name_of(job)));
    }

    /// Starts the job whose time has come; in how many milliseconds the next one's comes.
    fn start_due(&mut self) -> Option<i64> {
        let deleted = self.cron.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some());
        if deleted || self.spec.suspend.unwrap_or(false) {
            return None;
        }
        let written = self.spec.schedule.clone().unwrap_or_default();
        let schedule = match Schedule::parse(&written, self.spec.time_zone.as_deref()) {
            Ok(schedule) => schedule,
            Err(error) => {
                self.say(
                    true,
                    "UnparseableSchedule",
                    &format!("unparseable schedule: {written:?} : {error}"),
                );
                return None;
            }
        };
        let now = self.simulation.now();
        if let Some(due) = self.due(&schedule, now) {
            self.start(&schedule, due, now);
        }
        schedule.after(now).map(|next| next.since(now) + MARGIN)
    }

    /// The latest time of the schedule that has passed since the last start.
    fn due(&mut self, schedule: &Schedule, now: Instant) -> Option<Instant> {
        let status = self.cron.status.clone().unwrap_or_default();
        let created = instant(self.cron.metadata.as_ref().and_then(|it| it.creation_timestamp.as_ref()));
        let mut since = status.last_schedule_time.map_or(created, |last| instant(Some(&last)));
        if let Some(deadline) = self.spec.starting_deadline_seconds {
            since = since.max(now.plus_millis(-deadline.saturating_mul(1_000)));
        }
        let (mut latest, mut missed) = (None, 0);
        let mut next = schedule.after(since);
        while let Some(time) = next.filter(|time| *time <= now) {
            latest = Some(time);
            missed += 1;
            next = schedule.after(time);
        }
        if missed > MANY {
            let advice = "Set or decrease .spec.startingDeadlineSeconds or check clock skew";
            self.say(true, "TooManyMissedTimes", &format!("too many missed start times: {missed}. {advice}"));
        }
        latest
    }

    fn start(&mut self, schedule: &Schedule, due: Instant, now: Instant) {
        let late = self
            .spec
            .starting_deadline_seconds
            .is_some_and(|deadline| due.plus_millis(deadline.saturating_mul(1_000)) < now);
        if late {
            self.say(
                true,
                "MissSchedule",
                &format!("Missed scheduled time to start a job: {}", due.rfc3339()),
            );
            return;
        }
        let active = self.cron.status.as_ref().map(|status| status.active.len()).unwrap_or(0);
        match self.spec.concurrency_policy.as_deref() {
            Some("Forbid") if active > 0 => {
                let message =
                    "Not starting job because prior execution is running and concurrency policy is Forbid";
                self.say(false, "JobAlreadyActive", message);
                return;
            }
            Some("Replace") => {
                for job in self.jobs().into_iter().filter(|job| !is_finished(job)) {
                    self.remove(&job);
                }
                self.cron.status.get_or_insert_default().active.clear();
            }
            _ => {}
        }
        let mut job = self.job_for(schedule, due, now);
        let name = name_of(&job);
        if self.store.get(Kind::Job, &key(job.metadata.as_ref())).is_none() {
            complete_template(&mut job);
            self.store.put(&mut job);
            self.say(false, "SuccessfulCreate", &format!("Created job {name}"));
            self.cron.status.get_or_insert_default().active.push(events::about(&job));
        }
        self.cron.status.get_or_insert_default().last_schedule_time = time(due);
    }

    fn job_for(&mut self, schedule: &Schedule, due: Instant, now: Instant) -> Job {
        let owner = self.cron.metadata.clone().unwrap_or_default();
        let template = self.spec.job_template.clone().unwrap_or_default();
        let metadata = template.metadata.unwrap_or_default();
        let mut annotations = metadata.annotations;
        annotations.insert(SCHEDULED.to_owned(), schedule.stamp(due));
        let name = format!("{}-{}", owner.name.as_deref().unwrap_or_default(), due.seconds() / 60);
        Job {
            metadata: Some(ObjectMeta {
                name: text(name),
                namespace: owner.namespace.clone(),
                uid: text(self.simulation.random.uid()),
                generation: Some(1),
                creation_timestamp: time(now),
                labels: metadata.labels,
                annotations,
                owner_references: vec![controller_reference("batch/v1", "CronJob", Some(&owner))],
                ..ObjectMeta::default()
            }),
            spec: template.spec,
            status: None,
        }
    }
}

fn name_of(job: &Job) -> String {
    job.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default()
}
