//! Pods that have been on their nodes since before the platform was started.

use k8s_pb::api::core::v1::Pod;

use super::back_off::duration;
use super::images;
use super::probes::Probes;
use super::program::{End, Program};
use super::start::CRASH_LOOP;
use super::status::post;
use super::worker::{Ended, Role, Run, Running, Sandbox, State, Worker, container_of};
use super::{Place, bind, full_name};
use crate::demo::objects::{pod_status, time};
use crate::platform::time::Instant;

/// How long after its start a pod was up, each of its init containers took, and it was ready, in milliseconds.
const COURSE: (i64, i64, i64) = (2_000, 2_000, 9_000);

/// A pod's past on a node, to be written into its status.
#[derive(Debug)]
pub struct Past<'a> {
    worker: Worker,
    place: &'a Place,
    /// When its init containers were over, and when the last thing happened.
    times: (Instant, Instant),
}

impl<'a> Past<'a> {
    /// A pod that was bound, started and has been ready ever since.
    pub fn well(pod: &Pod, place: &'a Place, address: &str, started: Instant) -> Self {
        let mut worker = Worker::new(pod, started);
        worker.node = place.node.as_str().into();
        let host = pod.spec.as_ref().and_then(|spec| spec.host_network).unwrap_or(false);
        worker.sandbox = Sandbox::Up(if host { place.address.clone() } else { address.to_owned() });
        let mut at = started.plus_millis(COURSE.0);
        for run in 0..worker.containers.len() {
            let id = worker.id_of(&worker.containers[run]);
            let run = &mut worker.containers[run];
            match run.role {
                Role::Init => {
                    let since = at;
                    at = at.plus_millis(COURSE.1);
                    run.state = State::Ended(Ended { id, end: End::with(0), since, at });
                }
                _ => run.state = ready_since(pod, run, id, at),
            }
        }
        Past { worker, place, times: (at, at.plus_millis(COURSE.2)) }
    }

    /// All its containers have ended well.
    #[must_use]
    pub fn completed(mut self, at: Instant) -> Self {
        for run in &mut self.worker.containers {
            run.end(End::with(0), at);
        }
        self.worker.sandbox = Sandbox::Gone;
        self.times.1 = at;
        self
    }

    /// Its first container was killed for its memory, the last of so many times at `at`.
    #[must_use]
    pub fn killed(mut self, pod: &Pod, restarts: i32, at: Instant) -> Self {
        let uid = self.worker.uid.clone();
        if let Some(run) = self.worker.containers.iter_mut().find(|run| run.role == Role::Main) {
            let since = run.running().map_or(at, |running| running.since);
            let before = super::worker::container_id(&uid, &run.name, restarts - 1);
            run.last = Some(Ended { id: before, end: End::OUT_OF_MEMORY, since, at });
            run.restarts = restarts;
            let id = super::worker::container_id(&uid, &run.name, restarts);
            run.state = ready_since(pod, run, id, at.plus_millis(1_000));
            self.times.1 = at.plus_millis(12_000);
        }
        self
    }

    /// One of its containers has crashed so often, the last time at `at`, and waits.
    #[must_use]
    pub fn crashing(mut self, pod: &Pod, index: usize, crashes: i32, at: Instant) -> Self {
        let name = full_name(pod);
        if let Some(run) = self.worker.containers.iter_mut().filter(|run| run.role == Role::Main).nth(index) {
            run.restarts = crashes;
            let id = super::worker::container_id(&self.worker.uid, &run.name, crashes);
            run.last = Some(Ended { id, end: End::with(1), since: at.plus_millis(-9_000), at });
            let message =
                format!("back-off {} restarting failed container={} pod={name}", duration(300_000), run.name);
            run.state = State::Waiting { reason: CRASH_LOOP, message };
        }
        self.times.1 = at;
        self
    }

    /// The image of one of its containers was never there.
    #[must_use]
    pub fn without_image(mut self, index: usize) -> Self {
        for (place, run) in self.worker.containers.iter_mut().filter(|run| run.role == Role::Main).enumerate()
        {
            if place == index {
                let images::PullError(error) = images::not_found(&run.image);
                let message = format!("Back-off pulling image \"{}\": ErrImagePull: {error}", run.image);
                run.state = State::Waiting { reason: "ImagePullBackOff", message };
            }
        }
        self
    }

    /// One of its init containers has been running ever since.
    #[must_use]
    pub fn stalled(mut self, index: usize) -> Self {
        let mut inits = 0;
        for run in &mut self.worker.containers {
            let waits = State::Waiting { reason: "PodInitializing", message: String::new() };
            match (run.role, &run.state) {
                (Role::Init, State::Ended(ended)) => {
                    if inits == index {
                        run.state = State::Running(quiet(ended.id.clone(), ended.since, Probes::default()));
                    } else if inits > index {
                        run.state = waits;
                    }
                    inits += 1;
                }
                _ => run.state = waits,
            }
        }
        self
    }

    /// Writes it into the pod.
    pub fn write(self, pod: &mut Pod) {
        let accepted = self.worker.accepted;
        bind(pod, &self.place.node, accepted);
        post(&self.worker, pod, &self.place.address, self.times.1);
        for condition in &mut pod_status(pod).conditions {
            condition.last_transition_time = match condition.r#type.as_deref() {
                Some("PodScheduled") => time(accepted.plus_millis(-1_000)),
                Some("PodReadyToStartContainers") if condition.status.as_deref() == Some("True") => {
                    time(accepted.plus_millis(COURSE.0))
                }
                Some("Initialized") if condition.status.as_deref() == Some("True") => time(self.times.0),
                _ => condition.last_transition_time,
            };
        }
    }

    /// Its node.
    pub fn node(&self) -> &str {
        &self.worker.node
    }

    /// The images that its node has from it.
    pub fn images(&self) -> impl Iterator<Item = &str> {
        self.worker.containers.iter().filter(|run| run.has_run()).map(|run| &*run.image)
    }
}

/// A container that has been ready for long.
fn ready_since(pod: &Pod, run: &Run, id: String, since: Instant) -> State {
    let container = pod.spec.as_ref().and_then(|spec| container_of(spec, run.role, run.index));
    let probes = Probes::settled(&container.unwrap_or_default(), true, true, since, since);
    State::Running(quiet(id, since, probes))
}

/// A container of which nothing more is to be expected.
fn quiet(id: String, since: Instant, probes: Probes) -> Running {
    let program = Program { answers_after: Some(0), ends: None, heeds: Some((300, End::with(0))) };
    Running { id, since, program, ends: None, stopping: false, probes }
}
