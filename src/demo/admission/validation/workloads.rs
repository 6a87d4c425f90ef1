//! The rules for Deployments, ReplicaSets, StatefulSets and DaemonSets.

use serde_json::{Value, json};

use super::{numbers, pods, selectors, storage};
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};
use crate::demo::admission::names;

/// Checks the specification of a Deployment.
pub fn deployment(spec: &Value, wrong: &mut Causes) {
    numbers::not_negative(spec, "replicas", "spec", wrong);
    selectors::check_own(spec, "deployment", wrong);
    check_template(spec, &[], "ReplicaSet", wrong);
    check_deployment_strategy(&spec["strategy"], wrong);
    for field in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
        numbers::not_negative(spec, field, "spec", wrong);
    }
    let deadline = &spec["progressDeadlineSeconds"];
    if deadline.as_i64().is_some_and(|seconds| seconds <= spec["minReadySeconds"].as_i64().unwrap_or(0)) {
        wrong.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
    }
}

/// Checks the specification of a ReplicaSet.
pub fn replica_set(spec: &Value, wrong: &mut Causes) {
    for field in ["replicas", "minReadySeconds"] {
        numbers::not_negative(spec, field, "spec", wrong);
    }
    selectors::check_own(spec, "deployment", wrong);
    check_template(spec, &[], "ReplicaSet", wrong);
}

/// Checks the specification of a StatefulSet.
pub fn stateful_set(spec: &Value, wrong: &mut Causes) {
    let policy = text(&spec["podManagementPolicy"]);
    if !["OrderedReady", "Parallel"].contains(&policy) {
        wrong.invalid_text("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'");
    }
    let strategy = &spec["updateStrategy"];
    match text(&strategy["type"]) {
        "OnDelete" if !strategy["rollingUpdate"].is_null() => {
            let detail = "only allowed for updateStrategy 'RollingUpdate'";
            wrong.invalid("spec.updateStrategy.rollingUpdate", &strategy["rollingUpdate"], detail);
        }
        "OnDelete" => {}
        "RollingUpdate" => {
            let rolling = &strategy["rollingUpdate"];
            numbers::not_negative(rolling, "partition", "spec.updateStrategy.rollingUpdate", wrong);
        }
        _ => wrong.invalid("spec.updateStrategy", strategy, "must be 'RollingUpdate' or 'OnDelete'"),
    }
    for (index, claim) in array(&spec["volumeClaimTemplates"]).iter().enumerate() {
        let path = format!("spec.volumeClaimTemplates[{index}]");
        if text(&claim["metadata"]["name"]).is_empty() {
            wrong.required(format!("{path}.metadata.name"), "");
        }
        storage::claim(&claim["spec"], &format!("{path}.spec"), wrong);
    }
    for field in ["replicas", "minReadySeconds"] {
        numbers::not_negative(spec, field, "spec", wrong);
    }
    let service = text(&spec["serviceName"]);
    if !service.is_empty() {
        for detail in names::label(service) {
            wrong.invalid_text("spec.serviceName", service, &detail);
        }
    }
    selectors::check_own(spec, "statefulset", wrong);
    let claims: Vec<String> = array(&spec["volumeClaimTemplates"])
        .iter()
        .map(|claim| text(&claim["metadata"]["name"]).to_owned())
        .collect();
    check_template(spec, &claims, "StatefulSet", wrong);
}

/// Checks the specification of a DaemonSet.
pub fn daemon_set(spec: &Value, wrong: &mut Causes) {
    selectors::check_own(spec, "daemonset", wrong);
    check_template(spec, &[], "DaemonSet", wrong);
    for field in ["minReadySeconds", "revisionHistoryLimit"] {
        numbers::not_negative(spec, field, "spec", wrong);
    }
    let strategy = &spec["updateStrategy"];
    match text(&strategy["type"]) {
        "OnDelete" => {}
        "RollingUpdate" => {
            const PATH: &str = "spec.updateStrategy.rollingUpdate";
            let rolling = &strategy["rollingUpdate"];
            for field in ["maxUnavailable", "maxSurge"] {
                numbers::count_or_percent(&rolling[field], &format!("{PATH}.{field}"), wrong);
                numbers::at_most_all(&rolling[field], &format!("{PATH}.{field}"), wrong);
            }
            let unavailable = !numbers::is_zero(&rolling["maxUnavailable"]);
            let surge = !numbers::is_zero(&rolling["maxSurge"]);
            if unavailable && surge {
                let detail = "may not be set when maxUnavailable is non-zero";
                wrong.invalid(format!("{PATH}.maxSurge"), &rolling["maxSurge"], detail);
            } else if !unavailable && !surge {
                wrong.required(format!("{PATH}.maxUnavailable"), "cannot be 0 when maxSurge is 0");
            }
        }
        other => {
            let value = if other.is_empty() { "" } else { other };
            wrong.unsupported("spec.updateStrategy.type", value, &["RollingUpdate", "OnDelete"]);
        }
    }
}

fn check_deployment_strategy(strategy: &Value, wrong: &mut Causes) {
    const PATH: &str = "spec.strategy.rollingUpdate";
    match text(&strategy["type"]) {
        "Recreate" if !strategy["rollingUpdate"].is_null() => {
            wrong.forbidden(PATH, "may not be specified when strategy `type` is 'Recreate'");
        }
        "Recreate" => {}
        "RollingUpdate" => {
            let rolling = &strategy["rollingUpdate"];
            for field in ["maxUnavailable", "maxSurge"] {
                numbers::count_or_percent(&rolling[field], &format!("{PATH}.{field}"), wrong);
            }
            if numbers::is_zero(&rolling["maxUnavailable"]) && numbers::is_zero(&rolling["maxSurge"]) {
                let detail = "may not be 0 when `maxSurge` is 0";
                wrong.invalid(format!("{PATH}.maxUnavailable"), &rolling["maxUnavailable"], detail);
            }
            numbers::at_most_all(&rolling["maxUnavailable"], &format!("{PATH}.maxUnavailable"), wrong);
        }
        _ => wrong.unsupported_value("spec.strategy", strategy, &["Recreate", "RollingUpdate"]),
    }
}

/// Checks a template whose pods are to run for good, and are given these volumes besides.
fn check_template(spec: &Value, volumes: &[String], workload: &str, wrong: &mut Causes) {
    const PATH: &str = "spec.template";
    super::metadata::check_template(&spec["template"]["metadata"], &format!("{PATH}.metadata"), wrong);
    let pods = &spec["template"]["spec"];
    pods::check_with(pods, volumes, &format!("{PATH}.spec"), wrong);
    if pods["restartPolicy"] != "Always" {
        wrong.unsupported_value(
            format!("{PATH}.spec.restartPolicy"),
            &json!(text(&pods["restartPolicy"])),
            &["Always"],
        );
    }
    if !pods["activeDeadlineSeconds"].is_null() {
        let detail = format!("activeDeadlineSeconds in {workload} is not Supported");
        wrong.forbidden(format!("{PATH}.spec.activeDeadlineSeconds"), &detail);
    }
}
