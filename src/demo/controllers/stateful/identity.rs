//! What the pods of a stateful set are called, and what their places bring them.

use k8s_pb::api::apps::v1::StatefulSet;
use k8s_pb::api::core::v1::{PersistentVolumeClaimVolumeSource, Pod, PodTemplateSpec, Volume, VolumeSource};

use crate::demo::controllers::pods::PodMould;
use crate::demo::controllers::revisions::{REVISION_LABEL, revision_name};
use crate::demo::objects::{controller_reference, text};
use crate::demo::wire::{Schema, WireError};

/// The ordinal of a set's pod of this name; `None` where it can't be one.
pub fn ordinal_of(set: &str, pod: &str) -> Option<i32> {
    let ordinal = pod.strip_prefix(set)?.strip_prefix('-')?;
    ordinal.bytes().all(|digit| digit.is_ascii_digit()).then(|| ordinal.parse().ok())?
}

/// The name of the set's present revision.
pub fn revision_of_stateful_set(set: &StatefulSet) -> String {
    let name = set.metadata.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
    revision_name(name, &set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default())
}

/// The mould of the pods of the set's present template.
pub fn stateful_mould(schema: &Schema, set: &StatefulSet) -> Result<PodMould, WireError> {
    let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    mould_of(schema, set, &template)
}

/// The mould of the set's pods of one template.
pub fn mould_of(
    schema: &Schema,
    set: &StatefulSet,
    template: &PodTemplateSpec,
) -> Result<PodMould, WireError> {
    let owner = controller_reference("apps/v1", "StatefulSet", set.metadata.as_ref());
    let namespace = set.metadata.as_ref().and_then(|it| it.namespace.clone()).unwrap_or_default();
    PodMould::new(schema, template, &namespace, owner, "kube-controller-manager")
}

/// Gives the pod what its place in the set brings: labels, host name and volume claims; and the label of its revision.
pub fn give_ordinal(pod: &mut Pod, set: &StatefulSet, ordinal: i32, revision: &str) {
    let name = set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
    let pod_name = format!("{name}-{ordinal}");
    if let Some(metadata) = &mut pod.metadata {
        let labels = &mut metadata.labels;
        labels.insert("apps.kubernetes.io/pod-index".to_owned(), ordinal.to_string());
        labels.insert("statefulset.kubernetes.io/pod-name".to_owned(), pod_name.clone());
        labels.insert(REVISION_LABEL.to_owned(), revision.to_owned());
    }
    let Some(spec) = &mut pod.spec else { return };
    spec.hostname = text(&pod_name);
    spec.subdomain = set.spec.as_ref().and_then(|spec| spec.service_name.clone());
    for claim in set.spec.iter().flat_map(|spec| &spec.volume_claim_templates) {
        let claim = claim.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
        let source = PersistentVolumeClaimVolumeSource {
            claim_name: Some(claim_name(&claim, &pod_name)),
            read_only: None,
        };
        spec.volumes.retain(|volume| volume.name.as_deref() != Some(&claim));
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

/// The name of a pod's claim of one template.
pub fn claim_name(template: &str, pod: &str) -> String {
    format!("{template}-{pod}")
}
