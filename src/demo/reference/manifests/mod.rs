//! The manifests of the reference platform's objects, as people and pipelines have applied them.

mod configuration;
mod network;
mod pods;
mod storage;
mod workloads;

use serde_json::{Value, json};

use super::description::WorkloadDescription;
use crate::demo::random::Random;
use crate::platform::time::Instant;

pub use configuration::{config_map, own_config, pull_secret, secret, service_account, token};
pub use network::{default_deny, headless_service, ingress, network_policy, primary_services, service};
pub use pods::template;
pub use storage::{claim, storage_class, volume};
pub use workloads::{
    autoscaler, budget, cron_job, daemon_set, deployment, job, priority_class, stateful_set,
};

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

/// The last part of an image's path.
fn short_name(image: &str) -> &str {
    let path = image.rsplit_once(':').map_or(image, |(path, _)| path);
    path.rsplit('/').next().unwrap_or(path)
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
        "labels": labels,
    });
    if !namespace.is_empty() {
        metadata["namespace"] = json!(namespace);
    }
    metadata
}

/// The metadata of an object whose specification is counted in generations.
pub fn counted_metadata(
    namespace: &str,
    name: &str,
    created: Instant,
    labels: Value,
    random: &mut Random,
) -> Value {
    let mut metadata = metadata(namespace, name, created, labels, random);
    metadata["generation"] = json!(1);
    metadata
}

/// Names the manager who created the object; the builder fills in the fields.
pub fn applied(mut object: Value, manager: &str, at: Instant) -> Value {
    let api_version = object["apiVersion"].as_str().unwrap_or("v1");
    object["metadata"]["managedFields"] = json!([{
        "manager": manager,
        "operation": "Update",
        "apiVersion": api_version,
        "time": at.rfc3339(),
    }]);
    object
}
