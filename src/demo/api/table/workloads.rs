//! The cells of workloads.

use serde_json::{Value, json};

use super::text::{NONE, UNSET, age, containers, holds, items, labels, name, number, selector, since, text};
use crate::platform::age as ages;
use crate::platform::time::Instant;

/// The cells of a deployment.
pub fn deployment(object: &Value, now: Instant) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let [names, images] = containers(&spec["template"]["spec"]);
    let selected = match selector(&spec["selector"]) {
        nothing if nothing == NONE => String::new(),
        selected => selected,
    };
    vec![
        name(object),
        json!(ready(object)),
        json!(number(&status["updatedReplicas"])),
        json!(number(&status["availableReplicas"])),
        age(object, now),
        names,
        images,
        json!(selected),
    ]
}

/// The cells of a replica set.
pub fn replica_set(object: &Value, now: Instant) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let [names, images] = containers(&spec["template"]["spec"]);
    vec![
        name(object),
        json!(number(&spec["replicas"])),
        json!(number(&status["replicas"])),
        json!(number(&status["readyReplicas"])),
        age(object, now),
        names,
        images,
        json!(selector(&spec["selector"])),
    ]
}

/// The cells of a stateful set.
pub fn stateful_set(object: &Value, now: Instant) -> Vec<Value> {
    let [names, images] = containers(&object["spec"]["template"]["spec"]);
    vec![name(object), json!(ready(object)), age(object, now), names, images]
}

/// The cells of a daemon set.
pub fn daemon_set(object: &Value, now: Instant) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let [names, images] = containers(&spec["template"]["spec"]);
    let mut cells = vec![name(object)];
    cells.extend(
        [
            "desiredNumberScheduled",
            "currentNumberScheduled",
            "numberReady",
            "updatedNumberScheduled",
            "numberAvailable",
        ]
        .map(|field| json!(number(&status[field]))),
    );
    cells.extend([json!(labels(&spec["template"]["spec"]["nodeSelector"])), age(object, now)]);
    cells.extend([names, images, json!(selector(&spec["selector"]))]);
    cells
}

/// The cells of a controller revision.
pub fn controller_revision(object: &Value, now: Instant) -> Vec<Value> {
    let owner = items(&object["metadata"]["ownerReferences"]).iter().find(|it| it["controller"] == true);
    let controller = owner.map(|owner| {
        let group = text(&owner["apiVersion"]).split_once('/').map(|(group, _)| format!(".{group}"));
        let kind = format!("{}{}", text(&owner["kind"]), group.unwrap_or_default());
        format!("{}/{}", kind.to_lowercase(), text(&owner["name"]))
    });
    vec![
        name(object),
        json!(controller.as_deref().unwrap_or(NONE)),
        json!(number(&object["revision"])),
        age(object, now),
    ]
}

/// The cells of a job.
pub fn job(object: &Value, now: Instant) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let done = number(&status["succeeded"]);
    let completions = match (spec["completions"].as_i64(), number(&spec["parallelism"])) {
        (Some(wanted), _) => format!("{done}/{wanted}"),
        (None, parallel @ 2..) => format!("{done}/1 of {parallel}"),
        (None, _) => format!("{done}/1"),
    };
    let moment = |field: &str| status[field].as_str().and_then(Instant::parse);
    let duration = match moment("startTime") {
        Some(start) => ages::age(start, moment("completionTime").unwrap_or(now)),
        None => String::new(),
    };
    let [names, images] = containers(&spec["template"]["spec"]);
    vec![
        name(object),
        json!(job_status(object)),
        json!(completions),
        json!(duration),
        age(object, now),
        names,
        images,
        json!(selector(&spec["selector"])),
    ]
}

fn job_status(job: &Value) -> &'static str {
    if holds(job, "Complete") {
        "Complete"
    } else if holds(job, "Failed") {
        "Failed"
    } else if job["metadata"]["deletionTimestamp"].is_string() {
        "Terminating"
    } else if holds(job, "Suspended") {
        "Suspended"
    } else if holds(job, "FailureTarget") {
        "FailureTarget"
    } else if holds(job, "SuccessCriteriaMet") {
        "SuccessCriteriaMet"
    } else {
        "Running"
    }
}

/// The cells of a cron job.
pub fn cron_job(object: &Value, now: Instant) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let last = &status["lastScheduleTime"];
    let suspended = match spec["suspend"].as_bool() {
        Some(true) => "True",
        Some(false) => "False",
        None => UNSET,
    };
    let job = &spec["jobTemplate"]["spec"];
    let [names, images] = containers(&job["template"]["spec"]);
    vec![
        name(object),
        json!(text(&spec["schedule"])),
        json!(spec["timeZone"].as_str().unwrap_or(NONE)),
        json!(suspended),
        json!(items(&status["active"]).len()),
        json!(if last.is_null() { NONE.to_owned() } else { since(last, now) }),
        age(object, now),
        names,
        images,
        json!(selector(&job["selector"])),
    ]
}

fn ready(object: &Value) -> String {
    format!("{}/{}", number(&object["status"]["readyReplicas"]), number(&object["spec"]["replicas"]))
}
