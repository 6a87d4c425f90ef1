//! What a kubelet posts of a pod: its phase, its conditions, and the states of its containers.

use k8s_pb::api::core::v1::{
    Container, ContainerState, ContainerStateRunning, ContainerStateTerminated, ContainerStateWaiting,
    ContainerStatus, ContainerUser, HostIp, LinuxContainerUser, Pod, PodIp, PodSpec, VolumeMountStatus,
};

use super::conditions;
use super::images;
use super::worker::{Ended, Role, Run, Sandbox, State, Worker, container_of};
use crate::demo::controllers::pods::touch_by_kubelet;
use crate::demo::objects::{pod_status, text, time};
use crate::platform::time::Instant;

/// Writes into the pod what its kubelet knows of it; whether that differs from what was there.
pub fn post(worker: &Worker, pod: &mut Pod, host: &str, now: Instant) -> bool {
    let before = pod.status.clone();
    let Some(spec) = pod.spec.clone() else { return false };
    let generation = pod.metadata.as_ref().and_then(|it| it.generation);
    let phase = phase(worker, &spec);
    let status = pod_status(pod);
    status.observed_generation = generation;
    status.phase = text(phase);
    status.host_ip = text(host);
    status.host_ips = vec![HostIp { ip: text(host) }];
    status.start_time = time(worker.accepted);
    if let Sandbox::Up(address) = &worker.sandbox {
        status.pod_ip = text(address);
        status.pod_ips = vec![PodIp { ip: text(address) }];
    }
    if let Some((reason, message)) = worker.stop.as_ref().and_then(|stop| stop.verdict.as_ref()) {
        status.reason = text(*reason);
        status.message = text(message);
    }
    let of = |roles: [Role; 2]| {
        let runs = worker.containers.iter().filter(move |run| roles.contains(&run.role));
        runs.filter_map(|run| container_status(run, &spec)).collect::<Vec<_>>()
    };
    status.init_container_statuses = of([Role::Init, Role::Sidecar]);
    status.container_statuses = of([Role::Main, Role::Main]);
    status.ephemeral_container_statuses = of([Role::Ephemeral, Role::Ephemeral]);
    conditions::update(worker, pod, &spec, phase, now);
    let differs = pod.status != before;
    if differs {
        touch_by_kubelet(pod, now);
    }
    differs
}

/// The phase that the states of the containers come to.
fn phase(worker: &Worker, spec: &PodSpec) -> &'static str {
    let runs = |role: Role| worker.containers.iter().filter(move |run| run.role == role);
    let failed = || runs(Role::Main).any(|run| run.latest_end().is_none_or(|ended| ended.end.code != 0));
    if let Some(stop) = &worker.stop
        && worker.sandbox == Sandbox::Gone
    {
        return if stop.verdict.is_some() || failed() { "Failed" } else { "Succeeded" };
    }
    let init_over =
        |run: &Run| run.latest_end().is_some_and(|ended| ended.end.code == 0 || !worker.restarts(run, spec));
    let init_failed = runs(Role::Init)
        .any(|run| run.latest_end().is_some_and(|ended| ended.end.code != 0) && !worker.restarts(run, spec));
    if init_failed {
        return "Failed";
    }
    let begun = runs(Role::Main).all(Run::has_run);
    if !begun || !runs(Role::Init).all(init_over) {
        return "Pending";
    }
    if worker.is_finished(spec) {
        return if failed() { "Failed" } else { "Succeeded" };
    }
    "Running"
}

/// The status of one container.
fn container_status(run: &Run, spec: &PodSpec) -> Option<ContainerStatus> {
    let container = container_of(spec, run.role, run.index)?;
    let running = run.running();
    let started = match run.role {
        Role::Main | Role::Sidecar => running.is_some_and(|running| running.probes.started()),
        Role::Init | Role::Ephemeral => false,
    };
    let id = match &run.state {
        State::Running(running) => Some(running.id.clone()),
        State::Ended(ended) => Some(ended.id.clone()),
        State::Waiting { .. } => run.last.as_ref().map(|ended| ended.id.clone()),
    };
    let resources = (run.role != Role::Ephemeral).then(|| container.resources.clone().unwrap_or_default());
    Some(ContainerStatus {
        name: text(&*run.name),
        state: Some(state(&run.state)),
        last_state: Some(run.last.as_ref().map(terminated).unwrap_or_default()),
        ready: Some(is_ready(run, &container)),
        restart_count: Some(run.restarts),
        image: Some(if id.is_some() { images::full_name(&run.image) } else { run.image.to_string() }),
        image_id: Some(if id.is_some() { images::image_id(&run.image) } else { String::new() }),
        container_id: id,
        started: Some(started),
        allocated_resources: resources.as_ref().map(|it| it.requests.clone()).unwrap_or_default(),
        volume_mounts: mounts(&container),
        user: running.map(|_| user(&container, spec)),
        resources,
        ..ContainerStatus::default()
    })
}

/// Whether a container counts as ready.
pub fn is_ready(run: &Run, container: &Container) -> bool {
    match (run.role, &run.state) {
        (Role::Main | Role::Sidecar, State::Running(running)) => running.probes.ready(container),
        (Role::Init, State::Ended(ended)) => ended.end.code == 0,
        _ => false,
    }
}

fn state(state: &State) -> ContainerState {
    match state {
        State::Waiting { reason, message } => {
            let message = (!message.is_empty()).then(|| message.clone());
            let waiting = ContainerStateWaiting { reason: text(*reason), message };
            ContainerState { waiting: Some(waiting), ..ContainerState::default() }
        }
        State::Running(running) => {
            let running = ContainerStateRunning { started_at: time(running.since) };
            ContainerState { running: Some(running), ..ContainerState::default() }
        }
        State::Ended(ended) => terminated(ended),
    }
}

fn terminated(ended: &Ended) -> ContainerState {
    let terminated = ContainerStateTerminated {
        exit_code: Some(ended.end.code),
        reason: text(ended.end.reason),
        started_at: time(ended.since),
        finished_at: time(ended.at),
        container_id: text(&ended.id),
        ..ContainerStateTerminated::default()
    };
    ContainerState { terminated: Some(terminated), ..ContainerState::default() }
}

fn mounts(container: &Container) -> Vec<VolumeMountStatus> {
    let mounts = container.volume_mounts.iter();
    mounts
        .map(|mount| VolumeMountStatus {
            name: mount.name.clone(),
            mount_path: mount.mount_path.clone(),
            read_only: mount.read_only.filter(|it| *it),
            recursive_read_only: mount.read_only.filter(|it| *it).and_then(|_| text("Disabled")),
        })
        .collect()
}

/// The user as whom a container's first process runs.
fn user(container: &Container, spec: &PodSpec) -> ContainerUser {
    let own = container.security_context.as_ref();
    let all = spec.security_context.as_ref();
    let guarded =
        own.and_then(|it| it.run_as_non_root).or(all.and_then(|it| it.run_as_non_root)).unwrap_or(false);
    let usual = if guarded { 1000 } else { 0 };
    let uid = own.and_then(|it| it.run_as_user).or(all.and_then(|it| it.run_as_user)).unwrap_or(usual);
    let gid = own.and_then(|it| it.run_as_group).or(all.and_then(|it| it.run_as_group)).unwrap_or(usual);
    let mut groups = vec![gid];
    groups.extend(all.and_then(|it| it.fs_group).filter(|group| *group != gid));
    let linux = LinuxContainerUser { uid: Some(uid), gid: Some(gid), supplemental_groups: groups };
    ContainerUser { linux: Some(linux) }
}
