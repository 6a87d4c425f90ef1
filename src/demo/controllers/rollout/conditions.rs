//! The conditions of a deployment.

use k8s_pb::api::apps::v1::{DeploymentCondition, DeploymentStatus};

use crate::demo::objects::{text, time};
use crate::platform::time::Instant;

/// Whether the rollout gets on.
pub const PROGRESSING: &str = "Progressing";
/// Whether enough pods are available.
pub const AVAILABLE: &str = "Available";
/// Whether pods can't be made.
pub const REPLICA_FAILURE: &str = "ReplicaFailure";

/// A condition.
pub fn find<'a>(status: &'a DeploymentStatus, kind: &str) -> Option<&'a DeploymentCondition> {
    status.conditions.iter().find(|it| it.r#type.as_deref() == Some(kind))
}

/// Whether there is a condition of the kind.
pub fn has(status: &DeploymentStatus, kind: &str) -> bool {
    find(status, kind).is_some()
}

/// Takes a condition away.
pub fn remove(status: &mut DeploymentStatus, kind: &str) {
    status.conditions.retain(|it| it.r#type.as_deref() != Some(kind));
}

/// Sets a condition, at the end of the list, unless it has its state and reason already.
/// The time of its transition moves only with its state.
pub fn set(
    status: &mut DeploymentStatus,
    kind: &str,
    state: &str,
    reason: &str,
    message: &str,
    now: Instant,
) {
    let condition = DeploymentCondition {
        r#type: text(kind),
        status: text(state),
        last_update_time: time(now),
        last_transition_time: time(now),
        reason: text(reason),
        message: text(message),
    };
    put(status, condition);
}

/// Sets a ready-made condition, as [`set`] does.
pub fn put(status: &mut DeploymentStatus, mut condition: DeploymentCondition) {
    let kind = condition.r#type.clone().unwrap_or_default();
    if let Some(before) = find(status, &kind).filter(|before| before.status == condition.status) {
        if before.reason == condition.reason {
            return;
        }
        condition.last_transition_time = before.last_transition_time;
    }
    remove(status, &kind);
    status.conditions.push(condition);
}
