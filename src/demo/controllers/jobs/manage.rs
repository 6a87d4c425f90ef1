//! One look at a job: its ended pods are counted, its end is judged, and pods are made or deleted.

use std::collections::BTreeSet;

use k8s_pb::api::batch::v1::{Job, JobSpec, JobStatus, UncountedTerminatedPods};
use k8s_pb::api::core::v1::Pod;

use super::failure_policy::{self, Verdict as Judgement};
use super::finish::{Verdict, set_condition};
use super::indexes;
use super::{Failures, NAME, TRACKING};
use crate::demo::controllers::pod_control::PodMaker;
use crate::demo::controllers::pods::PodMould;
use crate::demo::controllers::simulation::Simulation;
use crate::demo::controllers::status::positive;
use crate::demo::objects::{controller_reference, instant, key, time, uid};
use crate::demo::store::{Facts, Key, Kind, PodFacts, Store};

/// The wait after a first failure, and the longest, in milliseconds.
const BACK_OFF: (i64, i64) = (10_000, 600_000);

/// A job at work.
pub struct JobAtWork<'a> {
    simulation: &'a mut Simulation,
    store: &'a mut Store,
    job: Job,
    spec: JobSpec,
    status: JobStatus,
    maker: PodMaker,
    failures: &'a mut Failures,
    /// The pods that run, or are about to.
    active: Vec<Key>,
    succeeded_indexes: BTreeSet<i32>,
    /// In how many milliseconds it is to be looked at again.
    wait: Option<i64>,
}

impl<'a> JobAtWork<'a> {
    /// The job with its record of failures.
    pub fn new(
        simulation: &'a mut Simulation,
        store: &'a mut Store,
        job: Job,
        failures: &'a mut Failures,
    ) -> Self {
        let maker = PodMaker::new(&job, NAME);
        let (spec, status) = (job.spec.clone().unwrap_or_default(), job.status.clone().unwrap_or_default());
        let succeeded_indexes = indexes::parse(status.completed_indexes.as_deref().unwrap_or_default());
        JobAtWork {
            simulation,
            store,
            job,
            spec,
            status,
            maker,
            failures,
            active: Vec::new(),
            succeeded_indexes,
            wait: None,
        }
    }

    /// Brings the job a step on; in how many milliseconds it is to be looked at again.
    pub fn sync(mut self) -> Option<i64> {
        let now = self.simulation.now();
        if self.status.start_time.is_none() && !self.suspended() {
            self.status.start_time = time(now);
        }
        let broken = self.count_ended();
        self.find_active();
        let noted = Verdict::noted(&self.status);
        let verdict = noted.clone().or(broken).or_else(|| self.limit_reached());
        match verdict {
            Some(verdict) => self.wind_up(&verdict, noted.is_none()),
            None => self.go_on(),
        }
        self.report();
        self.wait
    }

    fn suspended(&self) -> bool {
        self.spec.suspend.unwrap_or(false)
    }

    fn is_indexed(&self) -> bool {
        self.spec.completion_mode.as_deref() == Some("Indexed")
    }

    fn pods(&self) -> Vec<(Key, &PodFacts)> {
        let owned = self.store.owned_by(uid(self.job.metadata.as_ref()), Kind::Pod);
        owned
            .filter_map(|pod| match &pod.facts {
                Facts::Pod(facts) => Some((pod.key.clone(), &**facts)),
                _ => None,
            })
            .collect()
    }

