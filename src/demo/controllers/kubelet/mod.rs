//! The kubelets: what happens to a pod on its node, from the first look at it until it is gone.
//!
//! A [`Worker`](worker::Worker) is what a kubelet knows of a pod; `sync` brings it on by whatever is due, and `status` posts
//! what it has come to. A pod of which nothing is to be expected has no worker: it is taken up again from its status.

mod adopt;
mod around;
mod back_off;
mod conditions;
mod images;
mod needs;
mod past;
mod probes;
mod program;
mod start;
mod status;
mod stop;
mod sync;
mod task;
mod worker;

use k8s_pb::api::core::v1::Pod;

use crate::demo::objects::{set_pod_condition, text, time};
use crate::platform::time::Instant;

pub use around::full_name;
pub use images::{Images, PullError, not_found};
pub use past::Past;
pub use task::Kubelets;
pub use worker::container_id;

/// The node that a pod is bound to.
#[derive(Debug, Clone)]
pub struct Place {
    /// The node's name.
    pub node: String,
    /// The node's address.
    pub address: String,
}

/// The scheduler's binding.
pub fn bind(pod: &mut Pod, node: &str, now: Instant) {
    pod.spec.get_or_insert_default().node_name = text(node);
    set_pod_condition(pod, "PodScheduled", true, "", "", now);
}

/// The pod is to be deleted, within the grace period.
pub fn terminate(pod: &mut Pod, grace_seconds: i64, now: Instant) {
    if let Some(metadata) = &mut pod.metadata {
        metadata.deletion_timestamp = time(now.plus_millis(grace_seconds * 1000));
        metadata.deletion_grace_period_seconds = Some(grace_seconds);
        metadata.generation = Some(metadata.generation.unwrap_or(1) + 1);
    }
}
