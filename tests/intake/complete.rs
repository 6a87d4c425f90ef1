//! Complete messages of a server, of which only the fields in use are declared here.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1 as core;
use k8s_pb::apimachinery::pkg::api::resource::Quantity;
use k8s_pb::apimachinery::pkg::apis::meta::v1 as meta;
use proptest::prelude::*;
use prost::Message as _;
use quarterdeck::clients::kubernetes::wire::{Encoding, Message, Pod};

use super::decoding::{cuts, items, portions};
use crate::support::protobuf::enveloped;

fn word() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-z0-9.-]{0,12}")
}

fn pairs() -> impl Strategy<Value = BTreeMap<String, String>> {
    prop::collection::btree_map("[a-z./-]{1,12}", "[ -~]{0,80}", 0..5)
}

prop_compose! {
    fn metadata()(
        name in word(), namespace in word(), uid in word(), version in word(), link in word(),
        labels in pairs(), annotations in pairs(),
        created in prop::option::of(0..2_000_000_000_i64), generation: Option<i64>,
        managers in prop::collection::vec("[a-z]{1,9}", 0..3), finalizers in prop::collection::vec("[a-z]{1,9}", 0..2),
        controller: Option<bool>,
    ) -> meta::ObjectMeta {
        let managed = |manager| meta::ManagedFieldsEntry {
            manager: Some(manager),
            fields_v1: Some(meta::FieldsV1 { raw: Some(b"{\"f:items\":{}}".to_vec()) }),
            ..meta::ManagedFieldsEntry::default()
        };
        let owner = meta::OwnerReference {
            kind: Some("ReplicaSet".to_owned()),
            name: name.clone(),
            controller,
            block_owner_deletion: Some(true),
            ..meta::OwnerReference::default()
        };
        meta::ObjectMeta {
            name, namespace, uid, resource_version: version, self_link: link, generation, finalizers,
            labels: labels.into_iter().collect(),
            annotations: annotations.into_iter().collect(),
            creation_timestamp: created.map(|seconds| meta::Time { seconds: Some(seconds), nanos: Some(5) }),
            managed_fields: managers.into_iter().map(managed).collect(),
            owner_references: vec![owner],
            ..meta::ObjectMeta::default()
        }
    }
}

prop_compose! {
    fn container()(name in word(), image in word(), cpu in 0..4000_u32, environment in pairs()) -> core::Container {
        let variable = |(name, value)| core::EnvVar { name: Some(name), value: Some(value), ..core::EnvVar::default() };
        let quantity = Quantity { string: Some(format!("{cpu}m")) };
        core::Container {
            name, image,
            env: environment.into_iter().map(variable).collect(),
            command: vec!["sh".to_owned(), "-c".to_owned()],
            ports: vec![core::ContainerPort { container_port: Some(8080), ..core::ContainerPort::default() }],
            resources: Some(core::ResourceRequirements {
                requests: [("cpu".to_owned(), quantity)].into_iter().collect(),
                ..core::ResourceRequirements::default()
            }),
            liveness_probe: Some(core::Probe { period_seconds: Some(10), ..core::Probe::default() }),
            ..core::Container::default()
        }
    }
}

prop_compose! {
    fn pod()(
        metadata in metadata(), containers in prop::collection::vec(container(), 0..4), node in word(), phase in word(),
        restarts in prop::collection::vec(0..99_i32, 0..4), message in word(),
    ) -> core::Pod {
        let status = |restarts| core::ContainerStatus {
            name: Some("main".to_owned()),
            restart_count: Some(restarts),
            ready: Some(true),
            image_id: Some("sha256:0".to_owned()),
            state: Some(core::ContainerState {
                waiting: Some(core::ContainerStateWaiting {
                    reason: Some("CrashLoopBackOff".to_owned()),
                    message: message.clone(),
                }),
                ..core::ContainerState::default()
            }),
            ..core::ContainerStatus::default()
        };
        core::Pod {
            metadata: Some(metadata),
            spec: Some(core::PodSpec {
                containers,
                node_name: node,
                volumes: vec![core::Volume { name: Some("data".to_owned()), ..core::Volume::default() }],
                tolerations: vec![core::Toleration { key: Some("a".to_owned()), ..core::Toleration::default() }],
                ..core::PodSpec::default()
            }),
            status: Some(core::PodStatus {
                phase,
                container_statuses: restarts.into_iter().map(status).collect(),
                qos_class: Some("Burstable".to_owned()),
                ..core::PodStatus::default()
            }),
        }
    }
}

