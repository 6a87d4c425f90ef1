//! Reads the description of the platform.

use std::collections::HashMap;

use serde::Deserialize;

/// The description that comes with the program.
const REFERENCE: &str = include_str!("platform.toml");

/// A whole platform.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Its namespaces.
    #[serde(rename = "namespace")]
    pub namespaces: Vec<NamespaceDescription>,
    /// Its nodes.
    #[serde(rename = "node")]
    pub nodes: Vec<NodeDescription>,
    /// What runs on it.
    #[serde(rename = "workload")]
    pub workloads: Vec<WorkloadDescription>,
    /// Images that don't work.
    #[serde(rename = "fault", default)]
    pub faults: Vec<FaultDescription>,
}

/// A namespace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamespaceDescription {
    pub name: String,
    pub age: String,
    #[serde(default)]
    pub environment: Option<String>,
    #[serde(default)]
    pub team: Option<String>,
    #[serde(default)]
    pub pod_security: Option<String>,
    #[serde(default)]
    pub quota: Option<QuotaDescription>,
}

/// The hard limits of a namespace's quota.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaDescription {
    pub cpu: String,
    pub memory: String,
    pub cpu_limits: String,
    pub memory_limits: String,
    pub pods: u32,
}

/// A node.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeDescription {
    pub name: String,
    pub pool: String,
    pub zone: String,
    /// Cores.
    pub cpu: i64,
    pub memory_gib: i64,
    pub age: String,
    #[serde(default)]
    pub cordoned: bool,
}

/// The kinds of workload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum WorkloadKind {
    #[default]
    Deployment,
    StatefulSet,
    DaemonSet,
    Job,
}

/// A workload.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkloadDescription {
    pub namespace: String,
    pub name: String,
    #[serde(default)]
    pub kind: WorkloadKind,
    pub component: String,
    /// The application that it belongs to; itself where nothing is said.
    #[serde(default)]
    pub part_of: Option<String>,
    pub image: String,
    /// The tag of the revision before.
    #[serde(default)]
    pub previous: Option<String>,
    #[serde(default)]
    pub sidecars: Vec<String>,
    #[serde(default)]
    pub init: Vec<String>,
    #[serde(default = "one")]
    pub replicas: i32,
    /// "cpu request/limit, memory request/limit"
    pub resources: String,
    #[serde(default)]
    pub port: Option<u16>,
    /// The type of its service, where it isn't `ClusterIP`.
    #[serde(default)]
    pub service: Option<String>,
    /// The size of each volume claim.
    #[serde(default)]
    pub storage: Option<String>,
    /// The pool of nodes that it is bound to.
    #[serde(default)]
    pub pool: Option<String>,
    /// Whether it tolerates every taint.
    #[serde(default)]
    pub everywhere: bool,
    pub age: String,
    /// How long ago its present revision came.
    #[serde(default)]
    pub rolled: Option<String>,
    /// How long ago a rollout began that doesn't get on.
    #[serde(default)]
    pub stuck: Option<String>,
    /// How many of its pods a disruption budget keeps.
    #[serde(default)]
    pub budget: Option<i32>,
    #[serde(default)]
    pub autoscaler: Option<AutoscalerDescription>,
    /// One of its pods was killed for its memory.
    #[serde(default)]
    pub killed: Option<KilledDescription>,
}

/// An autoscaler, and the load that it sees.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoscalerDescription {
    #[serde(default = "two")]
    pub min: i32,
    #[serde(default = "ten")]
    pub max: i32,
    /// Percent of the request.
    #[serde(default = "seventy")]
    pub target: i32,
    /// All the work there is, in percent of one pod's request.
    pub load: i32,
}

/// A pod that was killed for its memory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KilledDescription {
    pub restarts: i32,
    pub ago: String,
}

/// An image that doesn't work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultDescription {
    pub image: String,
    pub kind: Fault,
}

/// How an image doesn't work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fault {
    /// It exits with 1 some seconds after its start.
    Crash,
    /// The registry doesn't have it.
    Missing,
    /// As an init container, it never ends.
    Stall,
}

/// Which images don't work, and how.
pub type Faults = HashMap<String, Fault>;

fn one() -> i32 {
    1
}

fn two() -> i32 {
    2
}

fn ten() -> i32 {
    10
}

fn seventy() -> i32 {
    70
}

impl Platform {
    /// The reference platform.
    pub fn reference() -> Result<Platform, toml::de::Error> {
        toml::from_str(REFERENCE)
    }

    /// The images that don't work.
    pub fn faults(&self) -> Faults {
        self.faults.iter().map(|fault| (fault.image.clone(), fault.kind)).collect()
    }
}

/// An age such as `41d` in milliseconds; 0 where it can't be read.
pub fn milliseconds(age: &str) -> i64 {
    let Some((amount, unit)) = age.split_at_checked(age.len().saturating_sub(1)) else { return 0 };
    let seconds = match unit {
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        _ => 1,
    };
    amount.parse::<i64>().unwrap_or(0) * seconds * 1000
}
