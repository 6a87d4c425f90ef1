//! Small helpers for the messages' optional fields.

use k8s_pb::api::core::v1::{Pod, PodCondition, PodStatus};
use k8s_pb::apimachinery::pkg::api::resource::Quantity;
use k8s_pb::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference, Time};

use super::store::Key;
use crate::platform::time::Instant;

/// The instant as messages have it, to the second.
pub fn time(instant: Instant) -> Option<Time> {
    Some(Time { seconds: Some(instant.seconds()), nanos: Some(0) })
}

/// The instant of a message's time; the epoch where there is none.
pub fn instant(time: Option<&Time>) -> Instant {
    Instant::from_seconds(time.and_then(|time| time.seconds).unwrap_or(0))
}

/// The text as an optional field.
pub fn text(value: impl Into<String>) -> Option<String> {
    Some(value.into())
}

/// The text as a quantity.
pub fn quantity(value: impl Into<String>) -> Quantity {
    Quantity { string: Some(value.into()) }
}

/// The key of the object with this metadata.
pub fn key(metadata: Option<&ObjectMeta>) -> Key {
    let namespace = metadata.and_then(|it| it.namespace.as_deref()).unwrap_or_default();
    Key::new(namespace, metadata.and_then(|it| it.name.as_deref()).unwrap_or_default())
}

/// The uid in the metadata, or empty.
pub fn uid(metadata: Option<&ObjectMeta>) -> &str {
    metadata.and_then(|it| it.uid.as_deref()).unwrap_or_default()
}

/// The reference of a controller to what it owns.
pub fn controller_reference(api_version: &str, kind: &str, owner: Option<&ObjectMeta>) -> OwnerReference {
    OwnerReference {
        api_version: text(api_version),
        kind: text(kind),
        name: owner.and_then(|it| it.name.clone()),
        uid: owner.and_then(|it| it.uid.clone()),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}

/// The pod's status, made where there is none.
pub fn pod_status(pod: &mut Pod) -> &mut PodStatus {
    pod.status.get_or_insert_default()
}

/// Sets a condition of a pod; the time of its transition moves only when its status does.
pub fn set_pod_condition(pod: &mut Pod, kind: &str, holds: bool, reason: &str, message: &str, now: Instant) {
    let status = if holds { "True" } else { "False" };
    let optional = |value: &str| (!value.is_empty()).then(|| value.to_owned());
    let conditions = &mut pod_status(pod).conditions;
    let position = match conditions.iter().position(|it| it.r#type.as_deref() == Some(kind)) {
        Some(position) => position,
        None => {
            conditions.push(PodCondition { r#type: text(kind), ..PodCondition::default() });
            conditions.len() - 1
        }
    };
    let condition = &mut conditions[position];
    if condition.status.as_deref() != Some(status) {
        condition.last_transition_time = time(now);
    }
    condition.status = text(status);
    condition.reason = optional(reason);
    condition.message = optional(message);
}
