//! The live state, on one thread: tables, roll-ups and open views.

mod apply;
pub mod columns;
pub mod model;
mod rollup;
mod sources;
mod table;
mod view;
mod zones;

use std::collections::VecDeque;

pub use columns::{Names, Sort, Tabled};
pub use rollup::{PodCounts, WorkloadCounts};
pub use sources::{SourceState, SourceSummary};
pub use table::Table;
pub use view::{Belongs, Query, Shown, View};
pub use zones::{Severity, Worst, ZoneSummary};

use model::{AutoscalerRow, NamespaceRow, NodeRow, PodRow, ReplicaSetRow, Resources, SourceKey, WorkloadRow};
use rollup::Rollups;
use rustc_hash::FxHashMap;
use sources::Sources;
use view::ViewState;

use crate::platform::detail::Detail;
use crate::platform::object::{Kind, ObjectReference, Symbol, Uid};
use crate::platform::zone::{ZoneId, Zones};

/// A workload by its kind, namespace and name.
type WorkloadKey = (Kind, Symbol, Symbol);

/// Details that are kept, so that going back and forth between rows shows them at once.
const DETAILS: usize = 16;

/// The live state. Only the console's loop changes it, by applying what feeds send.
#[derive(Debug)]
pub struct Picture {
    cluster: Symbol,
    zones: Zones,
    names: Names,
    revision: u64,
    sources: Sources,
    pods: Table<PodRow>,
    workloads: Table<WorkloadRow>,
    replica_sets: Table<ReplicaSetRow>,
    namespaces: Table<NamespaceRow>,
    nodes: Table<NodeRow>,
    autoscalers: Table<AutoscalerRow>,
    namespace_labels: FxHashMap<Symbol, std::sync::Arc<model::Labels>>,
    named_workloads: FxHashMap<WorkloadKey, Uid>,
    scaled_workloads: FxHashMap<WorkloadKey, Uid>,
    pod_view: ViewState<PodRow>,
    workload_view: ViewState<WorkloadRow>,
    rollups: Rollups,
    details: VecDeque<(ObjectReference, Result<Box<Detail>, String>)>,
    server_version: Option<String>,
}

impl Picture {
    /// An empty picture of a cluster, with the zones of the profile.
    pub fn new(cluster: Symbol, zones: Zones) -> Self {
        let names = Names::new(zones.iter().map(|(_, zone)| Symbol::from(zone.name.as_str())));
        let rollups = Rollups::new(zones.iter().len());
        Picture {
            cluster,
            zones,
            names,
            revision: 0,
            sources: Sources::default(),
            pods: Table::default(),
            workloads: Table::default(),
            replica_sets: Table::default(),
            namespaces: Table::default(),
            nodes: Table::default(),
            autoscalers: Table::default(),
            namespace_labels: FxHashMap::default(),
            named_workloads: FxHashMap::default(),
            scaled_workloads: FxHashMap::default(),
            pod_view: ViewState::default(),
            workload_view: ViewState::default(),
            rollups,
            details: VecDeque::new(),
            server_version: None,
        }
    }

    /// Grows with each change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The context of the cluster.
    pub fn cluster(&self) -> &Symbol {
        &self.cluster
    }

    /// The server's version, once it has told.
    pub fn server_version(&self) -> Option<&str> {
        self.server_version.as_deref()
    }

    /// The zones of the profile.
    pub fn zone_specs(&self) -> &Zones {
        &self.zones
    }

    /// Names of what rows refer to by number.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The name of a zone; `unzoned` for none.
    pub fn zone_name(&self, zone: Option<ZoneId>) -> &str {
        self.names.zone(zone)
    }

    /// Every pod.
    pub fn pods(&self) -> &Table<PodRow> {
        &self.pods
    }

    /// Every Deployment, StatefulSet and DaemonSet.
    pub fn workloads(&self) -> &Table<WorkloadRow> {
        &self.workloads
    }

    /// Every ReplicaSet.
    pub fn replica_sets(&self) -> &Table<ReplicaSetRow> {
        &self.replica_sets
    }

    /// Every namespace that may be listed.
    pub fn namespaces(&self) -> &Table<NamespaceRow> {
        &self.namespaces
    }

    /// Every node.
    pub fn nodes(&self) -> &Table<NodeRow> {
        &self.nodes
    }

