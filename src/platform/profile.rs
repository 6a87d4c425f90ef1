//! The platform profile: the platform that the console operates, as plain data.

use super::environment::Environments;
use super::pattern::NamePattern;
use super::zone::{ZoneId, Zones};

/// Seconds in the month of 30 days that objectives are counted in.
const MONTH: f64 = 30.0 * 86_400.0;

/// A platform, described.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Profile {
    /// The platform's name.
    pub name: String,
    /// Its zones.
    pub zones: Zones,
    /// Its environments.
    pub environments: Environments,
    /// What is expected of workloads; the first that names a workload holds for it.
    pub workloads: Vec<WorkloadExpectation>,
    /// What it promises.
    pub objectives: Objectives,
    /// What is backed up, and how often.
    pub backups: Vec<BackupPolicy>,
    /// How long things are kept.
    pub retention: Retention,
    /// Dashboards about it.
    pub dashboards: Vec<Link>,
    /// Runbooks for it.
    pub runbooks: Vec<Link>,
}

impl Profile {
    /// What is expected of a workload, if anything is.
    pub fn expectation_of(&self, namespace: &str, workload: &str) -> Option<&WorkloadExpectation> {
        self.workloads.iter().find(|expectation| expectation.names(namespace, workload))
    }

    /// The runbooks for an alert, in the order of declaration.
    pub fn runbooks_for(&self, alert: &str) -> impl Iterator<Item = &Link> {
        self.runbooks.iter().filter(move |link| link.alerts.iter().any(|pattern| pattern.matches(alert)))
    }
}

/// What is expected of some workloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadExpectation {
    /// The workloads' names.
    pub name: NamePattern,
    /// The namespaces that they are in; any when there are none.
    pub namespaces: Vec<NamePattern>,
    /// The fewest replicas.
    pub minimum_replicas: Option<u32>,
    /// Whether replicas have to be on different nodes.
    pub anti_affinity: bool,
    /// The bounds that their autoscaler should have.
    pub autoscaler: Option<AutoscalerBounds>,
}

impl WorkloadExpectation {
    /// Whether this is about a workload.
    pub fn names(&self, namespace: &str, workload: &str) -> bool {
        let there =
            self.namespaces.is_empty() || self.namespaces.iter().any(|pattern| pattern.matches(namespace));
        there && self.name.matches(workload)
    }
}

/// The bounds of an autoscaler, in replicas: `minimum` is at most `maximum`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutoscalerBounds {
    /// The fewest replicas.
    pub minimum: u32,
    /// The most replicas.
    pub maximum: u32,
}

/// What the platform promises. What it doesn't promise is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Objectives {
    /// The share of a month that it is available, in per cent: above 0, at most 100.
    pub availability: Option<f64>,
    /// The longest that it may be down after a disaster, in seconds.
    pub recovery_time_seconds: Option<u64>,
    /// The most that may be lost in a disaster, in seconds before it.
    pub recovery_point_seconds: Option<u64>,
}

impl Objectives {
    /// How long it may be down in a month of 30 days, in whole seconds: 2592, that is 43.2 minutes, for
    /// 99.9 %.
    pub fn monthly_downtime_seconds(&self) -> Option<u64> {
        // Not negative, and at most the seconds of a month.
        self.availability.map(|percent| ((100.0 - percent).max(0.0) / 100.0 * MONTH).round() as u64)
    }
}

/// What is backed up, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPolicy {
    /// What is backed up.
    pub name: String,
    /// How.
    pub schedule: BackupSchedule,
    /// The namespaces that it covers; all when there are none.
    pub namespaces: Vec<NamePattern>,
}

/// How something is backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupSchedule {
    /// Again after so many seconds.
    Every(u64),
    /// Copied continuously.
    Replicated,
}

/// How long things are kept, in seconds. What isn't said is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Metrics where they are collected.
    pub metrics_seconds: Option<u64>,
    /// Metrics in the long-term store.
    pub metrics_long_term_seconds: Option<u64>,
    /// Logs.
    pub logs_seconds: Option<u64>,
}

/// A dashboard or a runbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is called.
    pub title: String,
    /// Where it is: a URL, or a path at the dashboards' or runbooks' own server.
    pub url: String,
    /// The zone that it is about.
    pub zone: Option<ZoneId>,
    /// The alerts that it is about.
    pub alerts: Vec<NamePattern>,
}