    /// Counts the pods that have ended and were not counted before; the end that the failure policy makes of them.
    fn count_ended(&mut self) -> Option<Verdict> {
        let ended: Vec<Key> = self
            .pods()
            .into_iter()
            .filter(|(_, facts)| facts.finished() || facts.terminating)
            .map(|(key, _)| key)
            .collect();
        let mut broken = None;
        for key in ended {
            let Some(mut pod) = self.store.read::<Pod>(&key) else { continue };
            let finalizers = &mut pod.metadata.get_or_insert_default().finalizers;
            let before = finalizers.len();
            finalizers.retain(|it| it != TRACKING);
            if finalizers.len() == before {
                continue;
            }
            self.store.put(&mut pod);
            if pod.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Succeeded") {
                self.count_success(&pod);
            } else {
                broken = broken.or(self.count_failure(&pod));
            }
        }
        broken
    }

    fn count_success(&mut self, pod: &Pod) {
        *self.failures = Failures::default();
        if self.is_indexed() {
            self.succeeded_indexes.extend(indexes::index_of(pod));
            self.status.succeeded = positive(i32::try_from(self.succeeded_indexes.len()).unwrap_or(i32::MAX));
        } else {
            self.status.succeeded = Some(self.status.succeeded.unwrap_or(0) + 1);
        }
    }

    fn count_failure(&mut self, pod: &Pod) -> Option<Verdict> {
        let verdict = failure_policy::judge(&self.job, pod);
        if verdict == Judgement::Ignore {
            return None;
        }
        self.status.failed = Some(self.status.failed.unwrap_or(0) + 1);
        self.failures.count += 1;
        self.failures.last = self.simulation.now();
        match verdict {
            Judgement::FailJob(message) => Some(Verdict::failure("PodFailurePolicy", &message)),
            _ => None,
        }
    }

    fn find_active(&mut self) {
        let active =
            self.pods().into_iter().filter(|(_, facts)| facts.active()).map(|(key, _)| key).collect();
        self.active = active;
    }

    fn limit_reached(&mut self) -> Option<Verdict> {
        let limit = self.spec.backoff_limit.unwrap_or(6);
        if self.status.failed.unwrap_or(0) > limit || self.restarts_exceed(limit) {
            return Some(Verdict::failure(
                "BackoffLimitExceeded",
                "Job has reached the specified backoff limit",
            ));
        }
        let deadline = self.spec.active_deadline_seconds.filter(|_| !self.suspended())?;
        let since = instant(self.status.start_time.as_ref());
        let left = since.plus_millis(deadline.saturating_mul(1_000)).since(self.simulation.now());
        if left <= 0 {
            return Some(Verdict::failure(
                "DeadlineExceeded",
                "Job was active longer than specified deadline",
            ));
        }
        self.look_again(left);
        None
    }

    /// Whether the containers of pods that restart by themselves have been restarted too often.
    fn restarts_exceed(&self, limit: i32) -> bool {
        let template = self.spec.template.as_ref().and_then(|template| template.spec.as_ref());
        if template.and_then(|spec| spec.restart_policy.as_deref()) != Some("OnFailure") {
            return false;
        }
        let pods = self.active.iter().filter_map(|key| self.store.read::<Pod>(key));
        let statuses = pods
            .filter_map(|pod| pod.status)
            .flat_map(|status| status.init_container_statuses.into_iter().chain(status.container_statuses));
        let restarts: i32 = statuses.filter_map(|container| container.restart_count).sum();
        if limit == 0 { restarts > 0 } else { restarts >= limit }
    }

    fn look_again(&mut self, wait: i64) {
        self.wait = Some(self.wait.map_or(wait, |before| before.min(wait)));
    }

    /// Ends the job: its pods go first.
    fn wind_up(&mut self, verdict: &Verdict, new: bool) {
        let now = self.simulation.now();
        if new {
            verdict.announce(&mut self.status, now);
        }
        for key in std::mem::take(&mut self.active) {
            self.simulation.delete_owned_pod(self.store, &self.maker, &key);
        }
        self.count_ended();
        if self.pods().into_iter().any(|(_, facts)| facts.terminating && !facts.finished()) {
            return;
        }
        verdict.conclude(&mut self.status, now);
        let (warning, reason, message) = if verdict.success {
            (false, "Completed", "Job completed")
        } else {
            (true, verdict.reason.as_str(), verdict.message.as_str())
        };
        self.simulation.say(self.store, &self.maker, warning, reason, message);
    }

    fn go_on(&mut self) {
        let now = self.simulation.now();
        if self.suspended() {
            for key in std::mem::take(&mut self.active) {
                self.let_go(&key);
                self.simulation.delete_owned_pod(self.store, &self.maker, &key);
            }
            if set_condition(&mut self.status, "Suspended", "True", "JobSuspended", "Job suspended", now) {
                self.simulation.say(self.store, &self.maker, false, "Suspended", "Job suspended");
                self.status.start_time = None;
            }
            return;
        }
        if set_condition(&mut self.status, "Suspended", "False", "JobResumed", "Job resumed", now) {
            self.simulation.say(self.store, &self.maker, false, "Resumed", "Job resumed");
            self.status.start_time = time(now);
        }
        self.adjust();
        let succeeded = self.status.succeeded.unwrap_or(0);
        let enough = self.spec.completions.map_or(succeeded > 0, |wanted| succeeded >= wanted);
        if enough && self.active.is_empty() {
            self.wind_up(&Verdict::success(), true);
        }
    }

    /// A pod that the job gives up by itself is no failure.
    fn let_go(&mut self, key: &Key) {
        if let Some(mut pod) = self.store.read::<Pod>(key) {
            pod.metadata.get_or_insert_default().finalizers.retain(|it| it != TRACKING);
            self.store.put(&mut pod);
        }
    }

    /// Makes or deletes pods until as many are active as there should be.
    fn adjust(&mut self) {
        let parallelism = self.spec.parallelism.unwrap_or(1);
        let (succeeded, active) = (self.status.succeeded.unwrap_or(0), self.active.len() as i32);
        let wanted = match self.spec.completions {
            Some(completions) => (completions - succeeded).clamp(0, parallelism),
            None if succeeded > 0 => active,
            None => parallelism,
        };
        if active > wanted {
            for key in self.active.split_off(usize::try_from(wanted).unwrap_or(0)) {
                self.let_go(&key);
                self.simulation.delete_owned_pod(self.store, &self.maker, &key);
            }
        } else if active < wanted {
            let back_off = self.back_off_left();
            if back_off > 0 {
                self.look_again(back_off);
            } else {
                self.make_pods(wanted - active);
            }
        }
    }

    /// How long to wait after the last failure, in milliseconds: 10 s, doubled with each failure in a row, 10 minutes at most.
    fn back_off_left(&self) -> i64 {
        let Some(doublings) = self.failures.count.checked_sub(1) else { return 0 };
        let wait = (BACK_OFF.0 << doublings.min(16)).min(BACK_OFF.1);
        self.failures.last.plus_millis(wait).since(self.simulation.now())
    }

    fn make_pods(&mut self, missing: i32) {
        let metadata = self.job.metadata.clone().unwrap_or_default();
        let name = metadata.name.clone().unwrap_or_default();
        let template = self.spec.template.clone().unwrap_or_default();
        let owner = controller_reference("batch/v1", "Job", Some(&metadata));
        let namespace = metadata.namespace.clone().unwrap_or_default();
        let mould =
            PodMould::new(&self.simulation.schema, &template, &namespace, owner, "kube-controller-manager");
        let Ok(mould) = mould else { return };
        let mut free = self.free_indexes().into_iter();
        for _ in 0..missing {
            let index = if self.is_indexed() { free.next() } else { None };
            if self.is_indexed() && index.is_none() {
                return;
            }
            let base = index.map_or(format!("{name}-"), |index| format!("{name}-{index}-"));
            let pod_name = self.simulation.pod_name(&base);
            let made = self.simulation.make_pod(self.store, &self.maker, &mould, pod_name.clone(), |pod| {
                pod.metadata.get_or_insert_default().finalizers.push(TRACKING.to_owned());
                if let Some(index) = index {
                    indexes::give_index(pod, &name, index);
                }
            });
            if made.is_err() {
                self.look_again(BACK_OFF.0);
                return;
            }
            self.active.push(Key::new(&namespace, &pod_name));
        }
    }

    /// The indexes that have neither succeeded nor an active pod, smallest first.
    fn free_indexes(&self) -> Vec<i32> {
        if !self.is_indexed() {
            return Vec::new();
        }
        let taken: BTreeSet<i32> =
            self.active.iter().filter_map(|key| indexes::index_of(&self.store.read::<Pod>(key)?)).collect();
        let all = 0..self.spec.completions.unwrap_or(0);
        all.filter(|index| !self.succeeded_indexes.contains(index) && !taken.contains(index)).collect()
    }

    fn report(&mut self) {
        let pods = self.pods();
        let count = |test: fn(&PodFacts) -> bool| {
            i32::try_from(pods.iter().filter(|(_, facts)| test(facts)).count()).unwrap_or(i32::MAX)
        };
        let (active, ready) = (count(PodFacts::active), count(PodFacts::ready));
        let terminating = count(|facts| facts.terminating && !facts.finished());
        self.status.active = positive(active);
        self.status.ready = Some(ready);
        self.status.terminating = Some(terminating);
        self.status.uncounted_terminated_pods = Some(UncountedTerminatedPods::default());
        if self.is_indexed() {
            let written = indexes::write(&self.succeeded_indexes);
            self.status.completed_indexes = Some(written).filter(|written| !written.is_empty());
        }
        let place = key(self.job.metadata.as_ref());
        // What was read may be older than what the pods' events have brought since.
        if let Some(mut job) = self.store.read::<Job>(&place)
            && job.status.as_ref() != Some(&self.status)
        {
            job.status = Some(self.status.clone());
            self.store.put(&mut job);
        }
    }
}
