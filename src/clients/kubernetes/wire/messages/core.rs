//! Namespaces, nodes and pods.

use std::collections::HashMap;

use serde::Deserialize;

use super::super::primitives::{Quantity, Time, nullable};
use super::ObjectMeta;

/// `v1.Namespace`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Namespace {
    /// What every object has.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Its state.
    #[prost(message, optional, tag = "3")]
    pub status: Option<NamespaceStatus>,
}

/// `v1.NamespaceStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct NamespaceStatus {
    /// `Active` or `Terminating`.
    #[prost(string, tag = "1")]
    pub phase: String,
}

/// `v1.Node`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Node {
    /// What every object has.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted of it.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<NodeSpec>,
    /// Its state.
    #[prost(message, optional, tag = "3")]
    pub status: Option<NodeStatus>,
}

/// `v1.NodeSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct NodeSpec {
    /// Whether it is cordoned.
    #[prost(bool, tag = "4")]
    pub unschedulable: bool,
    /// What keeps pods off it.
    #[prost(message, repeated, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub taints: Vec<Taint>,
}

/// `v1.Taint`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Taint {
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub effect: String,
}

impl Taint {
    /// Whether pods that don't tolerate it are kept off.
    pub fn repels(&self) -> bool {
        matches!(self.effect.as_str(), "NoSchedule" | "NoExecute")
    }
}

/// `v1.NodeStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeStatus {
    /// What pods may request.
    #[prost(map = "string, message", tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub allocatable: HashMap<String, Quantity>,
    /// Its conditions.
    #[prost(message, repeated, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub conditions: Vec<NodeCondition>,
    /// What it runs.
    #[prost(message, optional, tag = "7")]
    pub node_info: Option<NodeSystemInfo>,
}

/// `v1.NodeCondition`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct NodeCondition {
    /// `Ready`, `MemoryPressure` …
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    #[prost(string, tag = "2")]
    pub status: String,
}

/// `v1.NodeSystemInfo`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSystemInfo {
    /// The version of the kubelet.
    #[prost(string, tag = "7")]
    pub kubelet_version: String,
}

/// `v1.Pod`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Pod {
    /// What every object has.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted of it.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PodSpec>,
    /// Its state.
    #[prost(message, optional, tag = "3")]
    pub status: Option<PodStatus>,
}

/// `v1.PodSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    /// Its containers.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub containers: Vec<Container>,
    /// The node that it runs on.
    #[prost(string, tag = "10")]
    #[serde(deserialize_with = "nullable")]
    pub node_name: String,
    /// Its init containers.
    #[prost(message, repeated, tag = "20")]
    #[serde(deserialize_with = "nullable")]
    pub init_containers: Vec<Container>,
}

/// `v1.PodTemplateSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct PodTemplate {
    /// The labels of its pods, above all.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted of its pods.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PodSpec>,
}

/// `v1.Container`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    /// Its name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Its image.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub image: String,
    /// What it requests.
    #[prost(message, optional, tag = "8")]
    pub resources: Option<ResourceRequirements>,
    /// `Always` makes an init container a sidecar.
    #[prost(string, tag = "24")]
    #[serde(deserialize_with = "nullable")]
    pub restart_policy: String,
}

/// `v1.ResourceRequirements`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ResourceRequirements {
    /// What is requested.
    #[prost(map = "string, message", tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub requests: HashMap<String, Quantity>,
}

/// `v1.PodStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub phase: String,
    /// Its conditions.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub conditions: Vec<PodCondition>,
    /// One word of why, such as `Evicted`.
    #[prost(string, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub reason: String,
    /// Its address.
    #[prost(string, tag = "6")]
    #[serde(rename = "podIP", deserialize_with = "nullable")]
    pub pod_ip: String,
    /// The statuses of its containers.
    #[prost(message, repeated, tag = "8")]
    #[serde(deserialize_with = "nullable")]
    pub container_statuses: Vec<ContainerStatus>,
    /// The statuses of its init containers.
    #[prost(message, repeated, tag = "10")]
    #[serde(deserialize_with = "nullable")]
    pub init_container_statuses: Vec<ContainerStatus>,
}

/// `v1.PodCondition`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct PodCondition {
    /// `Ready`, `PodScheduled` …
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    #[prost(string, tag = "2")]
    pub status: String,
    /// One word of why.
    #[prost(string, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub reason: String,
}

/// `v1.ContainerStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStatus {
    /// The name of the container.
    #[prost(string, tag = "1")]
    pub name: String,
    /// What it does now.
    #[prost(message, optional, tag = "2")]
    pub state: Option<ContainerState>,
    /// How its last run ended.
    #[prost(message, optional, tag = "3")]
    pub last_state: Option<ContainerState>,
    /// Whether it is ready.
    #[prost(bool, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub ready: bool,
    /// Its restarts.
    #[prost(int32, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub restart_count: i32,
    /// Whether it has started.
    #[prost(bool, optional, tag = "9")]
    pub started: Option<bool>,
}

/// `v1.ContainerState`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    /// It waits.
    #[prost(message, optional, tag = "1")]
    pub waiting: Option<ContainerStateWaiting>,
    /// It runs.
    #[prost(message, optional, tag = "2")]
    pub running: Option<ContainerStateRunning>,
    /// It ended.
    #[prost(message, optional, tag = "3")]
    pub terminated: Option<ContainerStateTerminated>,
}

/// `v1.ContainerStateWaiting`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ContainerStateWaiting {
    /// One word of why.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub reason: String,
}

/// `v1.ContainerStateRunning`; that it is there says all.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ContainerStateRunning {}

/// `v1.ContainerStateTerminated`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStateTerminated {
    /// The exit code.
    #[prost(int32, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub exit_code: i32,
    /// The signal; 0 for none.
    #[prost(int32, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub signal: i32,
    /// One word of why.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub reason: String,
    /// When it ended.
    #[prost(message, optional, tag = "6")]
    pub finished_at: Option<Time>,
}
