//! The manifests of the reference platform's objects, as a person would have applied them.

use serde_json::{Value, json};

use super::description::{AutoscalerDescription, WorkloadDescription};
use crate::demo::managed_fields;
use crate::demo::random::Random;
use crate::platform::time::Instant;

/// The parts of a workload's `resources`.
struct Amounts {
    cpu: (String, String),
    memory: (String, String),
}

fn amounts(text: &str) -> Amounts {
    let pair = |text: &str| {
        let (request, limit) = text.trim().split_once('/').unwrap_or((text, text));
        (request.to_owned(), limit.to_owned())
    };
    let (cpu, memory) = text.split_once(',').unwrap_or((text, "128Mi/256Mi"));
    Amounts { cpu: pair(cpu), memory: pair(memory) }
}

/// The tag of an image.
pub fn tag(image: &str) -> &str {
    image.rsplit_once(':').map_or("latest", |(_, tag)| tag)
}

/// The same image with another tag.
pub fn retag(image: &str, tag: &str) -> String {
    image
        .rsplit_once(':')
        .map_or_else(|| format!("{image}:{tag}"), |(repository, _)| format!("{repository}:{tag}"))
}

/// A label value can't have every letter of a tag.
fn version_label(image: &str) -> String {
    tag(image).trim_start_matches('v').chars().take(63).collect()
}

/// The labels by which a workload selects its pods.
pub fn selector(workload: &WorkloadDescription) -> Value {
    json!({"app.kubernetes.io/name": workload.name, "app.kubernetes.io/instance": instance(workload)})
}

fn instance(workload: &WorkloadDescription) -> String {
    format!("{}-{}", workload.name, workload.namespace)
}

/// All labels of a workload.
pub fn labels(workload: &WorkloadDescription, image: &str) -> Value {
    json!({
        "app.kubernetes.io/name": workload.name,
        "app.kubernetes.io/instance": instance(workload),
        "app.kubernetes.io/component": workload.component,
        "app.kubernetes.io/part-of": workload.part_of.as_deref().unwrap_or(&workload.name),
        "app.kubernetes.io/version": version_label(image),
        "app.kubernetes.io/managed-by": "Helm",
        "helm.sh/chart": format!("{}-4.2.0", workload.name),
    })
}

/// The metadata of an object.
pub fn metadata(namespace: &str, name: &str, created: Instant, labels: Value, random: &mut Random) -> Value {
    let mut metadata = json!({
        "name": name,
        "uid": random.uid(),
        "creationTimestamp": created.rfc3339(),
        "generation": 1,
        "labels": labels,
    });
    if !namespace.is_empty() {
        metadata["namespace"] = json!(namespace);
    }
    metadata
}

/// Adds the managed fields of the manager that applied the object.
pub fn applied(mut object: Value, manager: &str, at: Instant) -> Value {
    let fields = managed_fields::owned_fields(&object, false);
    let api_version = object["apiVersion"].as_str().unwrap_or("v1").to_owned();
    object["metadata"]["managedFields"] =
        json!([managed_fields::entry(manager, &api_version, "", at, fields)]);
    object
}

