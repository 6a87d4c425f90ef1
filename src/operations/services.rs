//! What an operation is given to work with.

use std::time::Duration;

use crate::clients::kubernetes::Connection;
use crate::journal::{Actor, Journal};
use crate::platform::environment::EnvironmentSpec;
use crate::platform::time::Clock;

use super::{Gate, words};

/// What the platform profile calls the place of the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Whether dangerous operations want their target typed there.
    pub production: bool,
}

impl From<&EnvironmentSpec> for Environment {
    fn from(environment: &EnvironmentSpec) -> Self {
        Environment { name: environment.name.clone(), production: environment.production }
    }
}

/// The room on one node that takes new pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeRoom {
    /// Allocatable less requested, in thousandths of a core.
    pub free_cpu_millis: u64,
    /// Allocatable less requested, in bytes.
    pub free_memory_bytes: u64,
    /// How many more pods it takes.
    pub free_pods: u64,
}

/// The room in the cluster, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capacity {
    /// As the caller's picture has it.
    Known {
        /// The nodes that take new pods: neither cordoned, unready nor tainted against them.
        nodes: Vec<NodeRoom>,
        /// Whether the picture is live; else its age is said.
        live: bool,
    },
    /// To be added up from the server's nodes and pods.
    Measure,
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The longest that one read of the preflight may take.
    pub read: Duration,
    /// How often an applied change is looked at.
    pub every: Duration,
    /// How long nothing may move before the reason is looked for.
    pub patience: Duration,
    /// How long an applied change is followed in all.
    pub limit: Duration,
}

impl Pace {
    /// How long an applied change is followed in all, as a person says it.
    pub fn limit_in_words(&self) -> String {
        words::span(self.limit)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Pace {
            read: Duration::from_secs(8),
            every: Duration::from_millis(1500),
            patience: Duration::from_secs(20),
            limit: Duration::from_secs(600),
        }
    }
}

/// What an operation is given to work with.
#[derive(Clone)]
pub struct Services {
    /// The cluster.
    pub connection: Connection,
    /// The record.
    pub journal: Journal,
    /// The clock.
    pub clock: Clock,
    /// The gate of this console.
    pub gate: Gate,
    /// Who acts.
    pub actor: Actor,
    /// Where the object lives.
    pub environment: Environment,
    /// The fewest replicas that the profile expects of the workload, where it says so.
    pub minimum_replicas: Option<u32>,
    /// The room in the cluster.
    pub capacity: Capacity,
    /// How long to wait for what.
    pub pace: Pace,
}
