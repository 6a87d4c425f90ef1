//! What happens to a pod by and by: it is scheduled, started, and in the end removed.

use k8s_pb::api::core::v1::Pod;

use super::kubelet::{self, End};
use super::pods::fault_of;
use super::queue::Task;
use super::simulation::Simulation;
use crate::demo::events::{self, Saying};
use crate::demo::objects::uid;
use crate::demo::reference::Fault;
use crate::demo::store::{Facts, Key, Store, Stored as _};

/// A pod's next step; numbers are the places of containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Its kubelet has seen it.
    Accept,
    /// Its sandbox is up.
    Address,
    /// An init container starts.
    StartInit(usize),
    /// An init container ends.
    FinishInit(usize),
    /// Its containers start.
    Start,
    /// A container's probes succeed.
    Ready(usize),
    /// A container's probes fail.
    Unready(usize),
    /// A container ends with an error.
    Crash(usize),
    /// A container is killed for its memory.
    OutOfMemory(usize),
    /// A container that ended is started again.
    Restart(usize),
    /// An image can't be pulled; whether it backs off meanwhile.
    FailPull(usize, bool),
    /// It is gone.
    Remove,
}

/// How long a container of an image that crashes runs, in milliseconds.
const CRASHES_AFTER: i64 = 9_000;

impl Simulation {
    /// Sees whether a pod that has changed needs something.
    pub(super) fn care_for(&mut self, store: &mut Store, key: &Key) {
        let Some(stored) = store.get(crate::demo::store::Kind::Pod, key) else { return };
        let Facts::Pod(facts) = &stored.facts else { return };
        let uid = stored.uid.clone();
        if facts.terminating {
            let wait = self.random.between(1_200, 4_000);
            self.later(wait, Task::Step(key.clone(), uid, Step::Remove));
        } else if facts.node.is_empty() {
            self.mark(Task::Schedule(key.clone()));
        } else if store
            .read::<Pod>(key)
            .is_some_and(|pod| pod.status.is_none_or(|status| status.start_time.is_none()))
        {
            let wait = self.random.between(150, 500);
            self.later(wait, Task::Step(key.clone(), uid, Step::Accept));
        }
    }

    /// Takes over a pod that was on its way when the platform was built.
    pub(super) fn pick_up(&mut self, store: &mut Store, key: &Key) {
        let Some(pod) = store.read::<Pod>(key) else { return };
        let Facts::Pod(facts) = pod.facts() else { return };
        if facts.node.is_empty() {
            self.mark(Task::Schedule(key.clone()));
        }
        let (wait, step) = match fault_of(&self.faults, &pod) {
            Some((Fault::Crash, index)) => (205_000, Step::Restart(index)),
            Some((Fault::Missing, index)) => (150_000, Step::FailPull(index, false)),
            _ => return,
        };
        self.later(wait, Task::Step(key.clone(), uid(pod.metadata.as_ref()).into(), step));
    }

