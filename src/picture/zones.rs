//! The zones, summed up and with the worst thing in each, in words.

use super::Picture;
use super::model::{Resources, Row};
use super::rollup::{PodCounts, WorkloadCounts};
use crate::platform::object::Symbol;
use crate::platform::pod::PodHealth;
use crate::platform::workload::Health;
use crate::platform::zone::ZoneId;

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It is on its way.
    Busy,
    /// It may get bad.
    Warning,
    /// It is bad.
    Bad,
}

/// The worst thing in a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worst {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in words.
    pub text: String,
}

/// One zone, summed up.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneSummary {
    /// The zone; none for what is in none.
    pub id: Option<ZoneId>,
    /// Its name.
    pub name: String,
    /// Who can reach it: `public`, `internal`, `isolated`; empty for what is in no zone.
    pub exposure: &'static str,
    /// Its namespaces that exist, sorted.
    pub namespaces: Vec<Symbol>,
    /// Workloads by health.
    pub workloads: WorkloadCounts,
    /// Pods by state.
    pub pods: PodCounts,
    /// Restarts since the console's start.
    pub restarts: u64,
    /// Autoscalers.
    pub autoscalers: u32,
    /// Autoscalers that can't go higher.
    pub autoscalers_at_limit: u32,
    /// What its pods request.
    pub requested: Resources,
    /// The worst thing in it.
    pub worst: Option<Worst>,
}

impl Picture {
    /// Every zone of the profile, in its order, and last what is in none, if anything is.
    pub fn zones(&self) -> Vec<ZoneSummary> {
        let worst_workloads = self.worst_workloads();
        let mut summaries: Vec<ZoneSummary> = self
            .zones
            .iter()
            .map(|(id, zone)| self.summary(Some(id), &zone.name, zone.exposure.name(), &worst_workloads))
            .collect();
        let unzoned = self.summary(None, "unzoned", "", &worst_workloads);
        if !unzoned.namespaces.is_empty() || self.rollups.get(None).rows > 0 {
            summaries.push(unzoned);
        }
        summaries
    }

    fn summary(
        &self,
        id: Option<ZoneId>,
        name: &str,
        exposure: &'static str,
        worst_workloads: &[(Option<ZoneId>, Health, String)],
    ) -> ZoneSummary {
        let rollup = self.rollups.get(id);
        let none = super::model::Labels::default();
        let mut namespaces: Vec<Symbol> = self
            .namespaces
            .iter()
            .filter(|namespace| self.zone_of(&namespace.name, &none) == id)
            .map(|namespace| namespace.name.clone())
            .collect();
        namespaces.sort();
        ZoneSummary {
            id,
            name: name.to_owned(),
            exposure,
            namespaces,
            workloads: rollup.workloads,
            pods: rollup.pods,
            restarts: rollup.restarts,
            autoscalers: rollup.autoscalers,
            autoscalers_at_limit: rollup.autoscalers_at_limit,
            requested: rollup.requested,
            worst: self.worst(id, worst_workloads),
        }
    }

    /// The worst workload of each zone, by health and then by what it lacks.
    fn worst_workloads(&self) -> Vec<(Option<ZoneId>, Health, String)> {
        let mut worst: Vec<(Option<ZoneId>, (Health, u32), String)> = Vec::new();
        for row in self.workloads.iter().filter(|row| row.health >= Health::Progressing) {
            let rank = (row.health, row.wanted.saturating_sub(row.ready));
            let known = worst.iter().position(|(zone, ..)| *zone == row.zone);
            if known.is_some_and(|index| worst[index].1 >= rank) {
                continue;
            }
            let mut text = format!(
                "{} {} in {}: {} of {} ready",
                row.name,
                row.health.word(),
                row.namespace(),
                row.ready,
                row.wanted
            );
            if let Some(complaint) = &row.complaint {
                text = format!("{text}, {}", complaint.reason);
            }
            match known {
                Some(index) => worst[index] = (row.zone, rank, text),
                None => worst.push((row.zone, rank, text)),
            }
        }
        worst.into_iter().map(|(zone, (health, _), text)| (zone, health, text)).collect()
    }

    fn worst(&self, id: Option<ZoneId>, workloads: &[(Option<ZoneId>, Health, String)]) -> Option<Worst> {
        let rollup = self.rollups.get(id);
        let workload = workloads.iter().find(|(zone, ..)| *zone == id);
        let of_workload = |wanted: Health| {
            workload.filter(|(_, health, _)| *health == wanted).map(|(_, _, text)| text.clone())
        };
        let worst = |severity, text| Some(Worst { severity, text });
        if let Some(text) = of_workload(Health::Down) {
            return worst(Severity::Bad, text);
        }
        if let Some((word, count)) = rollup.failures.iter().max_by_key(|(_, count)| **count) {
            let text = match self.failing_pod(id, word) {
                Some(pod) if *count == 1 => format!("{word}: {pod}"),
                Some(pod) => format!("{count} pods {word}, such as {pod}"),
                None => format!("{count} pods {word}"),
            };
            return worst(Severity::Bad, text);
        }
        if rollup.pods.unknown > 0 {
            return worst(Severity::Bad, format!("{} pods on nodes that do not answer", rollup.pods.unknown));
        }
        if let Some(text) = of_workload(Health::Degraded) {
            return worst(Severity::Warning, text);
        }
        if rollup.autoscalers_at_limit > 0 {
            return worst(Severity::Warning, self.limited_autoscalers(id, rollup.autoscalers_at_limit));
        }
        if rollup.pods.not_ready > 0 {
            return worst(
                Severity::Warning,
                format!("{} pods run, but are not ready", rollup.pods.not_ready),
            );
        }
        of_workload(Health::Progressing).and_then(|text| worst(Severity::Busy, text))
    }

    fn failing_pod(&self, id: Option<ZoneId>, word: &str) -> Option<String> {
        self.pods
            .iter()
            .filter(|pod| pod.zone == id && pod.health == PodHealth::Failing && *pod.status == *word)
            .map(|pod| format!("{}/{}", pod.namespace, pod.name))
            .min()
    }

    fn limited_autoscalers(&self, id: Option<ZoneId>, count: u32) -> String {
        let first = self
            .autoscalers
            .iter()
            .filter(|row| row.zone == id && row.at_maximum())
            .min_by(|left, right| left.name.cmp(&right.name));
        match first {
            Some(row) if count == 1 => {
                format!("{} is at its maximum of {} in {}", row.target.name, row.maximum, row.namespace)
            }
            Some(row) => format!("{count} autoscalers are at their maximum, such as {}", row.target.name),
            None => format!("{count} autoscalers are at their maximum"),
        }
    }
}
