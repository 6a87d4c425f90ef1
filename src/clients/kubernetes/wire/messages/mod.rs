//! The messages, with only the fields in use.
//!
//! Field numbers are those of `k8s.io/api` 0.36 (`generated.proto`); they never change within a version.

mod apps;
mod autoscaling;
mod core;
mod meta;

pub use apps::{DaemonSet, Deployment, ReplicaSet, StatefulSet, WorkloadCondition};
pub use autoscaling::HorizontalPodAutoscaler;
pub use core::{
    Container, ContainerState, ContainerStatus, Namespace, Node, Pod, PodCondition, PodSpec, PodTemplate,
    Taint,
};
pub use meta::{ObjectMeta, OwnerReference};
