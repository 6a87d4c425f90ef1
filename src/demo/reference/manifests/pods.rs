//! The templates of workloads' pods.

use serde_json::{Value, json};

use super::super::description::WorkloadDescription;
use super::{labels, selector, short_name};
use crate::demo::random::digest;

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

/// The template of a workload's pods, with this image in its first container.
pub fn template(workload: &WorkloadDescription, image: &str) -> Value {
    let mut containers = vec![main_container(workload, image)];
    containers.extend(workload.sidecars.iter().map(|image| sidecar(workload, image)));
    let init: Vec<Value> = workload
        .init
        .iter()
        .map(|init| {
            // A workload that prepares itself does so with the image that it then runs.
            let own = short_name(init) == short_name(image);
            init_container(workload, if own { image } else { init })
        })
        .collect();
    let host = workload.host;
    let mut spec = json!({
        "serviceAccountName": workload.name,
        "serviceAccount": workload.name,
        "containers": containers,
        "volumes": volumes(workload),
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": if host { "ClusterFirstWithHostNet" } else { "ClusterFirst" },
        "securityContext": security(workload),
        "schedulerName": "default-scheduler",
    });
    if !init.is_empty() {
        spec["initContainers"] = json!(init);
    }
    if let Some(secret) = &workload.pull_secret {
        spec["imagePullSecrets"] = json!([{"name": secret}]);
    }
    if host {
        spec["hostNetwork"] = json!(true);
    }
    if let Some(priority) = &workload.priority {
        spec["priorityClassName"] = json!(priority);
    }
    place(workload, &mut spec);
    let mut annotations = json!({"checksum/config": digest(&format!("{} config", workload.name))});
    if let Some(port) = workload.metrics_port.or(workload.port) {
        annotations["prometheus.io/scrape"] = json!("true");
        annotations["prometheus.io/port"] = json!(port.to_string());
        annotations["prometheus.io/path"] = json!("/metrics");
    }
    json!({"metadata": {"labels": labels(workload, image), "annotations": annotations}, "spec": spec})
}

/// Where the pods may go.
fn place(workload: &WorkloadDescription, spec: &mut Value) {
    if let Some(pool) = &workload.pool {
        spec["nodeSelector"] = json!({"node.kubernetes.io/pool": pool});
        spec["tolerations"] =
            json!([{"key": "dedicated", "operator": "Equal", "value": pool, "effect": "NoSchedule"}]);
    }
    if workload.everywhere {
        spec["tolerations"] = json!([{"operator": "Exists"}]);
    }
    let own = json!({"matchLabels": selector(workload)});
    if workload.apart {
        spec["affinity"] = json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"labelSelector": own, "topologyKey": "kubernetes.io/hostname"},
        ]}});
    } else if workload.replicas > 1 {
        spec["topologySpreadConstraints"] = json!([{
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": own,
        }]);
    }
}

fn security(workload: &WorkloadDescription) -> Value {
    if workload.host {
        return json!({});
    }
    let user = workload.user.unwrap_or(1000);
    json!({"runAsNonRoot": true, "runAsUser": user, "fsGroup": user, "seccompProfile": {"type": "RuntimeDefault"}})
}

fn volumes(workload: &WorkloadDescription) -> Vec<Value> {
    let config = config_name(workload);
    let mut volumes = vec![
        json!({"name": "config", "configMap": {"name": config, "defaultMode": 420}}),
        json!({"name": "tmp", "emptyDir": {}}),
    ];
    if let Some(secret) = &workload.secret {
        volumes.push(json!({"name": "secret", "secret": {"secretName": secret, "defaultMode": 420}}));
    }
    if workload.host {
        volumes.push(json!({"name": "host-root", "hostPath": {"path": "/", "type": "Directory"}}));
    }
    volumes
}

/// The name of the ConfigMap that a workload mounts.
pub fn config_name(workload: &WorkloadDescription) -> String {
    workload.config.clone().unwrap_or_else(|| format!("{}-config", workload.name))
}

/// The variable and the secret's key for something that a workload needs, where that comes with credentials.
pub fn credential(need: &str) -> Option<(&'static str, &'static str)> {
    match need {
        "postgresql" => Some(("DATABASE_URL", "database-url")),
        "redis" => Some(("REDIS_URL", "redis-url")),
        "rabbitmq" => Some(("BROKER_URL", "broker-url")),
        "minio" => Some(("S3_SECRET_ACCESS_KEY", "s3-secret-access-key")),
        _ => None,
    }
}

