//! Reads the description of the platform.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::operators::Kept;

/// The description that comes with the program, in parts.
const PARTS: [&str; 13] = [
    include_str!("platform/cluster.toml"),
    include_str!("platform/public.toml"),
    include_str!("platform/production.toml"),
    include_str!("platform/staging.toml"),
    include_str!("platform/dev.toml"),
    include_str!("platform/data.toml"),
    include_str!("platform/storage.toml"),
    include_str!("platform/monitoring.toml"),
    include_str!("platform/security.toml"),
    include_str!("platform/system.toml"),
    include_str!("platform/policies.toml"),
    include_str!("platform/configs.toml"),
    include_str!("platform/operators.toml"),
];

/// A platform, or a part of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Platform {
    /// Its namespaces.
    #[serde(rename = "namespace")]
    pub namespaces: Vec<NamespaceDescription>,
    /// Its nodes.
    #[serde(rename = "node")]
    pub nodes: Vec<NodeDescription>,
    /// The kinds of storage that it has.
    #[serde(rename = "storage_class")]
    pub storage_classes: Vec<StorageClassDescription>,
    /// The importance that pods can have.
    #[serde(rename = "priority_class")]
    pub priority_classes: Vec<PriorityClassDescription>,
    /// What runs on it.
    #[serde(rename = "workload")]
    pub workloads: Vec<WorkloadDescription>,
    /// What runs on it at times.
    #[serde(rename = "cron")]
    pub crons: Vec<CronDescription>,
    /// The ways in from outside.
    #[serde(rename = "route")]
    pub routes: Vec<RouteDescription>,
    /// Where everything is denied that no policy allows.
    pub default_deny: DefaultDeny,
    /// Who may talk to whom.
    #[serde(rename = "policy")]
    pub policies: Vec<PolicyDescription>,
    /// Configurations that matter to more than their own workload.
    #[serde(rename = "config")]
    pub configs: Vec<ConfigDescription>,
    /// What the operators keep.
    #[serde(flatten)]
    pub kept: Kept,
    /// Images that don't work.
    #[serde(rename = "fault")]
    pub faults: Vec<FaultDescription>,
}

/// The namespaces that deny by default.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultDeny {
    pub namespaces: Vec<String>,
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
    /// How far its pods may be reached: `public`, `internal` or `isolated`.
    #[serde(default)]
    pub exposure: Option<String>,
    /// The Pod Security Standard that is enforced.
    #[serde(default)]
    pub pod_security: Option<String>,
    /// The stricter one of which it warns.
    #[serde(default)]
    pub warned_security: Option<String>,
    #[serde(default)]
    pub quota: Option<QuotaDescription>,
    /// What a container has that says nothing, and may have at most.
    #[serde(default)]
    pub container: Option<ContainerLimits>,
}

/// The limit range of a namespace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContainerLimits {
    pub cpu: String,
    pub memory: String,
    pub cpu_limit: String,
    pub memory_limit: String,
    pub most_cpu: String,
    pub most_memory: String,
}

/// A kind of storage.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageClassDescription {
    pub name: String,
    /// Whether claims get it that name none.
    #[serde(default)]
    pub default: bool,
    /// The kind of volume at the provider.
    pub kind: String,
}

