//! Makes pods from templates, complete with what admission and defaulting add to them.

use k8s_pb::api::core::v1::{Container, Pod, PodTemplateSpec};
use k8s_pb::apimachinery::pkg::apis::meta::v1::{FieldsV1, ManagedFieldsEntry, ObjectMeta, OwnerReference};
use prost::Message as _;
use serde_json::{Value, json};

use crate::demo::fields;
use crate::demo::objects::{pod_status, set_pod_condition, text, time};
use crate::demo::random::Random;
use crate::demo::reference::{Fault, Faults};
use crate::demo::wire::{Schema, WireError};
use crate::platform::time::Instant;

/// A template prepared for making many pods: only what tells one pod from another is left to fill in.
#[derive(Debug, Clone)]
pub struct PodMould {
    pod: Pod,
}

/// What tells one pod from another.
#[derive(Debug, Clone)]
pub struct PodIdentity {
    /// Its name.
    pub name: String,
    /// When it is created.
    pub created: Instant,
}

impl PodMould {
    /// Prepares the template of `owner`, whose pods are in `namespace`.
    pub fn new(
        schema: &Schema,
        template: &PodTemplateSpec,
        namespace: &str,
        owner: OwnerReference,
        manager: &str,
    ) -> Result<Self, WireError> {
        let labels = template.metadata.clone().unwrap_or_default();
        let mut spec = template.spec.clone().unwrap_or_default();
        spec.preemption_policy.get_or_insert_with(|| "PreemptLowerPriority".to_owned());
        spec.priority.get_or_insert(0);
        spec.enable_service_links.get_or_insert(true);
        let generate_name = owner.name.as_ref().map(|name| format!("{name}-"));
        let metadata = ObjectMeta {
            generate_name,
            namespace: text(namespace),
            generation: Some(1),
            labels: labels.labels,
            annotations: labels.annotations,
            owner_references: vec![owner],
            ..ObjectMeta::default()
        };
        let mut pod = Pod { metadata: Some(metadata), spec: Some(spec), status: None };
        let id = schema.find("core.v1.Pod")?;
        let json = schema.object_json(id, "v1", "Pod", &pod.encode_to_vec())?;
        let json: Value = serde_json::from_slice(&json).unwrap_or_default();
        let fields = fields::created_fields(schema, id, &json).encode();
        add_service_account_volume(schema, &mut pod)?;
        let metadata = pod.metadata.get_or_insert_default();
        metadata.managed_fields = vec![managed(manager, "", &fields.to_string())];
        pod_status(&mut pod).qos_class = text(quality_of_service(&pod));
        Ok(PodMould { pod })
    }

    /// A new pod, not yet bound to a node.
    pub fn cast(&self, identity: &PodIdentity, random: &mut Random) -> Pod {
        let mut pod = self.pod.clone();
        let metadata = pod.metadata.get_or_insert_default();
        metadata.name = Some(identity.name.clone());
        metadata.uid = Some(random.uid());
        metadata.creation_timestamp = time(identity.created);
        for entry in &mut metadata.managed_fields {
            entry.time = time(identity.created);
        }
        let volume = format!("kube-api-access-{}", random.suffix(5));
        if let Some(spec) = &mut pod.spec {
            for name in spec.volumes.iter_mut().map(|volume| &mut volume.name) {
                replace_token_volume(name, &volume);
            }
            for container in spec.containers.iter_mut().chain(&mut spec.init_containers) {
                for name in container.volume_mounts.iter_mut().map(|mount| &mut mount.name) {
                    replace_token_volume(name, &volume);
                }
            }
        }
        pod_status(&mut pod).phase = text("Pending");
        pod
    }
}

/// Adds the kubelet's entry to the managed fields, or dates it.
pub fn touch_by_kubelet(pod: &mut Pod, now: Instant) {
    let Some(metadata) = &mut pod.metadata else { return };
    let own = metadata.managed_fields.iter_mut().find(|entry| entry.manager.as_deref() == Some("kubelet"));
    match own {
        Some(entry) => entry.time = time(now),
        None => {
            let mut entry = managed("kubelet", "status", KUBELET_FIELDS.trim_end());
            entry.time = time(now);
            metadata.managed_fields.push(entry);
        }
    }
}

/// Marks the pod as one that no node has room for.
pub fn mark_unschedulable(pod: &mut Pod, message: &str, now: Instant) {
    set_pod_condition(pod, "PodScheduled", false, "Unschedulable", message, now);
}

/// The first image of the pod that doesn't work, with the place of its container among its like.
pub fn fault_of(faults: &Faults, pod: &Pod) -> Option<(Fault, usize)> {
    let spec = pod.spec.as_ref()?;
    let find = |containers: &[Container]| {
        containers.iter().enumerate().find_map(|(index, container)| {
            faults.get(container.image.as_deref()?).map(|fault| (*fault, index))
        })
    };
    find(&spec.init_containers).or_else(|| find(&spec.containers))
}

/// The fields of a pod's status that its kubelet sets.
const KUBELET_FIELDS: &str = include_str!("kubelet_fields.json");

const TOKEN_VOLUME: &str = "kube-api-access";

fn replace_token_volume(name: &mut Option<String>, volume: &str) {
    if name.as_deref() == Some(TOKEN_VOLUME) {
        *name = Some(volume.to_owned());
    }
}

/// What the service account admission mounts into every container.
fn add_service_account_volume(schema: &Schema, pod: &mut Pod) -> Result<(), WireError> {
    let addition = json!({"spec": {
        "volumes": [{"name": TOKEN_VOLUME, "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}},
        ]}}],
        "containers": [{"name": "", "volumeMounts": [
            {"name": TOKEN_VOLUME, "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"},
        ]}],
        "tolerations": [
            {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
            {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
        ],
    }});
    let bytes = schema.encode_json(schema.find("core.v1.Pod")?, &addition)?;
    let addition = Pod::decode(bytes.as_slice()).map_err(|_| WireError::Malformed("core.v1.Pod"))?;
    let (Some(spec), Some(addition)) = (&mut pod.spec, addition.spec) else { return Ok(()) };
    let mounts: Vec<_> =
        addition.containers.into_iter().flat_map(|container| container.volume_mounts).collect();
    spec.volumes.extend(addition.volumes);
    spec.tolerations.extend(addition.tolerations);
    for container in spec.containers.iter_mut().chain(&mut spec.init_containers) {
        container.volume_mounts.extend(mounts.iter().cloned());
    }
    Ok(())
}

fn managed(manager: &str, subresource: &str, fields: &str) -> ManagedFieldsEntry {
    ManagedFieldsEntry {
        manager: text(manager),
        operation: text("Update"),
        api_version: text("v1"),
        time: None,
        fields_type: text("FieldsV1"),
        fields_v1: Some(FieldsV1 { raw: Some(fields.as_bytes().to_vec()) }),
        subresource: (!subresource.is_empty()).then(|| subresource.to_owned()),
    }
}

/// `Guaranteed` where every limit is also the request, `Burstable` where anything is asked for, else `BestEffort`.
fn quality_of_service(pod: &Pod) -> &'static str {
    let containers = pod.spec.iter().flat_map(|spec| &spec.containers);
    let (mut any, mut guaranteed) = (false, true);
    for container in containers {
        let resources = container.resources.clone().unwrap_or_default();
        any |= !resources.requests.is_empty() || !resources.limits.is_empty();
        guaranteed &= resources.limits.len() >= 2 && resources.limits == resources.requests;
    }
    match (any, guaranteed) {
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
        _ => "BestEffort",
    }
}
