//! Compact rows of what the console shows and acts upon.

use std::net::IpAddr;
use std::sync::Arc;

use super::Labels;
use crate::platform::object::{Kind, Symbol, Uid};
use crate::platform::pod::PodHealth;
use crate::platform::quantity::{Bytes, MilliCpu};
use crate::platform::time::Instant;
use crate::platform::workload::Health;
use crate::platform::zone::ZoneId;

/// What every row has.
pub trait Row {
    /// The identity of the object.
    fn uid(&self) -> Uid;
    /// Its namespace; empty where it has none.
    fn namespace(&self) -> &str;
    /// Its name.
    fn name(&self) -> &str;
    /// Its labels.
    fn labels(&self) -> &Labels;
    /// When it was created.
    fn created(&self) -> Instant;
}

/// The controller that owns an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    /// Its kind, as Kubernetes spells it; any kind can own.
    pub kind: Symbol,
    /// Its name.
    pub name: Symbol,
}

/// Requested or allocatable amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resources {
    /// Processor time.
    pub cpu: MilliCpu,
    /// Memory.
    pub memory: Bytes,
}

/// A pod.
#[derive(Debug, Clone, PartialEq)]
pub struct PodRow {
    /// The identity of the object.
    pub uid: Uid,
    /// Its namespace.
    pub namespace: Symbol,
    /// Its name.
    pub name: Box<str>,
    /// Its labels.
    pub labels: Arc<Labels>,
    /// The controller that owns it directly.
    pub owner: Option<Owner>,
    /// The workload that owns it in the end: a Deployment rather than its ReplicaSet.
    pub workload: Option<Owner>,
    /// The node that it runs on.
    pub node: Option<Symbol>,
    /// Its address.
    pub ip: Option<IpAddr>,
    /// kubectl's word for its state.
    pub status: Symbol,
    /// How well that is.
    pub health: PodHealth,
    /// Containers that are ready, as kubectl counts them.
    pub ready: u16,
    /// Containers, as kubectl counts them.
    pub containers: u16,
    /// Restarts of all containers, as kubectl counts them.
    pub restarts: u32,
    /// When a container last ended, where one was restarted.
    pub restarted: Option<Instant>,
    /// When it was created.
    pub created: Instant,
    /// The images of its containers, in order.
    pub images: Arc<[Symbol]>,
    /// What its containers request together.
    pub requests: Resources,
    /// The zone that it is in; the picture fills it in.
    pub zone: Option<ZoneId>,
}

/// A condition that stands out, in the server's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The reason, one word.
    pub reason: Symbol,
    /// The message, sanitized by whoever draws it.
    pub message: Box<str>,
}

/// What an autoscaler makes of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scaling {
    /// The fewest replicas that it sets.
    pub minimum: u32,
    /// The most replicas that it sets.
    pub maximum: u32,
    /// Replicas that it has counted.
    pub current: u32,
    /// Whether it can't add a replica that it wants to add.
    pub at_maximum: bool,
}

/// A Deployment, StatefulSet or DaemonSet.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadRow {
    /// The kind.
    pub kind: Kind,
    /// The identity of the object.
    pub uid: Uid,
    /// Its namespace.
    pub namespace: Symbol,
    /// Its name.
    pub name: Symbol,
    /// Its own labels.
    pub labels: Arc<Labels>,
    /// The labels that it gives its pods.
    pub template_labels: Arc<Labels>,
    /// The controller that owns it, such as an operator.
    pub owner: Option<Owner>,
    /// Replicas that are wanted.
    pub wanted: u32,
    /// Replicas that are ready.
    pub ready: u32,
    /// Replicas of the present template.
    pub updated: u32,
    /// Replicas that have been ready for long enough.
    pub available: u32,
    /// Replicas that exist.
    pub current: u32,
    /// Whether its rollout is paused.
    pub paused: bool,
    /// Whether its controller has seen the present specification.
    pub observed: bool,
    /// What its conditions complain about.
    pub complaint: Option<Condition>,
    /// How well it is.
    pub health: Health,
    /// The images of its template, in order.
    pub images: Arc<[Symbol]>,
    /// What one pod of its template requests.
    pub requests: Resources,
    /// When it was created.
    pub created: Instant,
    /// What scales it; the picture fills it in.
    pub scaling: Option<Scaling>,
    /// The zone that it is in; the picture fills it in.
    pub zone: Option<ZoneId>,
}