/// An importance that pods can have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorityClassDescription {
    pub name: String,
    pub value: i64,
    pub description: String,
    #[serde(default)]
    pub never_preempts: bool,
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
    #[serde(default)]
    pub services: Option<u32>,
    /// Volume claims.
    #[serde(default)]
    pub claims: Option<u32>,
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
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkloadDescription {
    pub namespace: String,
    pub name: String,
    pub kind: WorkloadKind,
    pub component: String,
    /// The application that it belongs to; itself where nothing is said.
    pub part_of: Option<String>,
    pub image: String,
    /// The tags of the revisions before, newest first.
    pub history: Vec<String>,
    pub sidecars: Vec<String>,
    pub init: Vec<String>,
    /// What the first container is started with.
    pub args: Vec<String>,
    /// Its environment.
    pub env: BTreeMap<String, String>,
    /// The services of which it gets address and credentials.
    pub needs: Vec<String>,
    /// A secret of its own that it mounts.
    pub secret: Option<String>,
    /// The secret by which its images are pulled.
    pub pull_secret: Option<String>,
    /// Its ConfigMap, where it isn't `NAME-config`.
    pub config: Option<String>,
    #[serde(default = "one")]
    pub replicas: i32,
    /// "cpu request/limit, memory request/limit"
    pub resources: String,
    pub port: Option<u16>,
    /// The port's name, where it isn't `http`.
    pub port_name: Option<String>,
    /// The port's protocol, where it isn't TCP.
    pub protocol: Option<String>,
    /// Where its metrics are, where that isn't its port.
    pub metrics_port: Option<u16>,
    /// How it is probed, where that isn't by HTTP: `tcp`.
    pub probe: Option<String>,
    /// Where it is probed, where that isn't its port.
    pub probe_port: Option<u16>,
    /// The type of its service, where it isn't `ClusterIP`.
    pub service: Option<String>,
    /// The name of its service, where it isn't its own.
    pub service_name: Option<String>,
    /// The port of its service, where it isn't its own.
    pub service_port: Option<u16>,
    /// The size of each volume claim.
    pub storage: Option<String>,
    /// The kind of its volumes.
    pub storage_class: Option<String>,
    /// The pool of nodes that it is bound to.
    pub pool: Option<String>,
    /// Whether no two of its pods may share a node.
    pub apart: bool,
    /// Whether its stateful pods start at the same time.
    pub parallel: bool,
    /// Whether its old pods end before new ones start.
    pub recreate: bool,
    /// Whether it works on its node itself: the node's network, and its file system.
    pub host: bool,
    /// Whether it tolerates every taint.
    pub everywhere: bool,
    /// Its priority class.
    pub priority: Option<String>,
    /// The user that its processes are.
    pub user: Option<i64>,
    /// What its processes may besides.
    pub capabilities: Vec<String>,
    pub age: String,
    /// How long ago its present revision came.
    pub rolled: Option<String>,
    /// How long ago a rollout began that doesn't get on.
    pub stuck: Option<String>,
    /// How many of its pods a disruption budget keeps.
    pub budget: Option<i32>,
    pub autoscaler: Option<AutoscalerDescription>,
    /// One of its pods was killed for its memory.
    pub killed: Option<KilledDescription>,
}

/// Something that runs at times.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CronDescription {
    pub namespace: String,
    pub name: String,
    pub component: String,
    pub image: String,
    pub args: Vec<String>,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub pull_secret: Option<String>,
    /// When, as cron says it, in UTC.
    pub schedule: String,
    /// How long a run takes.
    pub lasts: String,
    pub resources: String,
    #[serde(default)]
    pub pool: Option<String>,
    pub age: String,
}

impl CronDescription {
    /// What one run is as a workload.
    pub fn workload(&self) -> WorkloadDescription {
        WorkloadDescription {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            kind: WorkloadKind::Job,
            component: self.component.clone(),
            image: self.image.clone(),
            args: self.args.clone(),
            needs: self.needs.clone(),
            pull_secret: self.pull_secret.clone(),
            replicas: 1,
            resources: self.resources.clone(),
            pool: self.pool.clone(),
            priority: Some("background".to_owned()),
            age: self.age.clone(),
            ..WorkloadDescription::default()
        }
    }
}

/// A way in from outside.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteDescription {
    pub namespace: String,
    pub name: String,
    pub host: String,
    /// From a path to `service:port`.
    pub paths: BTreeMap<String, String>,
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// Who may talk to the pods of a workload, and to whom they may.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDescription {
    pub namespace: String,
    pub name: String,
    /// The workload; the whole namespace where there is none.
    #[serde(default)]
    pub app: Option<String>,
    #[serde(default)]
    pub from: Vec<String>,
    #[serde(default)]
    pub from_ports: Vec<u16>,
    #[serde(default)]
    pub to: Vec<String>,
}

/// A configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigDescription {
    pub namespace: String,
    pub name: String,
    pub data: BTreeMap<String, String>,
}

/// An autoscaler.
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
        let mut whole = Platform::default();
        for part in PARTS {
            let part: Platform = toml::from_str(part)?;
            whole.namespaces.extend(part.namespaces);
            whole.nodes.extend(part.nodes);
            whole.storage_classes.extend(part.storage_classes);
            whole.priority_classes.extend(part.priority_classes);
            whole.workloads.extend(part.workloads);
            whole.crons.extend(part.crons);
            whole.routes.extend(part.routes);
            whole.default_deny.namespaces.extend(part.default_deny.namespaces);
            whole.policies.extend(part.policies);
            whole.configs.extend(part.configs);
            whole.kept.extend(part.kept);
            whole.faults.extend(part.faults);
        }
        Ok(whole)
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
