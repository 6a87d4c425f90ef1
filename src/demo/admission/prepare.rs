//! What the server itself sets in an object before it checks it, kind by kind.

use serde_json::{Value, json};

use super::json::{array, entries, map_of, remove, text, unset};
use super::pods;
use super::review::{Part, Review};
use crate::demo::store::{Kind, KindInfo};

/// Kinds that count the changes of their specification.
const COUNTED: [&str; 12] = [
    "Pod",
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "PodDisruptionBudget",
    "Ingress",
    "IngressClass",
    "NetworkPolicy",
    "PriorityClass",
];

/// Kinds that count every change.
const COUNTED_WHOLE: [&str; 1] = ["EndpointSlice"];

fn counted(kind: &KindInfo) -> bool {
    COUNTED.contains(&&*kind.name) || COUNTED_WHOLE.contains(&&*kind.name) || kind.custom.is_some()
}

/// The status of a new object; `None` for kinds that a client may create with one, or that have none.
fn first_status(kind: &KindInfo) -> Option<Value> {
    let status = match &*kind.name {
        "Deployment" | "Job" | "CronJob" | "ResourceQuota" => json!({}),
        "ReplicaSet" => json!({"replicas": 0}),
        "StatefulSet" => json!({"replicas": 0, "availableReplicas": 0}),
        "DaemonSet" => {
            json!({"currentNumberScheduled": 0, "numberMisscheduled": 0, "desiredNumberScheduled": 0, "numberReady": 0})
        }
        "HorizontalPodAutoscaler" => json!({"desiredReplicas": 0}),
        "PodDisruptionBudget" => {
            json!({"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0})
        }
        "Ingress" | "Service" => json!({"loadBalancer": {}}),
        "Namespace" => json!({"phase": "Active"}),
        "PersistentVolumeClaim" | "PersistentVolume" | "Pod" => json!({"phase": "Pending"}),
        _ => return None,
    };
    Some(status)
}

/// Prepares a new object.
pub fn on_create(review: &Review<'_>, object: &mut Value) {
    let kind = review.kind;
    if let Some(status) = first_status(kind) {
        object["status"] = status;
    }
    if counted(kind) {
        object["metadata"]["generation"] = json!(1);
    }
    match kind.stored {
        Kind::Namespace => object["spec"]["finalizers"] = json!(["kubernetes"]),
        Kind::PersistentVolumeClaim => protect(object, "kubernetes.io/pvc-protection"),
        Kind::PersistentVolume => {
            protect(object, "kubernetes.io/pv-protection");
            object["status"]["lastPhaseTransitionTime"] = json!(review.now.rfc3339());
        }
        Kind::Pod => {
            pods::complete(review, object);
            object["status"]["qosClass"] = json!(quality_of_service(object));
        }
        Kind::DaemonSet => {
            if let Some(annotations) = map_of(&mut object["metadata"], "annotations") {
                annotations.insert("deprecated.daemonset.template.generation".to_owned(), json!("1"));
            }
        }
        Kind::Job => select_own_pods(object),
        _ => {}
    }
}

/// Prepares what an update makes of an object: what it may not change stays as it was.
pub fn on_update(review: &Review<'_>, object: &mut Value, before: &Value) {
    let kind = review.kind;
    match review.part {
        Part::Whole | Part::Scale => {
            if kind.status {
                keep(object, before, "status");
            }
            if kind.stored == Kind::Namespace {
                keep(object, before, "spec");
            }
            count_change(kind, object, before);
        }
        Part::Status => {
            let (metadata, status) = (object["metadata"].take(), object["status"].take());
            object.clone_from(before);
            object["metadata"] = metadata;
            object["status"] = status;
            if kind.custom.is_some() {
                for field in ["labels", "annotations", "finalizers", "ownerReferences"] {
                    keep(&mut object["metadata"], &before["metadata"], field);
                }
            }
            if kind.stored == Kind::Deployment {
                keep(&mut object["metadata"], &before["metadata"], "labels");
            }
            if kind.stored == Kind::Pod {
                keep(&mut object["metadata"], &before["metadata"], "ownerReferences");
            }
        }
        Part::Finalize => keep(object, before, "status"),
    }
}

fn keep(object: &mut Value, before: &Value, field: &str) {
    match before.get(field) {
        Some(value) => object[field] = value.clone(),
        None => remove(object, field),
    }
}

/// Counts a change of the specification, and of a Deployment also one of its annotations.
fn count_change(kind: &KindInfo, object: &mut Value, before: &Value) {
    let annotated = kind.stored == Kind::Deployment
        && object["metadata"]["annotations"] != before["metadata"]["annotations"];
    let whole = COUNTED_WHOLE.contains(&&*kind.name)
        && (object["endpoints"] != before["endpoints"] || object["ports"] != before["ports"]);
    let custom = kind.custom.is_some() && content(object) != content(before);
    let changed = object["spec"] != before["spec"] || annotated || whole || custom;
    if changed && !before["metadata"]["generation"].is_null() {
        let generation = before["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
        object["metadata"]["generation"] = json!(generation);
        if kind.stored == Kind::DaemonSet && object["spec"]["template"] != before["spec"]["template"] {
            count_template(object);
        }
    }
}

/// What a custom object says itself: all but its metadata and its status.
fn content(object: &Value) -> Vec<(&String, &Value)> {
    entries(object)
        .filter(|(field, _)| !matches!(field.as_str(), "metadata" | "status" | "kind" | "apiVersion"))
        .collect()
}

/// The annotation in which a DaemonSet still counts the generations of its template.
fn count_template(object: &mut Value) {
    const ANNOTATION: &str = "deprecated.daemonset.template.generation";
    let count = text(&object["metadata"]["annotations"][ANNOTATION]).parse::<i64>().unwrap_or(0);
    if let Some(annotations) = map_of(&mut object["metadata"], "annotations") {
        annotations.insert(ANNOTATION.to_owned(), json!((count + 1).to_string()));
    }
}

/// Adds the finalizer that keeps a volume or claim for as long as something uses it.
fn protect(object: &mut Value, finalizer: &str) {
    let metadata = &mut object["metadata"];
    let mut finalizers = array(&metadata["finalizers"]).to_vec();
    if !finalizers.iter().any(|name| name == finalizer) {
        finalizers.push(json!(finalizer));
        metadata["finalizers"] = Value::Array(finalizers);
    }
}

/// Labels a job's pods with its uid, and selects them by it, unless the client selects by itself.
fn select_own_pods(job: &mut Value) {
    if job["spec"]["manualSelector"] == true {
        return;
    }
    let (uid, name) = (job["metadata"]["uid"].clone(), job["metadata"]["name"].clone());
    let labelled = job["metadata"]["labels"] == job["spec"]["template"]["metadata"]["labels"]
        && !job["metadata"]["labels"].is_null();
    if unset(&job["spec"]["selector"]) {
        job["spec"]["selector"] = json!({});
    }
    if let Some(labels) = map_of(&mut job["spec"]["selector"], "matchLabels") {
        labels.insert("batch.kubernetes.io/controller-uid".to_owned(), uid.clone());
    }
    if let Some(labels) = map_of(&mut job["spec"]["template"]["metadata"], "labels") {
        for (label, value) in [
            ("batch.kubernetes.io/controller-uid", &uid),
            ("batch.kubernetes.io/job-name", &name),
            ("controller-uid", &uid),
            ("job-name", &name),
        ] {
            labels.insert(label.to_owned(), value.clone());
        }
    }
    // A job without labels of its own takes those of its pods.
    if labelled || super::json::empty(&job["metadata"]["labels"]) {
        job["metadata"]["labels"] = job["spec"]["template"]["metadata"]["labels"].clone();
    }
}

/// `Guaranteed` where processor and memory of every container are limited to what is requested, `Burstable` where any is said, else `BestEffort`.
fn quality_of_service(pod: &Value) -> &'static str {
    let spec = &pod["spec"];
    let containers = array(&spec["containers"]).iter().chain(array(&spec["initContainers"]));
    let (mut any, mut guaranteed) = (false, true);
    for container in containers {
        let resources = &container["resources"];
        for name in ["cpu", "memory"] {
            let (request, limit) = (&resources["requests"][name], &resources["limits"][name]);
            any |= !request.is_null() || !limit.is_null();
            guaranteed &= !limit.is_null() && (request.is_null() || request == limit);
        }
    }
    match (any, guaranteed) {
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
        _ => "BestEffort",
    }
}
