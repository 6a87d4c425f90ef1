//! The roll-ups of all zones at one revision of the picture.

use crate::panes::notices::{Knowledge, knowledge};
use crate::picture::model::Resources;
use crate::picture::{Picture, PodCounts, Severity, WorkloadCounts, ZoneSummary};
use crate::platform::environment::Environments;
use crate::platform::object::Kind;

/// Kinds of workloads.
pub(super) const WORKLOADS: &[Kind] = &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet];

/// What is known of the kinds that the roll-ups are made of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    pub(super) namespaces: Knowledge,
    pub(super) workloads: Knowledge,
    pub(super) pods: Knowledge,
    pub(super) autoscalers: Knowledge,
    pub(super) nodes: Knowledge,
}

impl Known {
    fn of(picture: &Picture) -> Self {
        Known {
            namespaces: knowledge(picture, &[Kind::Namespace]),
            workloads: knowledge(picture, WORKLOADS),
            pods: knowledge(picture, &[Kind::Pod]),
            autoscalers: knowledge(picture, &[Kind::HorizontalPodAutoscaler]),
            nodes: knowledge(picture, &[Kind::Node]),
        }
    }
}

/// The zones, summed up once for each revision of the picture.
#[derive(Debug, Default)]
pub(super) struct Survey {
    revision: Option<u64>,
    zones: Vec<ZoneSummary>,
    environments: Vec<Vec<String>>,
    allocatable: Resources,
    known: Known,
}

impl Survey {
    /// Sums up again if the picture has changed.
    pub(super) fn renew(&mut self, picture: &Picture, environments: &Environments) {
        if self.revision == Some(picture.revision()) {
            return;
        }
        self.revision = Some(picture.revision());
        self.zones = picture.zones();
        self.known = Known::of(picture);
        self.allocatable = picture.allocatable();
        self.environments =
            self.zones.iter().map(|zone| environments_of(zone, picture, environments)).collect();
    }

    /// What is known of the kinds that the zones are summed up from.
    pub(super) fn known(&self) -> Known {
        self.known
    }

    /// The zone with the worst in it, by how much is down and fails; the first of equals.
    pub(super) fn worst_zone(&self) -> Option<&ZoneSummary> {
        let gravity = |zone: &&ZoneSummary| (severity(zone), zone.workloads.down, zone.pods.failing);
        self.zones.iter().rev().max_by_key(gravity).filter(|zone| zone.worst.is_some())
    }

    /// The zones, in the order of the profile.
    pub(super) fn zones(&self) -> &[ZoneSummary] {
        &self.zones
    }

    /// Whether nothing is known to run anywhere.
    pub(super) fn is_empty(&self) -> bool {
        self.zones.iter().all(|zone| zone.workloads.total() == 0 && zone.pods.total() == 0)
    }

    /// The environments that the namespaces of a zone are in, in the order of the profile.
    pub(super) fn environments(&self, index: usize) -> &[String] {
        self.environments.get(index).map_or(&[], Vec::as_slice)
    }

    /// What all nodes that take pods have to give.
    pub(super) fn allocatable(&self) -> Resources {
        self.allocatable
    }

    /// How many zones have something in them that is bad or may get bad.
    pub(super) fn need_attention(&self) -> usize {
        self.zones.iter().filter(|zone| severity(zone) >= Some(Severity::Warning)).count()
    }

    /// The worst that there is in any zone.
    pub(super) fn severity(&self) -> Option<Severity> {
        self.zones.iter().filter_map(severity).max()
    }

    /// Workloads of all zones by health.
    pub(super) fn workloads(&self) -> WorkloadCounts {
        let mut sum = WorkloadCounts::default();
        for zone in &self.zones {
            sum.healthy += zone.workloads.healthy;
            sum.progressing += zone.workloads.progressing;
            sum.degraded += zone.workloads.degraded;
            sum.down += zone.workloads.down;
            sum.idle += zone.workloads.idle;
        }
        sum
    }

    /// Pods of all zones by state.
    pub(super) fn pods(&self) -> PodCounts {
        let mut sum = PodCounts::default();
        for zone in &self.zones {
            sum.ready += zone.pods.ready;
            sum.starting += zone.pods.starting;
            sum.terminating += zone.pods.terminating;
            sum.not_ready += zone.pods.not_ready;
            sum.failing += zone.pods.failing;
            sum.unknown += zone.pods.unknown;
            sum.done += zone.pods.done;
        }
        sum
    }
}

/// How bad the worst thing in a zone is.
pub(super) fn severity(zone: &ZoneSummary) -> Option<Severity> {
    zone.worst.as_ref().map(|worst| worst.severity)
}

fn environments_of(zone: &ZoneSummary, picture: &Picture, environments: &Environments) -> Vec<String> {
    let mut found: Vec<_> = zone
        .namespaces
        .iter()
        .filter_map(|namespace| environments.environment_of(picture.cluster(), namespace))
        .collect();
    found.sort();
    found.dedup();
    found.into_iter().filter_map(|id| environments.get(id)).map(|spec| spec.name.clone()).collect()
}