fn environment(workload: &WorkloadDescription) -> Vec<Value> {
    let field = |name: &str, path: &str| json!({"name": name, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": path}}});
    let mut environment: Vec<Value> =
        workload.env.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    for need in &workload.needs {
        match credential(need) {
            Some((variable, key)) => environment.push(json!({"name": variable, "valueFrom": {"secretKeyRef": {"name": format!("{}-secrets", workload.name), "key": key}}})),
            None => {
                let variable = format!("{}_URL", need.to_uppercase().replace('-', "_"));
                environment.push(json!({"name": variable, "value": format!("http://{need}.{}.svc", workload.namespace)}));
            }
        }
    }
    environment.extend([
        field("POD_NAME", "metadata.name"),
        field("POD_NAMESPACE", "metadata.namespace"),
        field("NODE_NAME", "spec.nodeName"),
    ]);
    environment
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
    if workload.secret.is_some() {
        mounts.push(json!({"name": "secret", "mountPath": "/etc/secret", "readOnly": true}));
    }
    if workload.host {
        mounts.push(json!({"name": "host-root", "mountPath": "/host", "readOnly": true, "mountPropagation": "HostToContainer"}));
    }
    let mut capabilities = json!({"drop": ["ALL"]});
    if !workload.capabilities.is_empty() {
        capabilities["add"] = json!(workload.capabilities);
    }
    let mut container = json!({
        "name": workload.name,
        "image": image,
        "env": environment(workload),
        "resources": {
            "requests": {"cpu": amounts.cpu.0, "memory": amounts.memory.0},
            "limits": {"cpu": amounts.cpu.1, "memory": amounts.memory.1},
        },
        "volumeMounts": mounts,
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": if workload.host {
            json!({"privileged": true})
        } else {
            json!({"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": capabilities})
        },
    });
    if !workload.args.is_empty() {
        container["args"] = json!(workload.args);
    }
    if let Some(port) = workload.port {
        add_ports(workload, port, &mut container);
        add_probes(workload, &mut container);
        container["lifecycle"] = json!({"preStop": {"exec": {"command": ["/bin/sh", "-c", "sleep 5"]}}});
    }
    container
}

/// The name of a workload's port.
pub fn port_name(workload: &WorkloadDescription) -> &str {
    workload.port_name.as_deref().unwrap_or("http")
}

fn add_ports(workload: &WorkloadDescription, port: u16, container: &mut Value) {
    let protocol = workload.protocol.as_deref().unwrap_or("TCP");
    let mut ports = vec![json!({"name": port_name(workload), "containerPort": port, "protocol": protocol})];
    // A sidecar that exports the metrics has their port itself.
    if let (Some(metrics), true) = (workload.metrics_port, workload.sidecars.is_empty()) {
        ports.push(json!({"name": "metrics", "containerPort": metrics, "protocol": "TCP"}));
    }
    if let Some(probed) = workload.probe_port {
        ports.push(json!({"name": "health", "containerPort": probed, "protocol": "TCP"}));
    }
    if workload.host {
        for port in &mut ports {
            port["hostPort"] = port["containerPort"].clone();
        }
    }
    container["ports"] = json!(ports);
}

fn add_probes(workload: &WorkloadDescription, container: &mut Value) {
    let port = if workload.probe_port.is_some() { "health" } else { port_name(workload) };
    let probe = |path: &str, delay: i32, failures: i32| {
        let mut probe = json!({
            "timeoutSeconds": 2,
            "periodSeconds": 10,
            "successThreshold": 1,
            "failureThreshold": failures,
        });
        if delay > 0 {
            probe["initialDelaySeconds"] = json!(delay);
        }
        if workload.probe.as_deref() == Some("tcp") {
            probe["tcpSocket"] = json!({"port": port});
        } else {
            let scheme = if port == "https" { "HTTPS" } else { "HTTP" };
            probe["httpGet"] = json!({"path": path, "port": port, "scheme": scheme});
        }
        probe
    };
    container["livenessProbe"] = probe("/healthz", 15, 3);
    container["readinessProbe"] = probe("/readyz", 5, 3);
    container["startupProbe"] = probe("/healthz", 0, 30);
    container["startupProbe"]["periodSeconds"] = json!(2);
}

fn sidecar(workload: &WorkloadDescription, image: &str) -> Value {
    let name = short_name(image).replace('_', "-");
    let exporter = name.ends_with("exporter");
    let mut container = json!({
        "name": name,
        "image": image,
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "256Mi"}},
        "volumeMounts": [{"name": "config", "mountPath": "/etc/app", "readOnly": true}],
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}},
    });
    match workload.metrics_port {
        Some(port) if exporter => {
            container["ports"] = json!([{"name": "metrics", "containerPort": port, "protocol": "TCP"}]);
            container["args"] = json!(["--log.format=json", format!("--web.listen-address=:{port}")]);
        }
        _ if name == "thanos" => {
            container["ports"] = json!([
                {"name": "grpc", "containerPort": 10901, "protocol": "TCP"},
                {"name": "sidecar", "containerPort": 10902, "protocol": "TCP"},
            ]);
            container["args"] =
                json!(["sidecar", "--prometheus.url=http://localhost:9090", "--tsdb.path=/var/lib/data"]);
        }
        _ => container["args"] = json!(["--log.format=json"]),
    }
    container
}

fn init_container(workload: &WorkloadDescription, image: &str) -> Value {
    let own = short_name(image) == workload.name;
    let mut container = json!({
        "name": if own { "migrate" } else { short_name(image) },
        "image": image,
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "256Mi"}},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}},
    });
    if own {
        container["command"] = json!(["node", "dist/migrate.js", "--wait-for-lock"]);
        container["env"] = json!(environment(workload));
    } else {
        container["args"] = json!(["--timeout=300s"]);
    }
    container
}
