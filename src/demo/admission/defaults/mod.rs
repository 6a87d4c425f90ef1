//! What the server fills in where a client says nothing, as Kubernetes' `pkg/apis/*/v1/defaults.go` has it.

mod autoscalers;
mod batch;
mod core;
mod pods;
mod workloads;

use serde_json::{Value, json};

use super::json::{array, default_to, each, empty, unset};
use crate::demo::store::{Kind, KindInfo};

/// Fills in an object's defaults.
pub fn apply(kind: &KindInfo, object: &mut Value) {
    match kind.stored {
        Kind::Pod => pods::pod(object),
        Kind::Deployment => workloads::deployment(object),
        Kind::ReplicaSet => workloads::replica_set(object),
        Kind::StatefulSet => workloads::stateful_set(object),
        Kind::DaemonSet => workloads::daemon_set(object),
        Kind::Job => batch::job(object),
        Kind::CronJob => batch::cron_job(object),
        Kind::HorizontalPodAutoscaler => autoscalers::autoscaler(object),
        Kind::Service => core::service(object),
        Kind::Secret => default_to(object, "type", "Opaque"),
        Kind::Namespace => core::namespace(object),
        Kind::Endpoints => core::endpoints(object),
        Kind::LimitRange => core::limit_range(object),
        Kind::PersistentVolume => core::volume(object),
        Kind::PersistentVolumeClaim => core::claim(&mut object["spec"]),
        Kind::NetworkPolicy => network_policy(object),
        Kind::IngressClass if object["spec"]["parameters"].is_object() => {
            default_to(&mut object["spec"]["parameters"], "scope", "Cluster");
        }
        Kind::RoleBinding | Kind::ClusterRoleBinding => binding(object),
        Kind::StorageClass => {
            default_to(object, "reclaimPolicy", "Delete");
            default_to(object, "volumeBindingMode", "Immediate");
        }
        Kind::PriorityClass => default_to(object, "preemptionPolicy", "PreemptLowerPriority"),
        Kind::EndpointSlice => endpoint_slice(object),
        _ => {}
    }
}

fn network_policy(policy: &mut Value) {
    for direction in ["/spec/ingress", "/spec/egress"] {
        for rule in each(policy, direction) {
            for port in each(rule, "/ports") {
                default_to(port, "protocol", "TCP");
            }
        }
    }
    let spec = &mut policy["spec"];
    if unset(&spec["podSelector"]) {
        spec["podSelector"] = json!({});
    }
    if empty(&spec["policyTypes"]) {
        let egress = !array(&spec["egress"]).is_empty();
        spec["policyTypes"] = if egress { json!(["Ingress", "Egress"]) } else { json!(["Ingress"]) };
    }
}

fn binding(binding: &mut Value) {
    const GROUP: &str = "rbac.authorization.k8s.io";
    default_to(&mut binding["roleRef"], "apiGroup", GROUP);
    for subject in each(binding, "/subjects") {
        if matches!(subject["kind"].as_str(), Some("User" | "Group")) {
            default_to(subject, "apiGroup", GROUP);
        }
    }
}

fn endpoint_slice(slice: &mut Value) {
    for port in each(slice, "/ports") {
        if port["name"].is_null() {
            port["name"] = json!("");
        }
        default_to(port, "protocol", "TCP");
    }
    for endpoint in each(slice, "/endpoints") {
        if endpoint["conditions"].is_null() {
            endpoint["conditions"] = json!({});
        }
    }
}
