//! What a kubelet does for a pod whenever it looks at it: whatever is due, as far as it gets.

use k8s_pb::api::core::v1::{Container, Pod, PodSpec};

use super::around::Around;
use super::needs;
use super::probes::{Kind, Probes, Subject};
use super::start::Start;
use super::worker::{Activity, Role, Run, Running, Sandbox, State, Stop, Worker, container_of};
use crate::platform::time::Instant;

/// More steps than a pod can take at one instant.
const STEPS: usize = 400;
/// The first wait and the longest between tries to mount a volume, in milliseconds.
const MOUNT_WAITS: (i64, i64) = (500, 122_000);
/// After how long without a volume the whole pod says so, in milliseconds.
const MOUNT_PATIENCE: i64 = 123_000;

impl Worker {
    /// Does whatever is due.
    pub fn sync(&mut self, pod: &Pod, around: &mut Around<'_>) {
        let empty = PodSpec::default();
        let spec = pod.spec.as_ref().unwrap_or(&empty);
        self.notice_deletion(pod, around);
        self.notice_deadline(spec, around);
        self.notice_ephemeral(spec);
        self.notice_new_images(spec, around);
        for _ in 0..STEPS {
            let ended = self.end_what_is_due(around.now);
            let probed = self.probe_what_is_due(spec, around);
            let moved = if self.stop.is_some() {
                self.go_on_stopping(spec, around.now)
            } else {
                self.go_on_starting(pod, spec, around)
            };
            if !(ended || probed || moved) {
                return;
            }
        }
    }

    /// When something is due next; `None` where nothing is.
    pub fn due(&self, spec: &PodSpec) -> Option<Instant> {
        let sandbox = match self.sandbox {
            Sandbox::Starting(until) => Some(until),
            _ => None,
        };
        let mounting = self.mounting.map(|(next, ..)| next).filter(|_| self.sandbox == Sandbox::Missing);
        let gone = self.stop.as_ref().and_then(|stop| stop.gone_at);
        let deadline = match (spec.active_deadline_seconds, &self.stop) {
            (Some(seconds), None) => Some(self.accepted.plus_millis(seconds * 1_000)),
            _ => None,
        };
        let runs = self.containers.iter().filter_map(|run| self.run_due(run, spec));
        runs.chain(sandbox).chain(mounting).chain(gone).chain(deadline).min()
    }

    fn run_due(&self, run: &Run, spec: &PodSpec) -> Option<Instant> {
        match run.activity {
            Activity::Pulling(_, until) | Activity::Creating(until) if self.stop.is_none() => {
                return Some(until);
            }
            _ => {}
        }
        match &run.state {
            State::Running(running) => {
                let ends = running.ends.map(|(at, _)| at);
                let probe = running.probes.next().map(|(at, _)| at).filter(|_| !running.stopping);
                ends.into_iter().chain(probe).min()
            }
            _ if self.stop.is_none() && self.restarts(run, spec) => run.retry,
            _ => None,
        }
    }

    fn notice_deletion(&mut self, pod: &Pod, around: &mut Around<'_>) {
        let metadata = pod.metadata.as_ref();
        let deleted = metadata.is_some_and(|it| it.deletion_timestamp.is_some());
        if !deleted || self.stop.as_ref().is_some_and(|stop| stop.deleted) {
            return;
        }
        let grace = metadata.and_then(|it| it.deletion_grace_period_seconds).unwrap_or(30) * 1_000;
        match &mut self.stop {
            Some(stop) => stop.deleted = true,
            None => self.stop(Stop { verdict: None, grace, deleted: true, gone_at: None }, around),
        }
    }

    fn notice_deadline(&mut self, spec: &PodSpec, around: &mut Around<'_>) {
        let Some(seconds) = spec.active_deadline_seconds else { return };
        if self.stop.is_none()
            && around.now.since(self.accepted) >= seconds * 1_000
            && !self.is_finished(spec)
        {
            let message = "Pod was active on the node longer than the specified deadline";
            around.note_pod(false, "DeadlineExceeded", message.to_owned());
            let grace = spec.termination_grace_period_seconds.unwrap_or(30) * 1_000;
            let verdict = Some(("DeadlineExceeded", message.to_owned()));
            self.stop(Stop { verdict, grace, deleted: false, gone_at: None }, around);
        }
    }