/// A ReplicaSet.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicaSetRow {
    /// The identity of the object.
    pub uid: Uid,
    /// Its namespace.
    pub namespace: Symbol,
    /// Its name.
    pub name: Box<str>,
    /// Its labels.
    pub labels: Arc<Labels>,
    /// The controller that owns it.
    pub owner: Option<Owner>,
    /// The revision of the Deployment that it stands for.
    pub revision: u32,
    /// Replicas that are wanted.
    pub wanted: u32,
    /// Replicas that are ready.
    pub ready: u32,
    /// When it was created.
    pub created: Instant,
}

/// A namespace.
#[derive(Debug, Clone, PartialEq)]
pub struct NamespaceRow {
    /// The identity of the object.
    pub uid: Uid,
    /// Its name.
    pub name: Symbol,
    /// Its labels.
    pub labels: Arc<Labels>,
    /// Whether it is being deleted.
    pub terminating: bool,
    /// When it was created.
    pub created: Instant,
}

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeRow {
    /// The identity of the object.
    pub uid: Uid,
    /// Its name.
    pub name: Symbol,
    /// Its labels.
    pub labels: Arc<Labels>,
    /// Whether its kubelet says that it is ready.
    pub ready: bool,
    /// Whether it is cordoned.
    pub unschedulable: bool,
    /// Whether a taint keeps pods off it that don't tolerate it.
    pub repels: bool,
    /// What pods may request on it.
    pub allocatable: Resources,
    /// How many pods it takes in all.
    pub pods: u32,
    /// The version of its kubelet.
    pub version: Symbol,
    /// When it was created.
    pub created: Instant,
}

/// A HorizontalPodAutoscaler.
#[derive(Debug, Clone, PartialEq)]
pub struct AutoscalerRow {
    /// The identity of the object.
    pub uid: Uid,
    /// Its namespace.
    pub namespace: Symbol,
    /// Its name.
    pub name: Symbol,
    /// Its labels.
    pub labels: Arc<Labels>,
    /// What it scales.
    pub target: Owner,
    /// The fewest replicas that it sets.
    pub minimum: u32,
    /// The most replicas that it sets.
    pub maximum: u32,
    /// Replicas that it has counted.
    pub current: u32,
    /// Replicas that it wants.
    pub desired: u32,
    /// Whether it wants more than its maximum, or fewer than its minimum, with the reason.
    pub limited: Option<Condition>,
    /// Whether it scales at all, and if not, why.
    pub inactive: Option<Condition>,
    /// When it was created.
    pub created: Instant,
    /// The zone that it is in; the picture fills it in.
    pub zone: Option<ZoneId>,
}

impl AutoscalerRow {
    /// Whether it can't add a replica that it wants to add.
    pub fn at_maximum(&self) -> bool {
        self.desired >= self.maximum && self.current >= self.maximum
    }

    /// What it makes of the workload that it scales.
    pub fn scaling(&self) -> Scaling {
        let at_maximum = self.at_maximum();
        Scaling { minimum: self.minimum, maximum: self.maximum, current: self.current, at_maximum }
    }
}

/// Every row answers from fields of the same names; those of the cluster itself are in no namespace.
macro_rules! rows {
    ($($row:ty, $namespace:expr;)+) => {
        $(impl Row for $row {
            fn uid(&self) -> Uid {
                self.uid
            }
            fn namespace(&self) -> &str {
                let namespace: fn(&Self) -> &str = $namespace;
                namespace(self)
            }
            fn name(&self) -> &str {
                &self.name
            }
            fn labels(&self) -> &Labels {
                &self.labels
            }
            fn created(&self) -> Instant {
                self.created
            }
        })+
    };
}

rows! {
    PodRow, |row| &row.namespace;
    WorkloadRow, |row| &row.namespace;
    ReplicaSetRow, |row| &row.namespace;
    AutoscalerRow, |row| &row.namespace;
    NamespaceRow, |_| "";
    NodeRow, |_| "";
}
