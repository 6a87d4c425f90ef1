//! The zones' roll-ups, kept as rows come, change and go.

use std::collections::BTreeMap;

use super::model::{AutoscalerRow, PodRow, Resources, WorkloadRow};
use crate::platform::object::Symbol;
use crate::platform::pod::PodHealth;
use crate::platform::workload::Health;
use crate::platform::zone::ZoneId;

/// Workloads by health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkloadCounts {
    /// Every wanted replica is ready.
    pub healthy: u32,
    /// A rollout is under way.
    pub progressing: u32,
    /// Fewer replicas are ready than wanted.
    pub degraded: u32,
    /// None is ready.
    pub down: u32,
    /// Nothing is wanted.
    pub idle: u32,
}

/// Pods by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PodCounts {
    /// Every container is ready.
    pub ready: u32,
    /// On their way.
    pub starting: u32,
    /// Going away.
    pub terminating: u32,
    /// Running, but not ready.
    pub not_ready: u32,
    /// Failing.
    pub failing: u32,
    /// On a node that does not answer.
    pub unknown: u32,
    /// Ended well.
    pub done: u32,
}

impl WorkloadCounts {
    /// All of them.
    pub fn total(&self) -> u32 {
        self.healthy + self.progressing + self.degraded + self.down + self.idle
    }

    fn of(&mut self, health: Health) -> &mut u32 {
        match health {
            Health::Healthy => &mut self.healthy,
            Health::Progressing => &mut self.progressing,
            Health::Degraded => &mut self.degraded,
            Health::Down => &mut self.down,
            Health::Idle => &mut self.idle,
        }
    }
}

impl PodCounts {
    /// All of them.
    pub fn total(&self) -> u32 {
        self.ready
            + self.starting
            + self.terminating
            + self.not_ready
            + self.failing
            + self.unknown
            + self.done
    }

    fn of(&mut self, health: PodHealth) -> &mut u32 {
        match health {
            PodHealth::Ready => &mut self.ready,
            PodHealth::Starting => &mut self.starting,
            PodHealth::Terminating => &mut self.terminating,
            PodHealth::NotReady => &mut self.not_ready,
            PodHealth::Failing => &mut self.failing,
            PodHealth::Unknown => &mut self.unknown,
            PodHealth::Done => &mut self.done,
        }
    }
}

/// What one zone adds up to.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct ZoneRollup {
    pub(super) workloads: WorkloadCounts,
    pub(super) pods: PodCounts,
    pub(super) restarts: u64,
    pub(super) autoscalers: u32,
    pub(super) autoscalers_at_limit: u32,
    pub(super) requested: Resources,
    /// Failing pods by status word.
    pub(super) failures: BTreeMap<Symbol, u32>,
    /// Rows of any kind, so that an empty zone is known as such.
    pub(super) rows: u32,
}

/// The roll-ups of every zone; the last is what is in none.
#[derive(Debug)]
pub(super) struct Rollups {
    zones: Vec<ZoneRollup>,
}

impl Rollups {
    pub(super) fn new(zones: usize) -> Self {
        Rollups { zones: vec![ZoneRollup::default(); zones + 1] }
    }

    pub(super) fn get(&self, zone: Option<ZoneId>) -> &ZoneRollup {
        &self.zones[self.index(zone)]
    }

    fn index(&self, zone: Option<ZoneId>) -> usize {
        let unzoned = self.zones.len() - 1;
        zone.map_or(unzoned, |zone| usize::from(zone.0).min(unzoned))
    }

    fn of(&mut self, zone: Option<ZoneId>) -> &mut ZoneRollup {
        let index = self.index(zone);
        &mut self.zones[index]
    }

    /// Restarts that were seen to happen; they stay when the pod goes.
    pub(super) fn restarted(&mut self, zone: Option<ZoneId>, times: u32) {
        self.of(zone).restarts += u64::from(times);
    }

    pub(super) fn add_pod(&mut self, pod: &PodRow) {
        let rollup = self.of(pod.zone);
        rollup.rows += 1;
        *rollup.pods.of(pod.health) += 1;
        if requests_count(pod) {
            rollup.requested.cpu += pod.requests.cpu;
            rollup.requested.memory += pod.requests.memory;
        }
        if pod.health == PodHealth::Failing {
            *rollup.failures.entry(pod.status.clone()).or_default() += 1;
        }
    }

    pub(super) fn remove_pod(&mut self, pod: &PodRow) {
        let rollup = self.of(pod.zone);
        rollup.rows = rollup.rows.saturating_sub(1);
        decrement(rollup.pods.of(pod.health));
        if requests_count(pod) {
            rollup.requested.cpu -= pod.requests.cpu;
            rollup.requested.memory -= pod.requests.memory;
        }
        if pod.health == PodHealth::Failing
            && let Some(count) = rollup.failures.get_mut(&pod.status)
        {
            decrement(count);
            if *count == 0 {
                rollup.failures.remove(&pod.status);
            }
        }
    }

    pub(super) fn add_workload(&mut self, workload: &WorkloadRow) {
        let rollup = self.of(workload.zone);
        rollup.rows += 1;
        *rollup.workloads.of(workload.health) += 1;
    }

    pub(super) fn remove_workload(&mut self, workload: &WorkloadRow) {
        let rollup = self.of(workload.zone);
        rollup.rows = rollup.rows.saturating_sub(1);
        decrement(rollup.workloads.of(workload.health));
    }

    pub(super) fn add_autoscaler(&mut self, autoscaler: &AutoscalerRow) {
        let rollup = self.of(autoscaler.zone);
        rollup.autoscalers += 1;
        rollup.autoscalers_at_limit += u32::from(autoscaler.at_maximum());
    }

    pub(super) fn remove_autoscaler(&mut self, autoscaler: &AutoscalerRow) {
        let rollup = self.of(autoscaler.zone);
        decrement(&mut rollup.autoscalers);
        if autoscaler.at_maximum() {
            decrement(&mut rollup.autoscalers_at_limit);
        }
    }
}

/// The scheduler counts the requests of pods that hold a node and have not ended.
fn requests_count(pod: &PodRow) -> bool {
    pod.node.is_some() && pod.health != PodHealth::Done
}

fn decrement(count: &mut u32) {
    *count = count.saturating_sub(1);
}