proptest! {
    #[test]
    fn a_list_cut_anywhere_gives_every_pod(pods in prop::collection::vec(pod(), 0..6), cuts in cuts()) {
        let list = core::PodList {
            metadata: Some(meta::ListMeta {
                resource_version: Some("7".to_owned()),
                r#continue: Some("next".to_owned()),
                remaining_item_count: Some(3),
                ..meta::ListMeta::default()
            }),
            items: pods.clone(),
        };
        let bytes = enveloped("PodList", &list.encode_to_vec());
        let (found, meta) = items(Encoding::Protobuf, portions(&bytes, &cuts)).unwrap();
        let whole: Vec<Vec<u8>> = pods.iter().map(prost::Message::encode_to_vec).collect();
        prop_assert_eq!(&found, &whole);
        prop_assert_eq!((meta.resource_version.as_str(), meta.continue_token.as_str()), ("7", "next"));
        for (bytes, complete) in found.iter().zip(&pods) {
            let slim = Pod::read(Encoding::Protobuf, bytes).unwrap();
            same(&slim, complete)?;
        }
    }
}

/// What the slim message says is what the complete one says.
fn same(slim: &Pod, complete: &core::Pod) -> Result<(), TestCaseError> {
    let (meta, complete_meta) = (slim.metadata.as_ref().unwrap(), complete.metadata.as_ref().unwrap());
    prop_assert_eq!(&meta.name, complete_meta.name());
    prop_assert_eq!(&meta.namespace, complete_meta.namespace());
    prop_assert_eq!(&meta.uid, complete_meta.uid());
    prop_assert_eq!(&meta.resource_version, complete_meta.resource_version());
    prop_assert_eq!(meta.generation, complete_meta.generation());
    prop_assert_eq!(meta.labels.len(), complete_meta.labels.len());
    prop_assert!(complete_meta.labels.iter().all(|(name, value)| meta.labels.get(name) == Some(value)));
    let seconds = |time: &meta::Time| time.seconds();
    prop_assert_eq!(
        meta.creation_timestamp.and_then(|time| time.seconds),
        complete_meta.creation_timestamp.as_ref().map(seconds)
    );
    prop_assert_eq!(&meta.owner_references[0].name, complete_meta.owner_references[0].name());
    prop_assert_eq!(meta.controller().is_some(), complete_meta.owner_references[0].controller());
    let (spec, complete_spec) = (slim.spec.as_ref().unwrap(), complete.spec.as_ref().unwrap());
    prop_assert_eq!(&spec.node_name, complete_spec.node_name());
    prop_assert_eq!(spec.containers.len(), complete_spec.containers.len());
    for (container, complete) in spec.containers.iter().zip(&complete_spec.containers) {
        prop_assert_eq!(&container.name, complete.name());
        prop_assert_eq!(&container.image, complete.image());
        let requested = &container.resources.as_ref().unwrap().requests["cpu"];
        prop_assert_eq!(&requested.text, &complete.resources.as_ref().unwrap().requests["cpu"].string);
    }
    let (status, complete_status) = (slim.status.as_ref().unwrap(), complete.status.as_ref().unwrap());
    prop_assert_eq!(&status.phase, complete_status.phase());
    prop_assert_eq!(status.container_statuses.len(), complete_status.container_statuses.len());
    for (container, complete) in status.container_statuses.iter().zip(&complete_status.container_statuses) {
        prop_assert_eq!(container.restart_count, complete.restart_count());
        let waiting = container.state.as_ref().and_then(|state| state.waiting.as_ref()).unwrap();
        prop_assert_eq!(&waiting.reason, "CrashLoopBackOff");
    }
    Ok(())
}