/// The template of a workload's pods, with this image in its first container.
pub fn template(workload: &WorkloadDescription, image: &str) -> Value {
    let mut containers = vec![main_container(workload, image)];
    containers.extend(workload.sidecars.iter().map(|image| sidecar(image)));
    let short = |image: &str| {
        let path = image.rsplit_once(':').map_or(image, |(path, _)| path);
        path.rsplit('/').next().unwrap_or(path).to_owned()
    };
    let init: Vec<Value> = workload
        .init
        .iter()
        .map(|image| {
            let own = short(image) == workload.name;
            json!({
                "name": if own { "migrate".to_owned() } else { short(image) },
                "image": image,
                "command": if own { json!(["node", "dist/migrate.js", "--wait-for-lock"]) } else { Value::Null },
                "args": if own { Value::Null } else { json!(["--timeout=300s"]) },
                "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "256Mi"}},
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
                "imagePullPolicy": "IfNotPresent",
            })
        })
        .collect();
    let mut volumes = vec![
        json!({"name": "config", "configMap": {"name": format!("{}-config", workload.name), "defaultMode": 420}}),
        json!({"name": "tmp", "emptyDir": {}}),
    ];
    if workload.everywhere {
        volumes.push(json!({"name": "host-root", "hostPath": {"path": "/", "type": "Directory"}}));
    }
    let mut spec = json!({
        "serviceAccountName": workload.name,
        "serviceAccount": workload.name,
        "containers": containers,
        "volumes": volumes,
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": if workload.everywhere { "ClusterFirstWithHostNet" } else { "ClusterFirst" },
        "securityContext": {"runAsNonRoot": !workload.everywhere, "fsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
        "schedulerName": "default-scheduler",
    });
    if !init.is_empty() {
        spec["initContainers"] = json!(init);
    }
    if let Some(pool) = &workload.pool {
        spec["nodeSelector"] = json!({"node.kubernetes.io/pool": pool});
        spec["tolerations"] =
            json!([{"key": "dedicated", "operator": "Equal", "value": pool, "effect": "NoSchedule"}]);
    }
    if workload.everywhere {
        spec["hostNetwork"] = json!(true);
        spec["priorityClassName"] = json!("system-node-critical");
        spec["priority"] = json!(2_000_001_000);
        spec["tolerations"] = json!([{"operator": "Exists"}]);
    }
    if workload.replicas > 1 {
        spec["topologySpreadConstraints"] = json!([{
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": selector(workload)},
        }]);
    }
    let mut annotations = json!({"checksum/config": crate::demo::random::digest(image)});
    if let Some(port) = workload.port {
        annotations["prometheus.io/scrape"] = json!("true");
        annotations["prometheus.io/port"] = json!(port.to_string());
        annotations["prometheus.io/path"] = json!("/metrics");
    }
    json!({"metadata": {"labels": labels(workload, image), "annotations": annotations}, "spec": spec})
}

fn main_container(workload: &WorkloadDescription, image: &str) -> Value {
    let amounts = amounts(&workload.resources);
    let mut mounts = vec![
        json!({"name": "config", "mountPath": "/etc/app", "readOnly": true}),
        json!({"name": "tmp", "mountPath": "/tmp"}),
    ];
    if workload.storage.is_some() {
        mounts.push(json!({"name": "data", "mountPath": "/var/lib/data"}));
    }
    if workload.everywhere {
        mounts.push(json!({"name": "host-root", "mountPath": "/host", "readOnly": true, "mountPropagation": "HostToContainer"}));
    }
    let secret = |name: &str, key: &str| json!({"name": name, "valueFrom": {"secretKeyRef": {"name": format!("{}-secrets", workload.name), "key": key}}});
    let field = |name: &str, path: &str| json!({"name": name, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": path}}});
    let mut container = json!({
        "name": workload.name,
        "image": image,
        "env": [
            {"name": "APP_ENVIRONMENT", "value": workload.namespace},
            {"name": "APP_COMPONENT", "value": workload.component},
            {"name": "LOG_LEVEL", "value": "info"},
            {"name": "LOG_FORMAT", "value": "json"},
            {"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://otel-collector.monitoring.svc:4317"},
            {"name": "OTEL_SERVICE_NAME", "value": workload.name},
            field("POD_NAME", "metadata.name"),
            field("POD_NAMESPACE", "metadata.namespace"),
            field("NODE_NAME", "spec.nodeName"),
            secret("DATABASE_URL", "database-url"),
            secret("REDIS_URL", "redis-url"),
        ],
        "envFrom": [{"configMapRef": {"name": format!("{}-env", workload.name), "optional": true}}],
        "resources": {
            "requests": {"cpu": amounts.cpu.0, "memory": amounts.memory.0},
            "limits": {"cpu": amounts.cpu.1, "memory": amounts.memory.1},
        },
        "volumeMounts": mounts,
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"]},
        },
    });
    if let Some(port) = workload.port {
        let probe = |path: &str, delay: i32, failures: i32| {
            json!({
                "httpGet": {"path": path, "port": "http", "scheme": "HTTP"},
                "initialDelaySeconds": delay,
                "timeoutSeconds": 2,
                "periodSeconds": 10,
                "successThreshold": 1,
                "failureThreshold": failures,
            })
        };
        container["ports"] = json!([
            {"name": "http", "containerPort": port, "protocol": "TCP"},
            {"name": "metrics", "containerPort": 9464, "protocol": "TCP"},
        ]);
        container["livenessProbe"] = probe("/healthz", 15, 3);
        container["readinessProbe"] = probe("/readyz", 5, 3);
        container["startupProbe"] = probe("/healthz", 0, 30);
        container["lifecycle"] = json!({"preStop": {"exec": {"command": ["/bin/sh", "-c", "sleep 5"]}}});
    }
    container
}

fn sidecar(image: &str) -> Value {
    let path = image.rsplit_once(':').map_or(image, |(path, _)| path);
    let name = path.rsplit('/').next().unwrap_or(path).replace('_', "-");
    json!({
        "name": name,
        "image": image,
        "args": ["--log.format=json", "--web.listen-address=:9187"],
        "ports": [{"name": "sidecar", "containerPort": 9187, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "256Mi"}},
        "volumeMounts": [{"name": "config", "mountPath": "/etc/app", "readOnly": true}],
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
    })
}

/// A deployment.
pub fn deployment(workload: &WorkloadDescription, metadata: Value) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "replicas": workload.replicas,
            "selector": {"matchLabels": selector(workload)},
            "template": template(workload, &workload.image),
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
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
        "podManagementPolicy": "OrderedReady",
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
                "storageClassName": "fast-ssd",
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

/// A job that has run to its end.
pub fn job(workload: &WorkloadDescription, metadata: Value, started: Instant, ended: Instant) -> Value {
    let mut template = template(workload, &workload.image);
    template["spec"]["restartPolicy"] = json!("OnFailure");
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
            "selector": {"matchLabels": selector(workload)},
            "template": template,
        },
        "status": {
            "conditions": [{
                "type": "Complete",
                "status": "True",
                "reason": "CompletionsReached",
                "message": "Reached expected number of succeeded pods",
                "lastProbeTime": ended.rfc3339(),
                "lastTransitionTime": ended.rfc3339(),
            }],
            "startTime": started.rfc3339(),
            "completionTime": ended.rfc3339(),
            "succeeded": 1,
            "ready": 0,
            "terminating": 0,
        },
    })
}

/// The service of a workload with a port.
pub fn service(workload: &WorkloadDescription, port: u16, metadata: Value, random: &mut Random) -> Value {
    let address = format!("10.96.{}.{}", random.below(255), random.between(2, 250));
    let kind = workload.service.as_deref().unwrap_or("ClusterIP");
    let mut service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "ports": [{"name": "http", "protocol": "TCP", "port": port, "targetPort": "http"}],
            "selector": selector(workload),
            "clusterIP": address,
            "clusterIPs": [address],
            "type": kind,
            "sessionAffinity": "None",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
        "status": {"loadBalancer": {}},
    });
    if kind == "LoadBalancer" {
        service["status"] = json!({"loadBalancer": {"ingress": [{"ip": "203.0.113.24", "ipMode": "VIP"}]}});
        service["spec"]["externalTrafficPolicy"] = json!("Local");
    }
    service
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
