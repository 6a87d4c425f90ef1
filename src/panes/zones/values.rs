//! A zone with typed values, for `snapshot`.

use serde_json::{Map, Value, json};

use super::survey::Survey;
use crate::picture::Severity;

/// The zone at that place of the survey.
pub(super) fn typed(survey: &Survey, index: usize) -> Map<String, Value> {
    let zone = &survey.zones()[index];
    let allocatable = survey.allocatable();
    let namespaces: Vec<&str> = zone.namespaces.iter().map(|name| &**name).collect();
    let severity = zone.worst.as_ref().map(|worst| match worst.severity {
        Severity::Bad => "bad",
        Severity::Warning => "warning",
        Severity::Busy => "busy",
    });
    let values = json!({
        "zone": zone.name,
        "exposure": (!zone.exposure.is_empty()).then_some(zone.exposure),
        "namespaces": namespaces,
        "environments": survey.environments(index),
        "workloads_healthy": zone.workloads.healthy,
        "workloads_progressing": zone.workloads.progressing,
        "workloads_degraded": zone.workloads.degraded,
        "workloads_down": zone.workloads.down,
        "workloads_idle": zone.workloads.idle,
        "pods_ready": zone.pods.ready,
        "pods_starting": zone.pods.starting,
        "pods_not_ready": zone.pods.not_ready,
        "pods_failing": zone.pods.failing,
        "pods_unknown": zone.pods.unknown,
        "pods_terminating": zone.pods.terminating,
        "pods_done": zone.pods.done,
        "restarts_since_start": zone.restarts,
        "autoscalers": zone.autoscalers,
        "autoscalers_at_limit": zone.autoscalers_at_limit,
        "cpu_requested_millicores": zone.requested.cpu.0,
        "cpu_allocatable_millicores": allocatable.cpu.0,
        "memory_requested_bytes": zone.requested.memory.0,
        "memory_allocatable_bytes": allocatable.memory.0,
        "severity": severity,
        "worst": zone.worst.as_ref().map(|worst| worst.text.as_str()),
    });
    match values {
        Value::Object(values) => values,
        _ => Map::new(),
    }
}