    /// Every HorizontalPodAutoscaler.
    pub fn autoscalers(&self) -> &Table<AutoscalerRow> {
        &self.autoscalers
    }

    /// The workload of that name.
    pub fn workload(&self, kind: Kind, namespace: &str, name: &str) -> Option<&WorkloadRow> {
        let key = (kind, Symbol::from(namespace), Symbol::from(name));
        self.workloads.get(*self.named_workloads.get(&key)?)
    }

    /// The autoscaler that scales a workload.
    pub fn autoscaler_of(&self, workload: &WorkloadRow) -> Option<&AutoscalerRow> {
        let key = (workload.kind, workload.namespace.clone(), workload.name.clone());
        self.autoscalers.get(*self.scaled_workloads.get(&key)?)
    }

    /// What pods may request on all nodes that are ready and not cordoned.
    pub fn allocatable(&self) -> Resources {
        let mut sum = Resources::default();
        for node in self.nodes.iter().filter(|node| node.ready && !node.unschedulable) {
            sum.cpu += node.allocatable.cpu;
            sum.memory += node.allocatable.memory;
        }
        sum
    }

    /// Opens, changes or closes the view of pods.
    pub fn show_pods(&mut self, query: Option<Query<PodRow>>) {
        self.revision += u64::from(self.pod_view.show(query));
    }

    /// Opens, changes or closes the view of workloads.
    pub fn show_workloads(&mut self, query: Option<Query<WorkloadRow>>) {
        self.revision += u64::from(self.workload_view.show(query));
    }

    /// Goes on with sorting and filtering while `more_time` says so. True when there is more to do.
    pub fn work(&mut self, more_time: &mut dyn FnMut() -> bool) -> bool {
        let mut unfinished = self.pod_view.unsettled() || self.workload_view.unsettled();
        if unfinished {
            self.revision += 1;
        }
        while unfinished && more_time() {
            let pods = self.pod_view.work(&self.pods, &self.names);
            let workloads = self.workload_view.work(&self.workloads, &self.names);
            unfinished = pods || workloads;
        }
        unfinished
    }

    /// The view of pods.
    pub fn pod_view(&self) -> View<'_, PodRow> {
        View::new(&self.pod_view, &self.pods, &self.names, &self.sources)
    }

    /// The view of workloads.
    pub fn workload_view(&self) -> View<'_, WorkloadRow> {
        View::new(&self.workload_view, &self.workloads, &self.names, &self.sources)
    }

    /// What is known of a kind, over all of its scopes. Any kind of workload stands for all three.
    pub fn source(&self, kind: Kind) -> SourceSummary {
        const WORKLOADS: [Kind; 3] = [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet];
        if WORKLOADS.contains(&kind) {
            self.sources.summary(&WORKLOADS)
        } else {
            self.sources.summary(&[kind])
        }
    }

    /// Every source and its state.
    pub fn sources(&self) -> Vec<(SourceKey, SourceState)> {
        self.each_source().cloned().collect()
    }

    /// Every source and its state, to look at; the loop does so each time that it wakes.
    pub fn each_source(&self) -> impl Iterator<Item = &(SourceKey, SourceState)> {
        self.sources.iter()
    }

    /// How many rows there are of a kind, in a namespace or in all.
    pub fn rows_of(&self, kind: Kind, namespace: Option<&str>) -> usize {
        fn count<'a, R: model::Row + 'a>(
            rows: impl Iterator<Item = &'a R>,
            namespace: Option<&str>,
        ) -> usize {
            rows.filter(|row| namespace.is_none_or(|namespace| row.namespace() == namespace)).count()
        }
        match kind {
            Kind::Namespace => self.namespaces.len(),
            Kind::Node => self.nodes.len(),
            Kind::Pod => count(self.pods.iter(), namespace),
            Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet => {
                count(self.workloads.iter().filter(|row| row.kind == kind), namespace)
            }
            Kind::ReplicaSet => count(self.replica_sets.iter(), namespace),
            Kind::HorizontalPodAutoscaler => count(self.autoscalers.iter(), namespace),
        }
    }

    /// The detail of an object, once it was asked for and has arrived.
    pub fn detail(&self, object: &ObjectReference) -> Option<&Result<Box<Detail>, String>> {
        self.details.iter().find(|(known, _)| known == object).map(|(_, detail)| detail)
    }
}
