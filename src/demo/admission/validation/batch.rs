//! The rules for jobs and for what makes them.

use serde_json::Value;

use super::{metadata, numbers, pods, schedules, selectors};
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::text;

/// The longest name of a cron job, whose jobs have eleven letters more.
const CRON_JOB_NAME: usize = 52;

/// Checks the specification of a job.
pub fn job(spec: &Value, wrong: &mut Causes) {
    check(spec, "spec", wrong);
    if spec["selector"].is_null() {
        wrong.required("spec.selector", "");
    } else {
        selectors::check(&spec["selector"], "spec.selector", wrong);
    }
    selectors::check_template(spec, wrong);
}

/// Checks a cron job.
pub fn cron_job(cron_job: &Value, wrong: &mut Causes) {
    let spec = &cron_job["spec"];
    let schedule = text(&spec["schedule"]);
    if schedule.is_empty() {
        wrong.required("spec.schedule", "");
    } else {
        if let Err(detail) = schedules::parse(schedule) {
            wrong.invalid_text("spec.schedule", schedule, &detail);
        }
        if schedule.contains("TZ") {
            let detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
            wrong.invalid_text("spec.schedule", schedule, detail);
        }
    }
    numbers::not_negative(spec, "startingDeadlineSeconds", "spec", wrong);
    if let Some(zone) = spec["timeZone"].as_str() {
        check_zone(zone, wrong);
    }
    let policy = text(&spec["concurrencyPolicy"]);
    if !["Allow", "Forbid", "Replace"].contains(&policy) {
        wrong.unsupported("spec.concurrencyPolicy", policy, &["Allow", "Forbid", "Replace"]);
    }
    check(&spec["jobTemplate"]["spec"], "spec.jobTemplate.spec", wrong);
    for field in ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        numbers::not_negative(spec, field, "spec", wrong);
    }
    let name = text(&cron_job["metadata"]["name"]);
    if name.len() > CRON_JOB_NAME {
        wrong.invalid_text("metadata.name", name, "must be no more than 52 characters");
    }
}

fn check_zone(zone: &str, wrong: &mut Causes) {
    if zone.is_empty() {
        wrong.invalid_text("spec.timeZone", zone, "timeZone must be nil or non-empty string");
    } else if zone.eq_ignore_ascii_case("local") {
        wrong.invalid_text(
            "spec.timeZone",
            zone,
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
        );
    } else if jiff::tz::TimeZone::get(zone).is_err() {
        wrong.invalid_text("spec.timeZone", zone, &format!("unknown time zone {zone}"));
    }
}

fn check(spec: &Value, path: &str, wrong: &mut Causes) {
    for field in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ] {
        numbers::not_negative(spec, field, path, wrong);
    }
    match text(&spec["completionMode"]) {
        "Indexed" if spec["completions"].is_null() => {
            wrong.required(format!("{path}.completions"), "when completion mode is Indexed");
        }
        "Indexed" => {}
        "" | "NonIndexed" => {
            for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
                if !spec[field].is_null() {
                    wrong.invalid(
                        format!("{path}.{field}"),
                        &spec[field],
                        "requires indexed completion mode",
                    );
                }
            }
        }
        other => wrong.unsupported(format!("{path}.completionMode"), other, &["Indexed", "NonIndexed"]),
    }
    let template = &spec["template"];
    metadata::check_template(&template["metadata"], &format!("{path}.template.metadata"), wrong);
    pods::check(&template["spec"], &format!("{path}.template.spec"), wrong);
    let field = format!("{path}.template.spec.restartPolicy");
    match text(&template["spec"]["restartPolicy"]) {
        "" | "Always" => wrong.required(field, "valid values: \"OnFailure\", \"Never\""),
        "OnFailure" | "Never" => {}
        other => wrong.unsupported(field, other, &["Never", "OnFailure"]),
    }
}