    /// A container whose image was changed is stopped, and starts again with the new one.
    fn notice_new_images(&mut self, spec: &PodSpec, around: &mut Around<'_>) {
        for place in 0..self.containers.len() {
            let run = &self.containers[place];
            let Some(container) = container_of(spec, run.role, run.index) else { continue };
            let changed = container.image.as_deref() != Some(&*run.image) && run.role != Role::Ephemeral;
            if changed && self.stop.is_none() && run.running().is_some_and(|running| !running.stopping) {
                let message = format!("Container {} definition changed, will be restarted", run.name);
                around.note(run, "Killing", message);
                self.stop_container(place, spec, None, around.now);
            } else if changed && run.running().is_none() {
                let run = &mut self.containers[place];
                run.image = container.image.as_deref().unwrap_or_default().into();
                run.pull = Default::default();
                run.retry = None;
            }
        }
    }

    fn end_what_is_due(&mut self, now: Instant) -> bool {
        let mut any = false;
        for run in &mut self.containers {
            if let Some((at, end)) =
                run.running().and_then(|running| running.ends).filter(|(at, _)| *at <= now)
            {
                run.end(end, at);
                any = true;
            }
        }
        any
    }

    fn probe_what_is_due(&mut self, spec: &PodSpec, around: &mut Around<'_>) -> bool {
        let address = match &self.sandbox {
            Sandbox::Up(address) => address.clone(),
            _ => return false,
        };
        let mut any = false;
        for place in 0..self.containers.len() {
            let run = &mut self.containers[place];
            let Some(container) = container_of(spec, run.role, run.index) else { continue };
            let Some(running) = run.running_mut().filter(|running| !running.stopping) else { continue };
            let Some((at, kind)) = running.probes.next().filter(|(at, _)| *at <= around.now) else {
                continue;
            };
            any = true;
            if self.stop.is_some() && kind != Kind::Readiness {
                running.probes =
                    Probes::settled(&container, true, running.probes.ready(&container), running.since, at);
                continue;
            }
            let subject = running.subject(&container, &address);
            let outcome = running.probes.run(kind, subject, at);
            if let Some(failure) = outcome.failure {
                around.warn(&self.containers[place], "Unhealthy", failure);
            }
            if outcome.fatal {
                self.restart_for(place, kind, spec, around);
            }
        }
        any
    }

    fn restart_for(&mut self, place: usize, kind: Kind, spec: &PodSpec, around: &mut Around<'_>) {
        let run = &self.containers[place];
        let word = kind.word().to_lowercase();
        let message = format!("Container {} failed {word} probe, will be restarted", run.name);
        around.note(run, "Killing", message);
        let own = container_of(spec, run.role, run.index).and_then(|container| {
            kind.of(&container).and_then(|probe| probe.termination_grace_period_seconds)
        });
        self.stop_container(place, spec, own.map(|seconds| seconds * 1_000), around.now);
    }

    fn go_on_starting(&mut self, pod: &Pod, spec: &PodSpec, around: &mut Around<'_>) -> bool {
        match &self.sandbox {
            Sandbox::Missing => return self.make_sandbox(pod, spec, around),
            Sandbox::Starting(until) if *until > around.now => return false,
            Sandbox::Starting(_) => {
                let host = spec.host_network.unwrap_or(false);
                let own = around.network.node(&self.node).map(|place| place.address).filter(|_| host);
                self.sandbox = Sandbox::Up(own.unwrap_or_else(|| around.network.next_address(&self.node)));
                return true;
            }
            Sandbox::Up(_) => {}
            Sandbox::Gone => return false,
        }
        self.drop_sidecars_of_finished(spec, around);
        // Containers are started one after the other; one that waits doesn't hold up those after it, but for init containers.
        for place in self.wanted(spec) {
            let (node, uid) = (self.node.clone(), self.uid.clone());
            let run = &mut self.containers[place];
            let Some(container) = container_of(spec, run.role, run.index) else { continue };
            let start = Start { pod, spec, container: &container, node: &node, uid: &uid };
            if start.go_on(run, around) {
                return true;
            }
            if !matches!(run.activity, Activity::None) {
                return false;
            }
        }
        false
    }

    fn make_sandbox(&mut self, pod: &Pod, spec: &PodSpec, around: &mut Around<'_>) -> bool {
        if self.mounting.is_some_and(|(next, ..)| next > around.now) {
            return false;
        }
        let namespace = pod.metadata.as_ref().and_then(|it| it.namespace.as_deref()).unwrap_or_default();
        let claim = needs::unbound_claim(spec, namespace, around.store);
        if let Some((volume, why)) = claim.or_else(|| needs::unmountable(pod, around.store)) {
            let (_, wait, since) = self.mounting.unwrap_or((around.now, MOUNT_WAITS.0 / 2, around.now));
            let message = format!("MountVolume.SetUp failed for volume \"{volume}\" : {why}");
            around.note_pod(true, "FailedMount", message);
            if around.now.since(since) >= MOUNT_PATIENCE {
                let message = format!(
                    "Unable to attach or mount volumes: unmounted volumes=[{volume}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded"
                );
                around.note_pod(true, "FailedMount", message);
            }
            let wait = (wait * 2).min(MOUNT_WAITS.1);
            self.mounting = Some((around.now.plus_millis(wait), wait, since));
            return true;
        }
        self.mounting = None;
        let time = around.chance(&self.uid, "sandbox").between(400, 1_100);
        self.sandbox = Sandbox::Starting(around.now.plus_millis(time));
        true
    }