    /// Takes a pod's next step, and sets the timer of the one after.
    pub(super) fn step(&mut self, store: &mut Store, key: &Key, pod_uid: &str, step: Step) {
        let Some(mut pod) = store.read::<Pod>(key) else { return };
        let terminating = pod.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some());
        if uid(pod.metadata.as_ref()) != pod_uid || (terminating && step != Step::Remove) {
            return;
        }
        let next = self.advance(store, &mut pod, step);
        if step == Step::Remove {
            store.remove::<Pod>(key);
        } else {
            store.put(&mut pod);
        }
        for (wait, step) in next {
            self.later(wait, Task::Step(key.clone(), pod_uid.into(), step));
        }
    }

    /// Changes the pod by one step; gives the steps that follow, and in how many milliseconds.
    fn advance(&mut self, store: &mut Store, pod: &mut Pod, step: Step) -> Vec<(i64, Step)> {
        let now = self.now();
        let inits = pod.spec.as_ref().map_or(0, |spec| spec.init_containers.len());
        let containers = pod.spec.as_ref().map_or(0, |spec| spec.containers.len());
        let fault = fault_of(&self.faults, pod);
        let node = pod.spec.as_ref().and_then(|spec| spec.node_name.clone()).unwrap_or_default();
        match step {
            Step::Accept => {
                if let Some(place) = self.scheduler.node(&node) {
                    kubelet::accept(pod, &place, now);
                }
                match fault {
                    Some((Fault::Missing, index)) => vec![(1_500, Step::FailPull(index, false))],
                    _ => vec![(self.random.between(500, 1_500), Step::Address)],
                }
            }
            Step::Address => {
                let address = self.scheduler.next_address(&node);
                kubelet::give_address(pod, &address, now);
                vec![(200, if inits > 0 { Step::StartInit(0) } else { Step::Start })]
            }
            Step::StartInit(index) => {
                kubelet::start_init(pod, index, now);
                match fault {
                    Some((Fault::Stall, stalled)) if stalled == index => Vec::new(),
                    _ => vec![(self.random.between(1_000, 2_500), Step::FinishInit(index))],
                }
            }
            Step::FinishInit(index) => {
                kubelet::finish_init(pod, index, now);
                vec![(200, if index + 1 < inits { Step::StartInit(index + 1) } else { Step::Start })]
            }
            Step::Start => {
                kubelet::start(pod, now);
                (0..containers).map(|index| self.after_start(fault, index)).collect()
            }
            Step::Ready(index) => {
                kubelet::set_ready(pod, index, true, now);
                Vec::new()
            }
            Step::Unready(index) => {
                kubelet::set_ready(pod, index, false, now);
                let message = "Readiness probe failed: HTTP probe failed with statuscode: 503";
                self.warn(store, pod, "Unhealthy", message, "kubelet");
                vec![(self.random.between(2_000, 6_000), Step::Ready(index))]
            }
            Step::Crash(index) => {
                let crashing = matches!(fault, Some((Fault::Crash, broken)) if broken == index);
                let killed = !crashing && self.random.below(3) == 0;
                let end = if killed {
                    End { code: 137, reason: "OOMKilled" }
                } else {
                    End { code: 1, reason: "Error" }
                };
                kubelet::end_container(pod, index, end, now);
                if !crashing {
                    return vec![(self.random.between(800, 2_000), Step::Restart(index))];
                }
                let restarts = kubelet::restarts(pod, index);
                let seconds = (10_i64 << restarts.clamp(0, 5)).min(300);
                kubelet::back_off(pod, index, seconds, now);
                let words = kubelet::back_off_words(pod, index);
                self.warn(store, pod, "BackOff", &words, "kubelet");
                vec![(seconds * 1_000, Step::Restart(index))]
            }
            Step::OutOfMemory(index) => {
                kubelet::end_container(pod, index, End { code: 137, reason: "OOMKilled" }, now);
                vec![(self.random.between(800, 2_000), Step::Restart(index))]
            }
            Step::Restart(index) => {
                kubelet::start_container(pod, index, now);
                vec![self.after_start(fault, index)]
            }
            Step::FailPull(index, backing_off) => {
                kubelet::fail_pull(pod, index, backing_off, now);
                let image = kubelet::image(pod, index);
                if backing_off {
                    let words = format!("Back-off pulling image \"{image}\"");
                    self.warn(store, pod, "BackOff", &words, "kubelet");
                    return vec![(self.random.between(60_000, 300_000), Step::FailPull(index, false))];
                }
                let words = format!(
                    "Failed to pull image \"{image}\": rpc error: code = NotFound desc = {image}: not found"
                );
                self.warn(store, pod, "Failed", &words, "kubelet");
                vec![(12_000, Step::FailPull(index, true))]
            }
            Step::Remove => Vec::new(),
        }
    }

    /// What comes after a container has started.
    fn after_start(&mut self, fault: Option<(Fault, usize)>, index: usize) -> (i64, Step) {
        match fault {
            Some((Fault::Crash, broken)) if broken == index => (CRASHES_AFTER, Step::Crash(index)),
            _ => (self.random.between(1_500, 4_500), Step::Ready(index)),
        }
    }

    /// Records a warning about a pod.
    pub(super) fn warn(&mut self, store: &mut Store, pod: &Pod, reason: &str, message: &str, reporter: &str) {
        self.tell(store, events::about(pod), &Saying { warning: true, reason, message, reporter });
    }
}
