//! Taking up a pod again from what its status says, as a kubelet does after its own restart.

use k8s_pb::api::core::v1::{ContainerState, ContainerStatus, Pod, PodSpec, PodStatus};

use super::around::Around;
use super::back_off::BackOff;
use super::probes::Probes;
use super::program::End;
use super::start::{CRASH_LOOP, Start, running};
use super::worker::{Ended, Role, Run, Sandbox, State, Stop, Worker, container_of};
use crate::demo::objects::instant;

impl Worker {
    /// The pod as its status has it.
    pub fn adopt(pod: &Pod, around: &Around<'_>) -> Self {
        let (empty, bare) = (PodSpec::default(), PodStatus::default());
        let spec = pod.spec.as_ref().unwrap_or(&empty);
        let status = pod.status.as_ref().unwrap_or(&bare);
        let accepted = status.start_time.as_ref().map_or(around.now, |time| instant(Some(time)));
        let mut worker = Worker::new(pod, accepted);
        let finished = matches!(status.phase.as_deref(), Some("Succeeded" | "Failed"));
        if let Some(address) = &status.pod_ip {
            worker.sandbox = if finished { Sandbox::Gone } else { Sandbox::Up(address.clone()) };
        }
        for place in 0..worker.containers.len() {
            worker.adopt_container(place, pod, spec, status, around);
        }
        if finished && let Some(reason) = status.reason.as_deref().and_then(known_verdict) {
            let message = status.message.clone().unwrap_or_default();
            worker.stop =
                Some(Stop { verdict: Some((reason, message)), grace: 0, deleted: false, gone_at: None });
        }
        worker
    }

    fn adopt_container(
        &mut self,
        place: usize,
        pod: &Pod,
        spec: &PodSpec,
        status: &PodStatus,
        around: &Around<'_>,
    ) {
        let (node, uid) = (self.node.clone(), self.uid.clone());
        let run = &mut self.containers[place];
        let statuses = match run.role {
            Role::Init | Role::Sidecar => &status.init_container_statuses,
            Role::Main => &status.container_statuses,
            Role::Ephemeral => &status.ephemeral_container_statuses,
        };
        let Some(found) = statuses.iter().find(|it| it.name.as_deref() == Some(&*run.name)) else { return };
        let Some(container) = container_of(spec, run.role, run.index) else { return };
        run.restarts = found.restart_count.unwrap_or(0);
        run.last = found.last_state.as_ref().and_then(ended);
        if let Some(end) = run.last.as_ref().or(found.state.as_ref().and_then(ended).as_ref()) {
            run.crash = BackOff::after(run.restarts.max(1), end.at);
        }
        let start = Start { pod, spec, container: &container, node: &node, uid: &uid };
        run.state = match taken_up(run, found, &start, around) {
            Some(state) => state,
            None => return,
        };
        if let State::Waiting { reason, .. } = &run.state
            && *reason != CRASH_LOOP
            && matches!(*reason, "ErrImagePull" | "ImagePullBackOff")
        {
            run.pull.0 = BackOff::after(6, around.now);
            run.pull.1 = pull_error(found);
        }
    }
}

/// The state of a container that is taken up.
fn taken_up(run: &Run, found: &ContainerStatus, start: &Start<'_>, around: &Around<'_>) -> Option<State> {
    let state = found.state.as_ref()?;
    if let Some(now) = &state.running {
        let since = instant(now.started_at.as_ref());
        let mut running = running(start, run, since, around);
        running.id = found.container_id.clone().unwrap_or(running.id);
        if matches!(run.role, Role::Main | Role::Sidecar) {
            let (started, ready) = (found.started.unwrap_or(true), found.ready.unwrap_or(false));
            running.probes = Probes::settled(start.container, started, ready, since, around.now);
        }
        return Some(State::Running(running));
    }
    if let Some(ended) = ended(state) {
        return Some(State::Ended(ended));
    }
    let waiting = state.waiting.as_ref()?;
    let reason = known_waiting(waiting.reason.as_deref()?)?;
    Some(State::Waiting { reason, message: waiting.message.clone().unwrap_or_default() })
}

fn ended(state: &ContainerState) -> Option<Ended> {
    let ended = state.terminated.as_ref()?;
    let code = ended.exit_code.unwrap_or(0);
    let end = match ended.reason.as_deref() {
        Some("OOMKilled") => End::OUT_OF_MEMORY,
        _ => End::with(code),
    };
    Some(Ended {
        id: ended.container_id.clone().unwrap_or_default(),
        end: End { code, ..end },
        since: instant(ended.started_at.as_ref()),
        at: instant(ended.finished_at.as_ref()),
    })
}

fn known_waiting(reason: &str) -> Option<&'static str> {
    const KNOWN: [&str; 8] = [
        CRASH_LOOP,
        "ErrImagePull",
        "ImagePullBackOff",
        "CreateContainerConfigError",
        "InvalidImageName",
        "ErrImageNeverPull",
        "PodInitializing",
        "ContainerCreating",
    ];
    KNOWN.into_iter().find(|known| *known == reason)
}

fn known_verdict(reason: &str) -> Option<&'static str> {
    ["Evicted", "DeadlineExceeded", "Terminated"].into_iter().find(|known| *known == reason)
}

/// What the last pull said, out of the message of a container that waits for the next.
fn pull_error(found: &ContainerStatus) -> String {
    let waiting = found.state.as_ref().and_then(|state| state.waiting.as_ref());
    let message = waiting.and_then(|it| it.message.as_deref()).unwrap_or_default();
    message.split_once("ErrImagePull: ").map_or(message, |(_, error)| error).to_owned()
}
