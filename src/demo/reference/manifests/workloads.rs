//! Workloads, and what scales and protects them.

use serde_json::{Value, json};

use super::super::description::{
    AutoscalerDescription, CronDescription, PriorityClassDescription, WorkloadDescription,
};
use super::{selector, template};
use crate::platform::time::Instant;

/// A deployment.
pub fn deployment(workload: &WorkloadDescription, metadata: Value) -> Value {
    let strategy = if workload.recreate {
        json!({"type": "Recreate"})
    } else {
        json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}})
    };
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "replicas": workload.replicas,
            "selector": {"matchLabels": selector(workload)},
            "template": template(workload, &workload.image),
            "strategy": strategy,
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
        },
    })
}

/// A stateful set.
pub fn stateful_set(workload: &WorkloadDescription, metadata: Value) -> Value {
    let mut spec = json!({
        "replicas": workload.replicas,
        "selector": {"matchLabels": selector(workload)},
        "template": template(workload, &workload.image),
        "serviceName": format!("{}-headless", workload.name),
        "podManagementPolicy": if workload.parallel { "Parallel" } else { "OrderedReady" },
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        "revisionHistoryLimit": 10,
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    });
    if let Some(size) = &workload.storage {
        spec["volumeClaimTemplates"] = json!([{
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data"},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": size}},
                "storageClassName": workload.storage_class.as_deref().unwrap_or("fast-ssd"),
                "volumeMode": "Filesystem",
            },
            "status": {"phase": "Pending"},
        }]);
    }
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": spec})
}

/// A daemon set.
pub fn daemon_set(workload: &WorkloadDescription, metadata: Value) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": metadata,
        "spec": {
            "selector": {"matchLabels": selector(workload)},
            "template": template(workload, &workload.image),
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
            "revisionHistoryLimit": 10,
        },
    })
}

/// The template of a job's pods.
fn job_template(workload: &WorkloadDescription) -> Value {
    let mut template = template(workload, &workload.image);
    template["spec"]["restartPolicy"] = json!("OnFailure");
    template
}

/// Something that runs at times, and last did then.
pub fn cron_job(cron: &CronDescription, metadata: Value, last: Instant, ended: Instant) -> Value {
    let template = job_template(&cron.workload());
    json!({
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": metadata,
        "spec": {
            "schedule": cron.schedule,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 600,
            "suspend": false,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 1,
            "jobTemplate": {
                "metadata": {"labels": template["metadata"]["labels"]},
                "spec": {"backoffLimit": 2, "template": template},
            },
        },
        "status": {"lastScheduleTime": last.rfc3339(), "lastSuccessfulTime": ended.rfc3339()},
    })
}

/// A job that has run to its end; its uid tells its pods from other jobs'.
pub fn job(workload: &WorkloadDescription, metadata: Value, started: Instant, ended: Instant) -> Value {
    let mut template = job_template(workload);
    let own = json!({"batch.kubernetes.io/controller-uid": metadata["uid"]});
    for (key, value) in [
        ("batch.kubernetes.io/controller-uid", &metadata["uid"]),
        ("batch.kubernetes.io/job-name", &metadata["name"]),
        ("controller-uid", &metadata["uid"]),
        ("job-name", &metadata["name"]),
    ] {
        template["metadata"]["labels"][key] = value.clone();
    }
    let condition = |kind: &str| {
        json!({
            "type": kind,
            "status": "True",
            "reason": "CompletionsReached",
            "message": "Reached expected number of succeeded pods",
            "lastProbeTime": ended.rfc3339(),
            "lastTransitionTime": ended.rfc3339(),
        })
    };
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": {
            "parallelism": 1,
            "completions": 1,
            "backoffLimit": 2,
            "completionMode": "NonIndexed",
            "suspend": false,
            "manualSelector": false,
            "podReplacementPolicy": "TerminatingOrFailed",
            "selector": {"matchLabels": own},
            "template": template,
        },
        "status": {
            "conditions": [condition("SuccessCriteriaMet"), condition("Complete")],
            "startTime": started.rfc3339(),
            "completionTime": ended.rfc3339(),
            "succeeded": 1,
            "ready": 0,
            "terminating": 0,
            "uncountedTerminatedPods": {},
        },
    })
}

/// The autoscaler of a deployment.
pub fn autoscaler(
    workload: &WorkloadDescription,
    autoscaler: &AutoscalerDescription,
    metadata: Value,
) -> Value {
    json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata,
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": workload.name},
            "minReplicas": autoscaler.min,
            "maxReplicas": autoscaler.max,
            "metrics": [{
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": autoscaler.target}},
            }],
        },
        "status": {"currentReplicas": workload.replicas, "desiredReplicas": workload.replicas},
    })
}

/// The disruption budget of a workload.
pub fn budget(workload: &WorkloadDescription, kept: i32, metadata: Value) -> Value {
    json!({
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata,
        "spec": {"minAvailable": kept, "selector": {"matchLabels": selector(workload)}},
        "status": {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0},
    })
}

/// An importance that pods can have.
pub fn priority_class(class: &PriorityClassDescription, metadata: Value) -> Value {
    json!({
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": metadata,
        "value": class.value,
        "description": class.description,
        "preemptionPolicy": if class.never_preempts { "Never" } else { "PreemptLowerPriority" },
    })
}