    /// The containers that are to run now and don't.
    fn wanted(&self, spec: &PodSpec) -> Vec<usize> {
        let mut wanted = Vec::new();
        for (place, run) in self.containers.iter().enumerate() {
            let done = match run.role {
                Role::Init => run.latest_end().is_some_and(|ended| ended.end.code == 0),
                _ => false,
            };
            let idle = run.running().is_none() && !done && self.restarts(run, spec);
            if idle && !(run.role == Role::Sidecar && self.mains_are_done(spec)) {
                wanted.push(place);
            }
            let holds_up = match run.role {
                Role::Init => !done,
                Role::Sidecar => {
                    !self.has_begun() && !run.running().is_some_and(|running| running.probes.started())
                }
                _ => false,
            };
            if holds_up {
                break;
            }
        }
        wanted
    }

    /// Whether one of the pod's containers has ever run: its init containers are over then.
    fn has_begun(&self) -> bool {
        self.containers.iter().any(|run| run.role == Role::Main && run.has_run())
    }

    /// Whether a container that doesn't run is started, again or for the first time.
    pub fn restarts(&self, run: &Run, spec: &PodSpec) -> bool {
        let Some(ended) = run.latest_end() else { return true };
        let policy = match run.role {
            Role::Sidecar => "Always",
            Role::Ephemeral => "Never",
            Role::Init if spec.restart_policy.as_deref().unwrap_or("Always") == "Always" => "OnFailure",
            _ => spec.restart_policy.as_deref().unwrap_or("Always"),
        };
        match policy {
            "Always" => true,
            "OnFailure" => ended.end.code != 0,
            _ => false,
        }
    }

    /// Whether all of the pod's own containers have ended for good.
    pub fn mains_are_done(&self, spec: &PodSpec) -> bool {
        let failed_init = self.containers.iter().any(|run| {
            run.role == Role::Init
                && run.latest_end().is_some_and(|ended| ended.end.code != 0)
                && !self.restarts(run, spec)
        });
        let over = |run: &Run| run.latest_end().is_some() && !self.restarts(run, spec);
        failed_init || self.containers.iter().filter(|run| run.role == Role::Main).all(over)
    }

    /// Whether the pod has come to its end.
    pub fn is_finished(&self, spec: &PodSpec) -> bool {
        let sidecars = self.containers.iter().filter(|run| run.role == Role::Sidecar);
        self.mains_are_done(spec) && sidecars.into_iter().all(|run| run.running().is_none())
    }

    fn drop_sidecars_of_finished(&mut self, spec: &PodSpec, around: &mut Around<'_>) {
        if !self.mains_are_done(spec) {
            return;
        }
        for place in 0..self.containers.len() {
            let run = &self.containers[place];
            if run.role == Role::Sidecar && run.running().is_some_and(|running| !running.stopping) {
                around.note(run, "Killing", format!("Stopping container {}", run.name));
                self.stop_container(place, spec, None, around.now);
            }
        }
    }

    /// The application in a container fails its readiness probe from now on, with these words, or succeeds again.
    pub fn fail_readiness(&mut self, name: &str, message: Option<String>, spec: &PodSpec, now: Instant) {
        let address = match &self.sandbox {
            Sandbox::Up(address) => address.clone(),
            _ => return,
        };
        let Some(run) = self.find(name) else { return };
        let Some(container) = container_of(spec, run.role, run.index) else { return };
        let Some(running) = run.running_mut() else { return };
        let subject = running.subject(&container, &address);
        match message {
            Some(message) => running.probes.fail(message, subject, now),
            None => running.probes.recover(subject, now),
        }
    }
}

impl Running {
    /// What its probes ask.
    fn subject<'a>(&self, container: &'a Container, address: &'a str) -> Subject<'a> {
        let answers_at = self.program.answers_after.map(|after| self.since.plus_millis(after));
        Subject { container, address, answers_at, since: self.since }
    }
}
