//! Daemon sets: one pod on every node that takes it.

use k8s_pb::api::apps::v1::DaemonSet;

use super::pods::PodMould;
use crate::demo::objects::controller_reference;
use crate::demo::wire::{Schema, WireError};

/// The mould of the set's pods.
pub fn daemon_mould(schema: &Schema, set: &DaemonSet) -> Result<PodMould, WireError> {
    let owner = controller_reference("apps/v1", "DaemonSet", set.metadata.as_ref());
    let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    let namespace = set.metadata.as_ref().and_then(|it| it.namespace.clone()).unwrap_or_default();
    PodMould::new(schema, &template, &namespace, owner, "kube-controller-manager")
}
