//! Deployments, StatefulSets, DaemonSets and ReplicaSets.

use std::collections::HashMap;

use serde::Deserialize;

use super::super::primitives::nullable;
use super::{ObjectMeta, PodTemplate};

/// A condition of any workload.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct WorkloadCondition {
    /// `Available`, `Progressing`, `ReplicaFailure` …
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    #[prost(string, tag = "2")]
    pub status: String,
    /// One word of why.
    #[prost(string, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub reason: String,
    /// Why, in words.
    #[prost(string, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub message: String,
}

/// `apps/v1.Deployment`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Deployment {
    /// What every object has.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted of it.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<DeploymentSpec>,
    /// Its state.
    #[prost(message, optional, tag = "3")]
    pub status: Option<DeploymentStatus>,
}

/// `apps/v1.DeploymentSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct DeploymentSpec {
    /// Wanted replicas.
    #[prost(int32, optional, tag = "1")]
    pub replicas: Option<i32>,
    /// What its pods are made from.
    #[prost(message, optional, tag = "3")]
    pub template: Option<PodTemplate>,
    /// Whether its rollout is paused.
    #[prost(bool, tag = "7")]
    #[serde(deserialize_with = "nullable")]
    pub paused: bool,
}

/// `apps/v1.DeploymentStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentStatus {
    /// The generation that its controller has seen.
    #[prost(int64, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub observed_generation: i64,
    /// Replicas that exist.
    #[prost(int32, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub replicas: i32,
    /// Replicas of the present template.
    #[prost(int32, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub updated_replicas: i32,
    /// Replicas that have been ready for long enough.
    #[prost(int32, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub available_replicas: i32,
    /// Its conditions.
    #[prost(message, repeated, tag = "6")]
    #[serde(deserialize_with = "nullable")]
    pub conditions: Vec<WorkloadCondition>,
    /// Replicas that are ready.
    #[prost(int32, tag = "7")]
    #[serde(deserialize_with = "nullable")]
    pub ready_replicas: i32,
}

/// How a StatefulSet or DaemonSet replaces its pods.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct UpdateStrategy {
    /// `RollingUpdate` or `OnDelete`.
    #[prost(string, tag = "1")]
    #[serde(rename = "type", deserialize_with = "nullable")]
    pub kind: String,
}

/// `apps/v1.StatefulSet`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct StatefulSet {
    /// What every object has.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted of it.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<StatefulSetSpec>,
    /// Its state.
    #[prost(message, optional, tag = "3")]
    pub status: Option<StatefulSetStatus>,
}

/// `apps/v1.StatefulSetSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatefulSetSpec {
    /// Wanted replicas.
    #[prost(int32, optional, tag = "1")]
    pub replicas: Option<i32>,
    /// What its pods are made from.
    #[prost(message, optional, tag = "3")]
    pub template: Option<PodTemplate>,
    /// How it replaces its pods.
    #[prost(message, optional, tag = "7")]
    pub update_strategy: Option<UpdateStrategy>,
}

/// `apps/v1.StatefulSetStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatefulSetStatus {
    /// The generation that its controller has seen.
    #[prost(int64, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub observed_generation: i64,
    /// Replicas that exist.
    #[prost(int32, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub replicas: i32,
    /// Replicas that are ready.
    #[prost(int32, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub ready_replicas: i32,
    /// Replicas of the present template.
    #[prost(int32, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub updated_replicas: i32,
    /// The revision that all pods had last.
    #[prost(string, tag = "6")]
    #[serde(deserialize_with = "nullable")]
    pub current_revision: String,
    /// The revision that they are to have.
    #[prost(string, tag = "7")]
    #[serde(deserialize_with = "nullable")]
    pub update_revision: String,
    /// Its conditions.
    #[prost(message, repeated, tag = "10")]
    #[serde(deserialize_with = "nullable")]
    pub conditions: Vec<WorkloadCondition>,
    /// Replicas that have been ready for long enough.
    #[prost(int32, tag = "11")]
    #[serde(deserialize_with = "nullable")]
    pub available_replicas: i32,
}

/// `apps/v1.DaemonSet`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct DaemonSet {
    /// What every object has.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted of it.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<DaemonSetSpec>,
    /// Its state.
    #[prost(message, optional, tag = "3")]
    pub status: Option<DaemonSetStatus>,
}

/// `apps/v1.DaemonSetSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DaemonSetSpec {
    /// What its pods are made from.
    #[prost(message, optional, tag = "2")]
    pub template: Option<PodTemplate>,
    /// How it replaces its pods.
    #[prost(message, optional, tag = "3")]
    pub update_strategy: Option<UpdateStrategy>,
}

/// `apps/v1.DaemonSetStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DaemonSetStatus {
    /// Pods that exist where they should.
    #[prost(int32, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub current_number_scheduled: i32,
    /// Nodes that should have one.
    #[prost(int32, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub desired_number_scheduled: i32,
    /// Pods that are ready.
    #[prost(int32, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub number_ready: i32,
    /// The generation that its controller has seen.
    #[prost(int64, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub observed_generation: i64,
    /// Pods of the present template.
    #[prost(int32, tag = "6")]
    #[serde(deserialize_with = "nullable")]
    pub updated_number_scheduled: i32,
    /// Pods that have been ready for long enough.
    #[prost(int32, tag = "7")]
    #[serde(deserialize_with = "nullable")]
    pub number_available: i32,
    /// Its conditions.
    #[prost(message, repeated, tag = "10")]
    #[serde(deserialize_with = "nullable")]
    pub conditions: Vec<WorkloadCondition>,
}

/// `apps/v1.ReplicaSet`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ReplicaSet {
    /// What every object has, with the revision among the annotations.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ReplicaSetMeta>,
    /// What is wanted of it.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<ReplicaSetSpec>,
    /// Its state.
    #[prost(message, optional, tag = "3")]
    pub status: Option<ReplicaSetStatus>,
}

/// `metav1.ObjectMeta` of a ReplicaSet: its annotations hold the revision that it stands for.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplicaSetMeta {
    /// The name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// The namespace.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub namespace: String,
    /// The identity.
    #[prost(string, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub uid: String,
    /// Where a watch may go on from.
    #[prost(string, tag = "6")]
    #[serde(deserialize_with = "nullable")]
    pub resource_version: String,
    /// When it was created.
    #[prost(message, optional, tag = "8")]
    pub creation_timestamp: Option<super::super::primitives::Time>,
    /// Its labels.
    #[prost(map = "string, string", tag = "11")]
    #[serde(deserialize_with = "nullable")]
    pub labels: HashMap<String, String>,
    /// Its annotations.
    #[prost(map = "string, string", tag = "12")]
    #[serde(deserialize_with = "nullable")]
    pub annotations: HashMap<String, String>,
    /// Its owners.
    #[prost(message, repeated, tag = "13")]
    #[serde(deserialize_with = "nullable")]
    pub owner_references: Vec<super::OwnerReference>,
}

/// `apps/v1.ReplicaSetSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ReplicaSetSpec {
    /// Wanted replicas.
    #[prost(int32, optional, tag = "1")]
    pub replicas: Option<i32>,
}

/// `apps/v1.ReplicaSetStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplicaSetStatus {
    /// Replicas that are ready.
    #[prost(int32, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub ready_replicas: i32,
}
