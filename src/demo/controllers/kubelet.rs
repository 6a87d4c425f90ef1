//! What happens to a pod on its node, as plain steps on the pod.

use k8s_pb::api::core::v1::{
    Container, ContainerState, ContainerStateRunning, ContainerStateTerminated, ContainerStateWaiting,
    ContainerStatus, HostIp, Pod, PodIp, PodSpec,
};
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::demo::objects::{pod_status, set_pod_condition, text, time, uid};
use crate::demo::random::digest;
use crate::platform::time::Instant;

use super::pods::touch_by_kubelet;

/// The node that a pod is bound to.
#[derive(Debug, Clone)]
pub struct Place {
    /// The node's name.
    pub node: String,
    /// The node's address.
    pub address: String,
}

/// How a container ended.
#[derive(Debug, Clone, Copy)]
pub struct End {
    /// Its exit code.
    pub code: i32,
    /// `Error`, `OOMKilled` or `Completed`.
    pub reason: &'static str,
}

const UNREADY: &str = "ContainersNotReady";

/// The scheduler's binding.
pub fn bind(pod: &mut Pod, node: &str, now: Instant) {
    pod.spec.get_or_insert_default().node_name = text(node);
    set_pod_condition(pod, "PodScheduled", true, "", "", now);
}

/// The kubelet has seen the pod: nothing runs yet.
pub fn accept(pod: &mut Pod, place: &Place, now: Instant) {
    let empty = PodSpec::default();
    let spec = pod.spec.as_ref().unwrap_or(&empty);
    let waiting = if spec.init_containers.is_empty() { "ContainerCreating" } else { "PodInitializing" };
    let inits: Vec<_> = spec.init_containers.iter().map(|it| waiting_status(it, "PodInitializing")).collect();
    let containers = spec.containers.iter().map(|it| waiting_status(it, waiting)).collect();
    let names: Vec<_> = spec.init_containers.iter().filter_map(|it| it.name.as_deref()).collect();
    let message = format!("containers with incomplete status: [{}]", names.join(" "));
    let initialized = inits.is_empty();
    let status = pod_status(pod);
    status.observed_generation = Some(1);
    status.host_ip = text(&place.address);
    status.host_ips = vec![HostIp { ip: text(&place.address) }];
    status.start_time = time(now);
    status.init_container_statuses = inits;
    status.container_statuses = containers;
    set_pod_condition(pod, "PodReadyToStartContainers", false, "", "", now);
    if initialized {
        set_pod_condition(pod, "Initialized", true, "", "", now);
    } else {
        set_pod_condition(pod, "Initialized", false, "ContainersNotInitialized", &message, now);
    }
    update_readiness(pod, now);
}

/// The sandbox is up, with its address.
pub fn give_address(pod: &mut Pod, address: &str, now: Instant) {
    let host = pod.spec.as_ref().and_then(|spec| spec.host_network).unwrap_or(false);
    let status = pod_status(pod);
    let address = if host { status.host_ip.clone() } else { text(address) };
    status.pod_ips = vec![PodIp { ip: address.clone() }];
    status.pod_ip = address;
    set_pod_condition(pod, "PodReadyToStartContainers", true, "", "", now);
    touch_by_kubelet(pod, now);
}

/// An init container runs.
pub fn start_init(pod: &mut Pod, index: usize, now: Instant) {
    let id = container_id(pod, index, true);
    if let Some(container) = pod_status(pod).init_container_statuses.get_mut(index) {
        set_running(container, id, now);
    }
    touch_by_kubelet(pod, now);
}

/// An init container has ended well.
pub fn finish_init(pod: &mut Pod, index: usize, now: Instant) {
    let total = pod.spec.as_ref().map_or(0, |spec| spec.init_containers.len());
    if let Some(container) = pod_status(pod).init_container_statuses.get_mut(index) {
        set_terminated(container, End { code: 0, reason: "Completed" }, now);
        container.ready = Some(true);
        container.started = Some(false);
    }
    if index + 1 == total {
        set_pod_condition(pod, "Initialized", true, "", "", now);
    }
    touch_by_kubelet(pod, now);
}

/// All containers run, and none is ready.
pub fn start(pod: &mut Pod, now: Instant) {
    for index in 0..pod_status(pod).container_statuses.len() {
        start_container(pod, index, now);
    }
    pod_status(pod).phase = text("Running");
    update_readiness(pod, now);
}

