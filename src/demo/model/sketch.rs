//! The few fields of a pod that the model asks for. Decoding skips all others, which is much quicker than decoding a whole pod.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::{ContainerStatus, ResourceRequirements};

/// A pod.
#[derive(Clone, PartialEq, prost::Message)]
pub struct PodSketch {
    /// What it is to be.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<SpecSketch>,
    /// What it is.
    #[prost(message, optional, tag = "3")]
    pub status: Option<StatusSketch>,
}

/// A pod's specification.
#[derive(Clone, PartialEq, prost::Message)]
pub struct SpecSketch {
    /// Its volumes.
    #[prost(message, repeated, tag = "1")]
    pub volumes: Vec<VolumeSketch>,
    /// Its containers.
    #[prost(message, repeated, tag = "2")]
    pub containers: Vec<ContainerSketch>,
    /// What the node has to have.
    #[prost(btree_map = "string, string", tag = "7")]
    pub node_selector: BTreeMap<String, String>,
}

/// A container.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ContainerSketch {
    /// Its name.
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    /// Its image.
    #[prost(string, optional, tag = "2")]
    pub image: Option<String>,
    /// What it asks for and is limited to.
    #[prost(message, optional, tag = "8")]
    pub resources: Option<ResourceRequirements>,
}

/// A volume, with its source inline.
#[derive(Clone, PartialEq, prost::Message)]
pub struct VolumeSketch {
    /// Its source.
    #[prost(message, optional, tag = "2")]
    pub source: Option<SourceSketch>,
}

/// A volume's source.
#[derive(Clone, PartialEq, prost::Message)]
pub struct SourceSketch {
    /// A claim.
    #[prost(message, optional, tag = "10")]
    pub claim: Option<ClaimSketch>,
}

/// A volume's claim.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ClaimSketch {
    /// Its name.
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
}

/// A pod's status.
#[derive(Clone, PartialEq, prost::Message)]
pub struct StatusSketch {
    /// How its containers do.
    #[prost(message, repeated, tag = "8")]
    pub containers: Vec<ContainerStatus>,
}
