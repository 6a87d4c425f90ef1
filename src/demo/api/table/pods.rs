//! The cells of pods.

use serde_json::{Value, json};

use super::text::{NONE, age, holds, items, name, number, text, text_or};
use crate::platform::age as ages;
use crate::platform::time::Instant;

/// Restarts, and when the last one was.
#[derive(Debug, Clone, Copy, Default)]
struct Restarts {
    count: i64,
    last: Option<Instant>,
}

impl Restarts {
    fn add(&mut self, status: &Value) {
        self.count += number(&status["restartCount"]);
        let ended = status["lastState"]["terminated"]["finishedAt"].as_str().and_then(Instant::parse);
        self.last = self.last.max(ended);
    }

    fn text(self, now: Instant) -> String {
        match self.last {
            Some(last) if self.count != 0 => format!("{} ({} ago)", self.count, ages::age(last, now)),
            _ => self.count.to_string(),
        }
    }
}

/// What is gathered of a pod's containers.
#[derive(Debug, Default)]
struct Summary {
    reason: String,
    ready: usize,
    total: usize,
    restarts: Restarts,
}

/// The cells of a pod.
pub fn pod(pod: &Value, now: Instant) -> Vec<Value> {
    let summary = summary(pod);
    let (spec, status) = (&pod["spec"], &pod["status"]);
    vec![
        name(pod),
        json!(format!("{}/{}", summary.ready, summary.total)),
        json!(summary.reason),
        json!(summary.restarts.text(now)),
        age(pod, now),
        json!(text_or(&status["podIPs"][0]["ip"], NONE)),
        json!(text_or(&spec["nodeName"], NONE)),
        json!(text_or(&status["nominatedNodeName"], NONE)),
        json!(readiness_gates(pod)),
    ]
}

/// The condition of a pod's row: whether it has come to its end.
pub fn condition(pod: &Value) -> Option<Value> {
    let (reason, message) = match text(&pod["status"]["phase"]) {
        "Succeeded" => ("Succeeded", "The pod has completed successfully."),
        "Failed" => ("Failed", "The pod failed."),
        _ => return None,
    };
    Some(json!({"type": "Completed", "status": "True", "reason": reason, "message": message}))
}

fn summary(pod: &Value) -> Summary {
    let status = &pod["status"];
    let mut summary = Summary {
        reason: text_or(&status["reason"], text(&status["phase"])).to_owned(),
        total: items(&pod["spec"]["containers"]).len(),
        ..Summary::default()
    };
    let gated = |it: &&Value| it["type"] == "PodScheduled" && it["reason"] == "SchedulingGated";
    if items(&status["conditions"]).iter().any(|it| gated(&it)) {
        summary.reason = "SchedulingGated".to_owned();
    }
    let sidecars = add_init_containers(pod, &mut summary);
    if sidecars.ended || holds(pod, "Initialized") {
        summary.restarts = sidecars.restarts;
        add_containers(pod, &mut summary);
    }
    let leaving = pod["metadata"]["deletionTimestamp"].is_string();
    if leaving && status["reason"] == "NodeLost" {
        summary.reason = "Unknown".to_owned();
    } else if leaving && !matches!(text(&status["phase"]), "Succeeded" | "Failed") {
        summary.reason = "Terminating".to_owned();
    }
    summary
}

/// How far a pod's init containers are.
struct Initialization {
    /// Whether none of them holds the pod up.
    ended: bool,
    /// Of those that go on running beside the containers.
    restarts: Restarts,
}

fn add_init_containers(pod: &Value, summary: &mut Summary) -> Initialization {
    let declared = items(&pod["spec"]["initContainers"]);
    let sidecar =
        |name: &Value| declared.iter().any(|it| it["name"] == *name && it["restartPolicy"] == "Always");
    summary.total += declared.iter().filter(|it| it["restartPolicy"] == "Always").count();
    let mut restarts = Restarts::default();
    for (index, container) in items(&pod["status"]["initContainerStatuses"]).iter().enumerate() {
        summary.restarts.add(container);
        let state = &container["state"];
        let beside = sidecar(&container["name"]);
        if beside {
            restarts.add(container);
        }
        if state["terminated"].is_object() && number(&state["terminated"]["exitCode"]) == 0 {
            continue;
        }
        if beside && container["started"] == true {
            summary.ready += usize::from(container["ready"] == true);
            continue;
        }
        let waiting = text(&state["waiting"]["reason"]);
        summary.reason = if state["terminated"].is_object() {
            format!("Init:{}", end_of(&state["terminated"]))
        } else if !waiting.is_empty() && waiting != "PodInitializing" {
            format!("Init:{waiting}")
        } else {
            format!("Init:{index}/{}", declared.len())
        };
        return Initialization { ended: false, restarts };
    }
    Initialization { ended: true, restarts }
}

fn add_containers(pod: &Value, summary: &mut Summary) {
    let (mut running, mut failure) = (false, None);
    for container in items(&pod["status"]["containerStatuses"]).iter().rev() {
        summary.restarts.add(container);
        let state = &container["state"];
        let waiting = text(&state["waiting"]["reason"]);
        if !waiting.is_empty() {
            summary.reason = waiting.to_owned();
        } else if state["terminated"].is_object() {
            summary.reason = end_of(&state["terminated"]);
            if number(&state["terminated"]["exitCode"]) != 0 {
                failure = Some(summary.reason.clone());
            }
        } else if container["ready"] == true && state["running"].is_object() {
            running = true;
            summary.ready += 1;
        }
    }
    // A pod of which something still runs isn't completed.
    if summary.reason == "Completed" {
        if running && holds(pod, "Ready") {
            summary.reason = "Running".to_owned();
        } else if let Some(failure) = failure {
            summary.reason = failure;
        } else if running {
            summary.reason = "NotReady".to_owned();
        }
    }
}

fn end_of(terminated: &Value) -> String {
    match (text(&terminated["reason"]), number(&terminated["signal"])) {
        ("", 0) => format!("ExitCode:{}", number(&terminated["exitCode"])),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

fn readiness_gates(pod: &Value) -> String {
    let gates = items(&pod["spec"]["readinessGates"]);
    if gates.is_empty() {
        return NONE.to_owned();
    }
    let open = gates.iter().filter(|gate| holds(pod, text(&gate["conditionType"]))).count();
    format!("{open}/{}", gates.len())
}
