//! Stateful sets: pods with names that stay, one after the other.

use k8s_pb::api::apps::v1::StatefulSet;
use k8s_pb::api::core::v1::{PersistentVolumeClaimVolumeSource, Pod, Volume, VolumeSource};

use super::pods::PodMould;
use super::replica_sets::hash_of;
use crate::demo::objects::{controller_reference, text};
use crate::demo::wire::{Schema, WireError};

/// The name of the set's present revision.
pub fn revision_of_stateful_set(set: &StatefulSet) -> String {
    let name = set.metadata.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
    let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    format!("{name}-{}", hash_of(&template))
}

/// The mould of the set's pods.
pub fn stateful_mould(schema: &Schema, set: &StatefulSet) -> Result<PodMould, WireError> {
    let owner = controller_reference("apps/v1", "StatefulSet", set.metadata.as_ref());
    let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    let namespace = set.metadata.as_ref().and_then(|it| it.namespace.clone()).unwrap_or_default();
    PodMould::new(schema, &template, &namespace, owner, "kube-controller-manager")
}

/// Gives the pod what its place in the set brings: labels, host name and volume claims.
pub fn give_ordinal(pod: &mut Pod, set: &StatefulSet, ordinal: i32) {
    let name = set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
    let pod_name = format!("{name}-{ordinal}");
    if let Some(metadata) = &mut pod.metadata {
        let labels = &mut metadata.labels;
        labels.insert("apps.kubernetes.io/pod-index".to_owned(), ordinal.to_string());
        labels.insert("statefulset.kubernetes.io/pod-name".to_owned(), pod_name.clone());
        labels.insert("controller-revision-hash".to_owned(), revision_of_stateful_set(set));
    }
    let Some(spec) = &mut pod.spec else { return };
    spec.hostname = text(&pod_name);
    spec.subdomain = set.spec.as_ref().and_then(|spec| spec.service_name.clone());
    for claim in set.spec.iter().flat_map(|spec| &spec.volume_claim_templates) {
        let claim = claim.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
        let source = PersistentVolumeClaimVolumeSource {
            claim_name: Some(format!("{claim}-{pod_name}")),
            read_only: None,
        };
        spec.volumes.insert(
            0,
            Volume {
                name: Some(claim),
                volume_source: Some(VolumeSource {
                    persistent_volume_claim: Some(source),
                    ..VolumeSource::default()
                }),
            },
        );
    }
}
