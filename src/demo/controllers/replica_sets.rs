//! Replica sets: as many pods as wanted, no more and no fewer.

use k8s_pb::api::apps::v1::{Deployment, ReplicaSet, ReplicaSetSpec};
use k8s_pb::api::core::v1::PodTemplateSpec;
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use prost::Message as _;

use crate::demo::objects::{controller_reference, text, time};
use crate::demo::random::{Random, template_hash};
use crate::platform::time::Instant;

/// The label that tells the pods of one revision from those of another.
pub const HASH_LABEL: &str = "pod-template-hash";
/// The annotation with the number of a revision.
pub const REVISION: &str = "deployment.kubernetes.io/revision";

/// The hash of a template, without the hash that it may already carry.
pub fn hash_of(template: &PodTemplateSpec) -> String {
    let mut template = template.clone();
    if let Some(metadata) = &mut template.metadata {
        metadata.labels.remove(HASH_LABEL);
    }
    template_hash(&template.encode_to_vec())
}

/// A new replica set of a deployment for a template.
pub fn replica_set_for(
    deployment: &Deployment,
    template: &PodTemplateSpec,
    replicas: i32,
    revision: i64,
    created: Instant,
    random: &mut Random,
) -> ReplicaSet {
    let hash = hash_of(template);
    let owner = deployment.metadata.clone().unwrap_or_default();
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let mut template = template.clone();
    let metadata = template.metadata.get_or_insert_default();
    metadata.labels.insert(HASH_LABEL.to_owned(), hash.clone());
    let labels = metadata.labels.clone();
    let mut selector = deployment.spec.as_ref().and_then(|spec| spec.selector.clone()).unwrap_or_default();
    selector.match_labels.insert(HASH_LABEL.to_owned(), hash.clone());
    let annotations = [
        ("deployment.kubernetes.io/desired-replicas", wanted.to_string()),
        ("deployment.kubernetes.io/max-replicas", (wanted + (wanted + 3) / 4).to_string()),
        (REVISION, revision.to_string()),
    ];
    ReplicaSet {
        metadata: Some(ObjectMeta {
            name: Some(format!("{}-{hash}", owner.name.as_deref().unwrap_or_default())),
            namespace: owner.namespace.clone(),
            uid: text(random.uid()),
            generation: Some(1),
            creation_timestamp: time(created),
            labels,
            annotations: annotations.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
            owner_references: vec![controller_reference("apps/v1", "Deployment", Some(&owner))],
            ..ObjectMeta::default()
        }),
        spec: Some(ReplicaSetSpec {
            replicas: Some(replicas),
            selector: Some(selector),
            template: Some(template),
            ..ReplicaSetSpec::default()
        }),
        status: None,
    }
}