/// One container starts; one that had run before restarts.
pub fn start_container(pod: &mut Pod, index: usize, now: Instant) {
    let id = container_id(pod, index, false);
    if let Some(container) = pod_status(pod).container_statuses.get_mut(index) {
        set_running(container, id, now);
    }
    pod_status(pod).phase = text("Running");
    touch_by_kubelet(pod, now);
}

/// The probes of a container succeed, or fail.
pub fn set_ready(pod: &mut Pod, index: usize, ready: bool, now: Instant) {
    if let Some(container) = pod_status(pod).container_statuses.get_mut(index) {
        container.ready = Some(ready);
    }
    update_readiness(pod, now);
    touch_by_kubelet(pod, now);
}

/// The probes of all containers succeed.
pub fn all_ready(pod: &mut Pod, now: Instant) {
    for index in 0..pod_status(pod).container_statuses.len() {
        set_ready(pod, index, true, now);
    }
}

/// A container ends.
pub fn end_container(pod: &mut Pod, index: usize, end: End, now: Instant) {
    if let Some(container) = pod_status(pod).container_statuses.get_mut(index) {
        set_terminated(container, end, now);
        container.ready = Some(false);
        container.started = Some(false);
    }
    update_readiness(pod, now);
    touch_by_kubelet(pod, now);
}

/// A container that ended waits before it is started again; counts the restart to come.
pub fn back_off(pod: &mut Pod, index: usize, seconds: i64, now: Instant) {
    let name = pod.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
    let namespace = pod.metadata.as_ref().and_then(|it| it.namespace.clone()).unwrap_or_default();
    let pod_uid = uid(pod.metadata.as_ref()).to_owned();
    if let Some(container) = pod_status(pod).container_statuses.get_mut(index) {
        let delay =
            if seconds >= 60 { format!("{}m{}s", seconds / 60, seconds % 60) } else { format!("{seconds}s") };
        let message = format!(
            "back-off {delay} restarting failed container={} pod={name}_{namespace}({pod_uid})",
            container.name.as_deref().unwrap_or_default()
        );
        container.last_state = container.state.take();
        container.state = waiting("CrashLoopBackOff", &message);
    }
    touch_by_kubelet(pod, now);
}

/// The event's words for a container that backs off.
pub fn back_off_words(pod: &Pod, index: usize) -> String {
    let containers = pod.spec.iter().flat_map(|spec| &spec.containers);
    let container = containers.clone().nth(index).and_then(|it| it.name.as_deref()).unwrap_or_default();
    let empty = ObjectMeta::default();
    let metadata = pod.metadata.as_ref().unwrap_or(&empty);
    format!(
        "Back-off restarting failed container {container} in pod {}_{}({})",
        metadata.name.as_deref().unwrap_or_default(),
        metadata.namespace.as_deref().unwrap_or_default(),
        uid(Some(metadata))
    )
}

/// How often a container has been restarted.
pub fn restarts(pod: &Pod, index: usize) -> i32 {
    let containers = pod.status.iter().flat_map(|status| &status.container_statuses);
    containers.clone().nth(index).and_then(|it| it.restart_count).unwrap_or(0)
}

/// The image of a container.
pub fn image(pod: &Pod, index: usize) -> String {
    let containers = pod.spec.iter().flat_map(|spec| &spec.containers);
    containers.clone().nth(index).and_then(|it| it.image.clone()).unwrap_or_default()
}

/// A container's image can't be pulled: `ErrImagePull` first, `ImagePullBackOff` between the tries.
pub fn fail_pull(pod: &mut Pod, index: usize, backing_off: bool, now: Instant) {
    if let Some(container) = pod_status(pod).container_statuses.get_mut(index) {
        let image = container.image.clone().unwrap_or_default();
        let cause = format!(
            "failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
        );
        container.state = if backing_off {
            waiting(
                "ImagePullBackOff",
                &format!(
                    "Back-off pulling image \"{image}\": ErrImagePull: rpc error: code = NotFound desc = {cause}"
                ),
            )
        } else {
            waiting("ErrImagePull", &format!("rpc error: code = NotFound desc = {cause}"))
        };
    }
    update_readiness(pod, now);
    touch_by_kubelet(pod, now);
}

/// All containers have ended well, for good.
pub fn complete(pod: &mut Pod, now: Instant) {
    for index in 0..pod_status(pod).container_statuses.len() {
        end_container(pod, index, End { code: 0, reason: "Completed" }, now);
    }
    pod_status(pod).phase = text("Succeeded");
    for condition in ["Ready", "ContainersReady"] {
        set_pod_condition(pod, condition, false, "PodCompleted", "", now);
    }
    set_pod_condition(pod, "PodReadyToStartContainers", false, "", "", now);
}

