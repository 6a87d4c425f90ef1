//! The picture's rules written as plainly as can be: maps, and everything counted anew each time.

use std::collections::BTreeMap;

use quarterdeck::picture::columns::{Filter, PodColumn};
use quarterdeck::picture::model::{AutoscalerRow, Labels, PodRow, Resources, Row, WorkloadRow};
use quarterdeck::picture::{Names, PodCounts, Query, Sort, WorkloadCounts};
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, Symbol, Uid};
use quarterdeck::platform::pod::PodHealth;
use quarterdeck::platform::workload::Health;
use quarterdeck::platform::zone::ZoneId;

use super::rows::zones;

/// A filter, and what it means.
pub type Meaning = (&'static str, fn(&PodRow) -> bool);

pub const FILTERS: [Meaning; 8] = [
    ("", |_| true),
    ("web", |pod| {
        pod.name.contains("web") || pod.workload.as_ref().is_some_and(|owner| &*owner.name == "web")
    }),
    ("!crash", |pod| &*pod.status != "CrashLoopBackOff"),
    ("status=running", |pod| &*pod.status == "Running"),
    ("restarts>2", |pod| pod.restarts > 2),
    ("-l expose=yes", |pod| pod.labels.get("expose") == Some("yes")),
    ("/^web-[0-3]$/", |pod| ["web-0", "web-1", "web-2", "web-3"].contains(&&*pod.name)),
    ("node!=*", |pod| pod.node.is_none()),
];

/// A query, as it is generated.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    pub namespaces: Vec<&'static str>,
    pub zone: Option<Option<u8>>,
    pub workload: Option<(&'static str, &'static str)>,
    pub node: Option<&'static str>,
    pub filter: usize,
    pub column: usize,
    pub descending: bool,
}

impl Asked {
    pub fn query(&self) -> Query<PodRow> {
        Query {
            namespaces: self.namespaces.iter().map(|name| Symbol::from(*name)).collect(),
            zone: self.zone.map(|zone| zone.map(ZoneId)),
            workload: self
                .workload
                .map(|(namespace, name)| (Kind::Deployment, Symbol::from(namespace), Symbol::from(name))),
            node: self.node.map(Symbol::from),
            filter: Filter::parse::<PodRow>(FILTERS[self.filter].0).expect("it is a filter"),
            sort: self.sort(),
        }
    }

    pub fn sort(&self) -> Sort<PodColumn> {
        use quarterdeck::picture::columns::ColumnKey;
        Sort { column: PodColumn::ALL[self.column], descending: self.descending }
    }

    pub fn same_scope(&self, other: &Asked) -> bool {
        let scope = |asked: &Asked| (asked.namespaces.clone(), asked.zone, asked.workload, asked.node);
        scope(self) == scope(other)
    }

    fn in_scope(&self, pod: &PodRow) -> bool {
        let owned = |name: &str| pod.workload.as_ref().is_some_and(|owner| &*owner.name == name);
        (self.namespaces.is_empty() || self.namespaces.contains(&&*pod.namespace))
            && self.zone.is_none_or(|zone| zone.map(ZoneId) == pod.zone)
            && self.workload.is_none_or(|(namespace, name)| *pod.namespace == *namespace && owned(name))
            && self.node.is_none_or(|node| pod.node.as_deref() == Some(node))
    }
}

#[derive(Debug, Clone, Default)]
pub struct Source {
    pub list: u32,
    pub freshness: Freshness,
}

/// A pod with the source that put it, and the list of that source.
#[derive(Debug, Clone)]
pub struct Known {
    pub pod: PodRow,
    pub source: usize,
    pub list: u32,
}

#[derive(Debug, Default)]
pub struct Model {
    pub sources: [Source; 3],
    pub pods: BTreeMap<Uid, Known>,
    pub workloads: BTreeMap<Uid, WorkloadRow>,
    pub autoscalers: BTreeMap<Uid, AutoscalerRow>,
    pub namespaces: BTreeMap<Uid, (Symbol, std::sync::Arc<Labels>)>,
    pub restarts: BTreeMap<Option<ZoneId>, u64>,
    pub shown: Option<Asked>,
    pub coming: Option<Asked>,
}

/// What one zone adds up to.
#[derive(Debug, PartialEq, Default)]
pub struct Recount {
    pub pods: PodCounts,
    pub workloads: WorkloadCounts,
    pub autoscalers: u32,
    pub at_limit: u32,
    pub requested: Resources,
    pub restarts: u64,
}

