//! Namespaces with their quotas, and nodes.

use serde_json::{Value, json};

use super::description::{
    ContainerLimits, NamespaceDescription, NodeDescription, QuotaDescription, milliseconds,
};
use super::manifests::{applied, metadata};
use crate::demo::random::{Random, digest};
use crate::platform::time::Instant;

/// A namespace.
pub fn namespace(description: &NamespaceDescription, now: Instant, random: &mut Random) -> Value {
    let created = now.plus_millis(-milliseconds(&description.age));
    let mut labels = json!({"kubernetes.io/metadata.name": description.name});
    if let Some(environment) = &description.environment {
        labels["environment"] = json!(environment);
    }
    if let Some(team) = &description.team {
        labels["team"] = json!(team);
    }
    if let Some(exposure) = &description.exposure {
        labels["exposure"] = json!(exposure);
    }
    for (mode, level) in [("enforce", &description.pod_security), ("warn", &description.warned_security)] {
        if let Some(level) = level {
            labels[format!("pod-security.kubernetes.io/{mode}")] = json!(level);
            labels[format!("pod-security.kubernetes.io/{mode}-version")] = json!("latest");
        }
    }
    let metadata = metadata("", &description.name, created, labels, random);
    let namespace = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": metadata,
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    });
    applied(namespace, "kubectl-create", created)
}

/// The quota of a namespace.
pub fn quota(namespace: &str, quota: &QuotaDescription, created: Instant, random: &mut Random) -> Value {
    let metadata =
        metadata(namespace, "compute", created, json!({"app.kubernetes.io/managed-by": "Helm"}), random);
    let mut hard = json!({
        "requests.cpu": quota.cpu,
        "requests.memory": quota.memory,
        "limits.cpu": quota.cpu_limits,
        "limits.memory": quota.memory_limits,
        "pods": quota.pods.to_string(),
    });
    for (name, count) in [("services", quota.services), ("persistentvolumeclaims", quota.claims)] {
        if let Some(count) = count {
            hard[name] = json!(count.to_string());
        }
    }
    let object = json!({
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": metadata,
        "spec": {"hard": hard},
        "status": {"hard": hard, "used": {}},
    });
    applied(object, "helm", created)
}

/// The limit range of a namespace.
pub fn limit_range(
    namespace: &str,
    limits: &ContainerLimits,
    created: Instant,
    random: &mut Random,
) -> Value {
    let metadata =
        metadata(namespace, "containers", created, json!({"app.kubernetes.io/managed-by": "Helm"}), random);
    let object = json!({
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": metadata,
        "spec": {"limits": [{
            "type": "Container",
            "defaultRequest": {"cpu": limits.cpu, "memory": limits.memory},
            "default": {"cpu": limits.cpu_limit, "memory": limits.memory_limit},
            "max": {"cpu": limits.most_cpu, "memory": limits.most_memory},
        }]},
    });
    applied(object, "helm", created)
}

/// A node; `index` gives it its addresses, `pods` is how many it takes.
pub fn node(
    description: &NodeDescription,
    index: usize,
    pods: u32,
    now: Instant,
    random: &mut Random,
) -> Value {
    let created = now.plus_millis(-milliseconds(&description.age));
    let control = description.pool == "control-plane";
    let name = &description.name;
    let instance = format!("c{}.{}g", description.cpu, description.memory_gib);
    let mut labels = json!({
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": name,
        "node.kubernetes.io/instance-type": instance,
        "node.kubernetes.io/pool": description.pool,
        "topology.kubernetes.io/region": "fra1",
        "topology.kubernetes.io/zone": description.zone,
    });
    let mut taints = Vec::new();
    if control {
        labels["node-role.kubernetes.io/control-plane"] = json!("");
        taints.push(json!({"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}));
    } else {
        labels["node-role.kubernetes.io/worker"] = json!("");
    }
    if matches!(description.pool.as_str(), "data" | "load") {
        taints.push(json!({"key": "dedicated", "value": description.pool, "effect": "NoSchedule"}));
    }
    let mut spec = json!({
        "podCIDR": pod_network(index),
        "podCIDRs": [pod_network(index)],
        "providerID": format!("openstack:///{}", random.uid()),
    });
    if description.cordoned {
        let since = now.plus_millis(-milliseconds("44m"));
        taints.push(json!({
            "key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": since.rfc3339(),
        }));
        spec["unschedulable"] = json!(true);
    }
    if !taints.is_empty() {
        spec["taints"] = json!(taints);
    }
    let memory_kib = description.memory_gib * 1024 * 1024;
    let amounts = |cpu: String, memory: i64| {
        json!({
            "cpu": cpu,
            "memory": format!("{memory}Ki"),
            "ephemeral-storage": "101430960Ki",
            "hugepages-1Gi": "0",
            "hugepages-2Mi": "0",
            "pods": pods.to_string(),
        })
    };
    let condition = |kind: &str, holds: bool, reason: &str, message: &str| {
        json!({
            "type": kind,
            "status": if holds { "True" } else { "False" },
            "lastHeartbeatTime": now.plus_millis(-40_000).rfc3339(),
            "lastTransitionTime": created.plus_millis(60_000).rfc3339(),
            "reason": reason,
            "message": message,
        })
    };
    let object = json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "uid": random.uid(),
            "creationTimestamp": created.rfc3339(),
            "labels": labels,
            "annotations": {
                "node.alpha.kubernetes.io/ttl": "0",
                "volumes.kubernetes.io/controller-managed-attach-detach": "true",
            },
        },
        "spec": spec,
        "status": {
            "capacity": amounts(description.cpu.to_string(), memory_kib),
            "allocatable": amounts(format!("{}m", description.cpu * 1000 - 80), memory_kib - 614_400),
            "conditions": [
                condition("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                condition("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                condition("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                condition("Ready", true, "KubeletReady", "kubelet is posting ready status"),
            ],
            "addresses": [
                {"type": "InternalIP", "address": address(index)},
                {"type": "Hostname", "address": name},
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "machineID": random.hex(16),
                "systemUUID": random.uid(),
                "bootID": random.uid(),
                "kernelVersion": "6.18.9-talos",
                "osImage": "Talos (v1.13.2)",
                "containerRuntimeVersion": "containerd://2.2.1",
                "kubeletVersion": "v1.36.2",
                "kubeProxyVersion": "",
                "operatingSystem": "linux",
                "architecture": "amd64",
            },
            "images": [
                {"names": [format!("registry.k8s.io/pause@sha256:{}", digest("pause")), "registry.k8s.io/pause:3.10"], "sizeBytes": 320_368},
            ],
        },
    });
    applied(object, "kubelet", created)
}

/// The node's own address.
fn address(index: usize) -> String {
    format!("10.20.{}.{}", index / 200, 11 + index % 200)
}

/// The network of the node's pods.
fn pod_network(index: usize) -> String {
    format!("10.{}.{}.0/24", 128 + index / 256, index % 256)
}
