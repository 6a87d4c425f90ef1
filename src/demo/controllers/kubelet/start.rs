//! Starting a container: its back-off, its image, its environment, and the start itself.

use k8s_pb::api::core::v1::{Container, Pod, PodSpec};

use super::around::{Around, full_name};
use super::back_off::duration;
use super::images::{self, PullError};
use super::needs;
use super::probes::Probes;
use super::program::{hook, program};
use super::worker::{Activity, Role, Run, Running, State, container_id};
use crate::demo::model::{ImageFault, PullOutcome};
use crate::platform::time::Instant;

/// How long after something has failed a kubelet looks at it again, in milliseconds.
const RESYNC: i64 = 12_000;
/// How long making a container takes, in milliseconds.
const CREATION: i64 = 180;

/// The word of a container that waits for its next start.
pub const CRASH_LOOP: &str = "CrashLoopBackOff";

/// A container to be started, and its pod.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// The pod.
    pub pod: &'a Pod,
    /// The pod's specification.
    pub spec: &'a PodSpec,
    /// The container.
    pub container: &'a Container,
    /// The node.
    pub node: &'a str,
    /// The pod's uid.
    pub uid: &'a str,
}

impl Start<'_> {
    /// Brings the start of a container on; whether anything has changed.
    pub fn go_on(&self, run: &mut Run, around: &mut Around<'_>) -> bool {
        match run.activity {
            Activity::None if run.retry.is_some_and(|retry| retry > around.now) => false,
            Activity::None => self.begin(run, around),
            Activity::Pulling(since, until) if until <= around.now => {
                self.finish_pull(run, since, around);
                true
            }
            Activity::Creating(until) if until <= around.now => {
                self.create(run, around);
                true
            }
            Activity::Pulling(..) | Activity::Creating(_) => false,
        }
    }

    fn begin(&self, run: &mut Run, around: &mut Around<'_>) -> bool {
        run.retry = None;
        if let Some(left) = self.crash_wait(run, around.now) {
            self.back_off(run, left, around);
            return true;
        }
        let image = self.container.image.as_deref().unwrap_or_default();
        run.image = image.into();
        if !images::is_valid(image) {
            let message = format!(
                "Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": invalid reference format"
            );
            around.warn(run, "InspectFailed", message.clone());
            around.warn(run, "Failed", "Error: InvalidImageName".to_owned());
            self.fail(run, "InvalidImageName", message, around.now);
            return true;
        }
        let usual = if images::is_floating(image) { "Always" } else { "IfNotPresent" };
        let policy = self.container.image_pull_policy.as_deref().unwrap_or(usual);
        let there = around.images.has(self.node, image);
        match (policy, there) {
            ("Never", false) => {
                let message = format!("Container image \"{image}\" is not present with pull policy of Never");
                around.warn(run, "ErrImageNeverPull", message.clone());
                around.warn(run, "Failed", "Error: ErrImageNeverPull".to_owned());
                self.fail(run, "ErrImageNeverPull", message, around.now);
            }
            ("Always", _) | (_, false) => self.begin_pull(run, image, there, around),
            _ => {
                let words = "already present on machine and can be accessed by the pod";
                around.note(run, "Pulled", format!("Container image \"{image}\" {words}"));
                run.activity = Activity::Creating(around.now.plus_millis(CREATION));
            }
        }
        true
    }

    /// How much longer a container that has ended waits, in milliseconds; counts the restart where it doesn't.
    fn crash_wait(&self, run: &mut Run, now: Instant) -> Option<i64> {
        let crashed = match &run.state {
            State::Ended(ended) => ended.at,
            State::Waiting { reason, .. } if *reason == CRASH_LOOP => run.last.as_ref()?.at,
            _ => return None,
        };
        let left = run.crash.left_since(crashed, now);
        if left.is_none() {
            run.crash.next(crashed, now);
        }
        left
    }

    fn back_off(&self, run: &mut Run, left: i64, around: &mut Around<'_>) {
        let (name, pod) = (run.name.clone(), full_name(self.pod));
        around.warn(run, "BackOff", format!("Back-off restarting failed container {name} in pod {pod}"));
        let wait = duration(run.crash.wait());
        run.wait(CRASH_LOOP, format!("back-off {wait} restarting failed container={name} pod={pod}"));
        run.retry = Some(around.now.plus_millis(left.min(RESYNC.max(left / 8))));
    }

    fn begin_pull(&self, run: &mut Run, image: &str, there: bool, around: &mut Around<'_>) {
        if run.pull.0.left(around.now).is_some() {
            let message = format!("Back-off pulling image \"{image}\"");
            around.note(run, "BackOff", message.clone());
            around.warn(run, "Failed", "Error: ImagePullBackOff".to_owned());
            let message = format!("{message}: ErrImagePull: {}", run.pull.1);
            self.fail(run, "ImagePullBackOff", message, around.now);
            let left = run.pull.0.left(around.now).unwrap_or(0);
            run.retry = Some(around.now.plus_millis(left.min(RESYNC.max(left / 4))));
            return;
        }
        around.note(run, "Pulling", format!("Pulling image \"{image}\""));
        let mut chance = around.chance(self.uid, &format!("pull/{}/{}", run.name, run.pull.0.wait()));
        let broken = self.pull_error(image, around).is_some();
        let time = match (broken, there) {
            (true, _) => chance.between(400, 1_500),
            (false, true) => chance.between(250, 700),
            (false, false) => images::pull_time(image, &mut chance),
        };
        run.activity = Activity::Pulling(around.now, around.now.plus_millis(time));
    }

    fn namespace(&self) -> &str {
        self.pod.metadata.as_ref().and_then(|it| it.namespace.as_deref()).unwrap_or_default()
    }

    fn pull_error(&self, image: &str, around: &Around<'_>) -> Option<PullError> {
        match (around.faults.pull)(self.namespace(), image) {
            PullOutcome::NotFound => Some(images::not_found(image)),
            PullOutcome::Unauthorized => Some(images::unauthorized(image)),
            PullOutcome::Pulled => images::unreachable(image),
        }
    }

    fn finish_pull(&self, run: &mut Run, since: Instant, around: &mut Around<'_>) {
        let image = run.image.to_string();
        run.activity = Activity::None;
        if let Some(PullError(message)) = self.pull_error(&image, around) {
            around.warn(run, "Failed", format!("Failed to pull image \"{image}\": {message}"));
            around.warn(run, "Failed", "Error: ErrImagePull".to_owned());
            run.pull.0.next(around.now, around.now);
            run.pull.1.clone_from(&message);
            return self.fail(run, "ErrImagePull", message, around.now);
        }
        let time = duration(around.now.since(since));
        let size = images::size(&image);
        let message = format!(
            "Successfully pulled image \"{image}\" in {time} ({time} including waiting). Image size: {size} bytes."
        );
        around.note(run, "Pulled", message);
        around.images.add(self.node, &image);
        run.activity = Activity::Creating(around.now.plus_millis(CREATION));
    }

    fn fail(&self, run: &mut Run, reason: &'static str, message: String, now: Instant) {
        run.wait(reason, message);
        run.activity = Activity::None;
        run.retry = Some(now.plus_millis(RESYNC));
    }

    fn create(&self, run: &mut Run, around: &mut Around<'_>) {
        let namespace = self.namespace();
        if let Some(why) = needs::unset_variable(self.container, namespace, around.store) {
            around.warn(run, "Failed", format!("Error: {why}"));
            return self.fail(run, "CreateContainerConfigError", why, around.now);
        }
        around.note(run, "Created", "Container created".to_owned());
        around.note(run, "Started", "Container started".to_owned());
        if run.has_run() {
            run.restarts += 1;
        }
        if let State::Ended(ended) = &run.state {
            run.last = Some(ended.clone());
        }
        run.activity = Activity::None;
        run.state = State::Running(running(self, run, around.now, around));
    }
}

/// A run that begins, or has begun, at an instant.
pub fn running(start: &Start<'_>, run: &Run, since: Instant, around: &Around<'_>) -> Running {
    let mut chance = around.chance(start.uid, &format!("{}/{}", run.name, run.restarts));
    let fault = (around.faults.fault)(&run.image);
    let endless = start.spec.restart_policy.as_deref().unwrap_or("Always") == "Always";
    let mut program = program(start.container, run.role, fault, endless, &mut chance);
    let hooks = start.container.lifecycle.as_ref().and_then(|it| it.post_start.as_ref());
    program.answers_after = program.answers_after.map(|after| after + hooks.map_or(0, hook));
    let probes = match run.role {
        Role::Main | Role::Sidecar => Probes::begin(start.container, since, chance.between(200, 900)),
        Role::Init | Role::Ephemeral => Probes::begin(&Container::default(), since, 0),
    };
    Running {
        id: container_id(start.uid, &run.name, run.restarts),
        since,
        program,
        ends: program.ends.map(|(after, end)| (since.plus_millis(after), end)),
        stopping: false,
        probes: if fault == Some(ImageFault::Unready) { probes.never_ready() } else { probes },
    }
}
