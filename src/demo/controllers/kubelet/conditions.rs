//! The conditions of a pod that its kubelet keeps.

use k8s_pb::api::core::v1::{Pod, PodCondition, PodSpec};

use super::status::is_ready;
use super::worker::{Role, Run, Sandbox, Worker, container_of};
use crate::demo::objects::{pod_status, text, time};
use crate::platform::time::Instant;

/// Whether a condition holds, and why.
struct Verdict {
    kind: &'static str,
    holds: bool,
    reason: &'static str,
    message: String,
}

impl Verdict {
    fn new(kind: &'static str, holds: bool, reason: &'static str, message: String) -> Self {
        Verdict { kind, holds, reason, message }
    }
}

/// Brings the conditions up to date; those that others set come first and stay as they are.
pub fn update(worker: &Worker, pod: &mut Pod, spec: &PodSpec, phase: &str, now: Instant) {
    let generation = pod.metadata.as_ref().and_then(|it| it.generation);
    let before = std::mem::take(&mut pod_status(pod).conditions);
    let ready = containers_ready(worker, spec, phase);
    let gates = readiness_gates(spec, &before);
    let pod_ready = match (&ready.holds, gates) {
        (true, Some(message)) => Verdict::new("Ready", false, "ReadinessGatesNotReady", message),
        _ => Verdict::new("Ready", ready.holds, ready.reason, ready.message.clone()),
    };
    let up = matches!(worker.sandbox, Sandbox::Up(_));
    let verdicts = [
        Verdict::new("PodReadyToStartContainers", up, "", String::new()),
        initialized(worker, spec, phase),
        pod_ready,
        ready,
        Verdict::new("PodScheduled", true, "", String::new()),
    ];
    let own =
        |condition: &PodCondition| verdicts.iter().any(|it| Some(it.kind) == condition.r#type.as_deref());
    let mut conditions: Vec<PodCondition> = before.iter().filter(|it| !own(it)).cloned().collect();
    for verdict in &verdicts {
        let old = before.iter().find(|it| it.r#type.as_deref() == Some(verdict.kind));
        conditions.push(condition(verdict, old, generation, now));
    }
    pod_status(pod).conditions = conditions;
}

fn condition(
    verdict: &Verdict,
    old: Option<&PodCondition>,
    generation: Option<i64>,
    now: Instant,
) -> PodCondition {
    let optional = |value: &str| (!value.is_empty()).then(|| value.to_owned());
    let status = if verdict.holds { "True" } else { "False" };
    let same = old.filter(|old| old.status.as_deref() == Some(status));
    PodCondition {
        r#type: text(verdict.kind),
        status: text(status),
        observed_generation: generation,
        last_transition_time: same.map_or_else(|| time(now), |old| old.last_transition_time),
        reason: optional(verdict.reason),
        message: optional(&verdict.message),
        ..PodCondition::default()
    }
}

fn containers_ready(worker: &Worker, spec: &PodSpec, phase: &str) -> Verdict {
    match phase {
        "Succeeded" => return Verdict::new("ContainersReady", false, "PodCompleted", String::new()),
        "Failed" => return Verdict::new("ContainersReady", false, "PodFailed", String::new()),
        _ => {}
    }
    let unready = |run: &&Run| container_of(spec, run.role, run.index).is_some_and(|it| !is_ready(run, &it));
    let counted = worker.containers.iter().filter(|run| matches!(run.role, Role::Sidecar | Role::Main));
    let names: Vec<&str> = counted.filter(unready).map(|run| &*run.name).collect();
    if names.is_empty() {
        return Verdict::new("ContainersReady", true, "", String::new());
    }
    let message = format!("containers with unready status: [{}]", names.join(" "));
    Verdict::new("ContainersReady", false, "ContainersNotReady", message)
}

fn initialized(worker: &Worker, spec: &PodSpec, phase: &str) -> Verdict {
    if phase == "Succeeded" {
        return Verdict::new("Initialized", true, "PodCompleted", String::new());
    }
    let begun = worker.containers.iter().any(|run| run.role == Role::Main && run.has_run());
    let incomplete = |run: &&Run| match run.role {
        Role::Init => container_of(spec, run.role, run.index).is_some_and(|it| !is_ready(run, &it)),
        Role::Sidecar => !run.running().is_some_and(|running| running.probes.started()),
        _ => false,
    };
    let names: Vec<&str> = worker.containers.iter().filter(incomplete).map(|run| &*run.name).collect();
    if begun || names.is_empty() {
        return Verdict::new("Initialized", true, "", String::new());
    }
    let message = format!("containers with incomplete status: [{}]", names.join(" "));
    Verdict::new("Initialized", false, "ContainersNotInitialized", message)
}

/// Which of the conditions that others set keep the pod from being ready.
fn readiness_gates(spec: &PodSpec, conditions: &[PodCondition]) -> Option<String> {
    let words: Vec<String> = spec
        .readiness_gates
        .iter()
        .filter_map(|gate| {
            let kind = gate.condition_type.as_deref().unwrap_or_default();
            match conditions.iter().find(|it| it.r#type.as_deref() == Some(kind)) {
                None => {
                    Some(format!("corresponding condition of pod readiness gate \"{kind}\" does not exist."))
                }
                Some(condition) => match condition.status.as_deref().unwrap_or_default() {
                    "True" => None,
                    status => Some(format!(
                        "the status of pod readiness gate \"{kind}\" is not \"True\", but {status}"
                    )),
                },
            }
        })
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}
