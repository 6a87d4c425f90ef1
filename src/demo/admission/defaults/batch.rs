//! Defaults of jobs and of what makes them.

use serde_json::{Value, json};

use super::pods;
use super::workloads::number;
use crate::demo::admission::json::{default_to, empty};

/// The defaults of a job.
pub fn job(job: &mut Value) {
    let spec = &mut job["spec"];
    pods::template_spec(&mut spec["template"]["spec"]);
    if spec["completions"].is_null() && spec["parallelism"].is_null() {
        spec["completions"] = json!(1);
    }
    number(spec, "parallelism", 1);
    let limit = if spec["backoffLimitPerIndex"].is_null() { 6 } else { i64::from(i32::MAX) };
    number(spec, "backoffLimit", limit);
    default_to(spec, "completionMode", "NonIndexed");
    let replaced = if spec["podFailurePolicy"].is_object() { "Failed" } else { "TerminatingOrFailed" };
    default_to(spec, "podReplacementPolicy", replaced);
    for field in ["suspend", "manualSelector"] {
        if spec[field].is_null() {
            spec[field] = json!(false);
        }
    }
    let labels = spec["template"]["metadata"]["labels"].clone();
    if empty(&job["metadata"]["labels"]) && !empty(&labels) {
        job["metadata"]["labels"] = labels;
    }
}

/// The defaults of a cron job; its jobs get theirs when they are made.
pub fn cron_job(cron_job: &mut Value) {
    let spec = &mut cron_job["spec"];
    let template = &mut spec["jobTemplate"];
    if template["metadata"].is_null() {
        template["metadata"] = json!({});
    }
    let pods = &mut template["spec"]["template"];
    if pods["metadata"].is_null() {
        pods["metadata"] = json!({});
    }
    pods::template_spec(&mut pods["spec"]);
    default_to(spec, "concurrencyPolicy", "Allow");
    if spec["suspend"].is_null() {
        spec["suspend"] = json!(false);
    }
    number(spec, "successfulJobsHistoryLimit", 3);
    number(spec, "failedJobsHistoryLimit", 1);
}