/// The pod is to be deleted, within the grace period.
pub fn terminate(pod: &mut Pod, grace_seconds: i64, now: Instant) {
    if let Some(metadata) = &mut pod.metadata {
        metadata.deletion_timestamp = time(now.plus_millis(grace_seconds * 1000));
        metadata.deletion_grace_period_seconds = Some(grace_seconds);
        metadata.generation = Some(metadata.generation.unwrap_or(1) + 1);
    }
}

/// A pod that has been running since `started`.
pub fn settle(pod: &mut Pod, place: &Place, address: &str, started: Instant) {
    bind(pod, &place.node, started);
    accept(pod, place, started);
    give_address(pod, address, started.plus_millis(2_000));
    let inits = pod.spec.as_ref().map_or(0, |spec| spec.init_containers.len());
    let mut now = started.plus_millis(3_000);
    for index in 0..inits {
        start_init(pod, index, now);
        now = now.plus_millis(2_000);
        finish_init(pod, index, now);
    }
    start(pod, now);
    all_ready(pod, now.plus_millis(9_000));
}

/// Sets `Ready` and `ContainersReady` from the containers.
fn update_readiness(pod: &mut Pod, now: Instant) {
    let unready: Vec<String> = pod_status(pod)
        .container_statuses
        .iter()
        .filter(|container| container.ready != Some(true))
        .filter_map(|container| container.name.clone())
        .collect();
    let (reason, message) = match unready.is_empty() {
        true => ("", String::new()),
        false => (UNREADY, format!("containers with unready status: [{}]", unready.join(" "))),
    };
    for condition in ["Ready", "ContainersReady"] {
        set_pod_condition(pod, condition, unready.is_empty(), reason, &message, now);
    }
}

fn waiting(reason: &str, message: &str) -> Option<ContainerState> {
    let message = (!message.is_empty()).then(|| message.to_owned());
    let waiting = ContainerStateWaiting { reason: text(reason), message };
    Some(ContainerState { waiting: Some(waiting), ..ContainerState::default() })
}

fn waiting_status(container: &Container, reason: &str) -> ContainerStatus {
    ContainerStatus {
        name: container.name.clone(),
        state: waiting(reason, ""),
        last_state: Some(ContainerState::default()),
        ready: Some(false),
        restart_count: Some(0),
        image: container.image.clone(),
        image_id: text(""),
        started: Some(false),
        ..ContainerStatus::default()
    }
}

/// The id of the run to come, which counts the runs before it.
fn container_id(pod: &Pod, index: usize, init: bool) -> String {
    let statuses = pod
        .status
        .iter()
        .flat_map(|status| if init { &status.init_container_statuses } else { &status.container_statuses });
    let restarts = statuses.clone().nth(index).and_then(|it| it.restart_count).unwrap_or(0);
    format!("containerd://{}", digest(&format!("{}/{init}/{index}/{restarts}", uid(pod.metadata.as_ref()))))
}

fn set_running(container: &mut ContainerStatus, id: String, now: Instant) {
    if container.container_id.is_some() {
        // A second run: what ended becomes the last state, unless a back-off has already put it there.
        if container.state.as_ref().is_some_and(|state| state.terminated.is_some()) {
            container.last_state = container.state.take();
        }
        container.restart_count = Some(container.restart_count.unwrap_or(0) + 1);
    }
    let image = container.image.clone().unwrap_or_default();
    let repository = image.rsplit_once(':').map_or(image.as_str(), |(repository, _)| repository);
    container.image_id = Some(format!("{repository}@sha256:{}", digest(&image)));
    container.container_id = Some(id);
    container.ready = Some(false);
    container.started = Some(true);
    let running = ContainerStateRunning { started_at: time(now) };
    container.state = Some(ContainerState { running: Some(running), ..ContainerState::default() });
}

fn set_terminated(container: &mut ContainerStatus, end: End, now: Instant) {
    let started =
        container.state.as_ref().and_then(|state| state.running.as_ref()).and_then(|it| it.started_at);
    let terminated = ContainerStateTerminated {
        exit_code: Some(end.code),
        reason: text(end.reason),
        started_at: started.or(time(now)),
        finished_at: time(now),
        container_id: container.container_id.clone(),
        ..ContainerStateTerminated::default()
    };
    container.state = Some(ContainerState { terminated: Some(terminated), ..ContainerState::default() });
}
