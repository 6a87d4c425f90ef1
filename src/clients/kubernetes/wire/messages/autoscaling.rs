//! HorizontalPodAutoscalers.

use serde::Deserialize;

use super::super::primitives::nullable;
use super::{ObjectMeta, WorkloadCondition};

/// `autoscaling/v2.HorizontalPodAutoscaler`. Its conditions have the field numbers of a workload's.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct HorizontalPodAutoscaler {
    /// What every object has.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted of it.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<AutoscalerSpec>,
    /// Its state.
    #[prost(message, optional, tag = "3")]
    pub status: Option<AutoscalerStatus>,
}

/// `autoscaling/v2.HorizontalPodAutoscalerSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutoscalerSpec {
    /// What it scales.
    #[prost(message, optional, tag = "1")]
    pub scale_target_ref: Option<ScaleTarget>,
    /// The fewest replicas that it sets.
    #[prost(int32, optional, tag = "2")]
    pub min_replicas: Option<i32>,
    /// The most replicas that it sets.
    #[prost(int32, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub max_replicas: i32,
}

/// `autoscaling/v2.CrossVersionObjectReference`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ScaleTarget {
    /// The kind of the target.
    #[prost(string, tag = "1")]
    pub kind: String,
    /// Its name.
    #[prost(string, tag = "2")]
    pub name: String,
}

/// `autoscaling/v2.HorizontalPodAutoscalerStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutoscalerStatus {
    /// Replicas that it has counted.
    #[prost(int32, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub current_replicas: i32,
    /// Replicas that it wants.
    #[prost(int32, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub desired_replicas: i32,
    /// Its conditions.
    #[prost(message, repeated, tag = "6")]
    #[serde(deserialize_with = "nullable")]
    pub conditions: Vec<WorkloadCondition>,
}