impl Model {
    pub fn zone_of(&self, namespace: &str, labels: &Labels) -> Option<ZoneId> {
        let of_namespace = self.namespaces.values().find(|(name, _)| **name == *namespace);
        zones().zone_of(namespace, &|name| of_namespace.and_then(|(_, labels)| labels.get(name)), &|name| {
            labels.get(name)
        })
    }

    pub fn put(&mut self, source: usize, mut pod: PodRow) {
        pod.zone = self.zone_of(&pod.namespace, &pod.labels);
        let known = Known { source, list: self.sources[source].list, pod: pod.clone() };
        if let Some(before) = self.pods.insert(pod.uid, known) {
            let more = pod.restarts.saturating_sub(before.pod.restarts);
            *self.restarts.entry(pod.zone).or_default() += u64::from(more);
        }
    }

    /// Sets the zones of everything anew.
    pub fn rezone(&mut self) {
        let zones: Vec<_> = self
            .pods
            .values()
            .map(|known| (known.pod.uid, self.zone_of(&known.pod.namespace, &known.pod.labels)))
            .collect();
        for (uid, zone) in zones {
            self.pods.entry(uid).and_modify(|known| known.pod.zone = zone);
        }
    }

    pub fn end_list(&mut self, source: usize) {
        let list = self.sources[source].list;
        self.pods.retain(|_, known| known.source != source || known.list == list);
    }

    pub fn retire(&mut self, source: usize) {
        self.pods.retain(|_, known| known.source != source);
        self.sources[source] = Source::default();
    }

    pub fn confirmed(&self, uid: Uid) -> bool {
        let known = &self.pods[&uid];
        let source = &self.sources[known.source];
        known.list == source.list
            && matches!(source.freshness, Freshness::Live | Freshness::Loading | Freshness::Waiting)
    }

    pub fn in_scope(&self, asked: &Asked) -> usize {
        self.pods.values().filter(|known| asked.in_scope(&known.pod)).count()
    }

    /// The rows of a query, in order.
    pub fn rows(&self, asked: &Asked, names: &Names) -> Vec<&PodRow> {
        let matches = FILTERS[asked.filter].1;
        let mut rows: Vec<_> = self
            .pods
            .values()
            .map(|known| &known.pod)
            .filter(|pod| asked.in_scope(pod) && matches(pod))
            .collect();
        rows.sort_by(|left, right| asked.sort().compare(*left, *right, names));
        rows
    }

    pub fn recount(&self, zone: Option<ZoneId>) -> Recount {
        let restarts = self.restarts.get(&zone).copied().unwrap_or(0);
        let mut recount = Recount { restarts, ..Recount::default() };
        for pod in self.pods.values().map(|known| &known.pod).filter(|pod| pod.zone == zone) {
            *match pod.health {
                PodHealth::Ready => &mut recount.pods.ready,
                PodHealth::Starting => &mut recount.pods.starting,
                PodHealth::Terminating => &mut recount.pods.terminating,
                PodHealth::NotReady => &mut recount.pods.not_ready,
                PodHealth::Failing => &mut recount.pods.failing,
                PodHealth::Unknown => &mut recount.pods.unknown,
                PodHealth::Done => &mut recount.pods.done,
            } += 1;
            if pod.node.is_some() && pod.health != PodHealth::Done {
                recount.requested.cpu += pod.requests.cpu;
                recount.requested.memory += pod.requests.memory;
            }
        }
        let in_zone = |namespace: &str, labels: &Labels| self.zone_of(namespace, labels) == zone;
        for row in self.workloads.values().filter(|row| in_zone(row.namespace(), &row.template_labels)) {
            *match row.health {
                Health::Healthy => &mut recount.workloads.healthy,
                Health::Progressing => &mut recount.workloads.progressing,
                Health::Degraded => &mut recount.workloads.degraded,
                Health::Down => &mut recount.workloads.down,
                Health::Idle => &mut recount.workloads.idle,
            } += 1;
        }
        for row in self.autoscalers.values().filter(|row| in_zone(row.namespace(), &row.labels)) {
            recount.autoscalers += 1;
            recount.at_limit += u32::from(row.current >= row.maximum && row.desired >= row.maximum);
        }
        recount
    }
}
