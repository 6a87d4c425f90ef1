//! The live state, on one thread: tables, roll-ups and open views.

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

use model::{
    AutoscalerRow, Batch, Change, Delta, NamespaceRow, NodeRow, PodRow, ReplicaSetRow, Resources, RowChange,
    SourceKey, WorkloadRow,
};
use rollup::Rollups;
use rustc_hash::{FxHashMap, FxHashSet};
use sources::Sources;
use table::{Confirmation, Slot};
use view::ViewState;

use crate::platform::detail::Detail;
use crate::platform::freshness::Freshness;
use crate::platform::object::{Kind, ObjectReference, Symbol};
use crate::platform::zone::{ZoneId, Zones};

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
            pod_view: ViewState::default(),
            workload_view: ViewState::default(),
            rollups,
            details: VecDeque::new(),
            server_version: None,
        }
    }

    /// Takes in what a feed tells.
    pub fn apply(&mut self, delta: Delta) {
        self.revision += 1;
        match delta {
            Delta::Source(key, change) => self.apply_source(&key, change),
            Delta::Detail(object, detail) => {
                self.details.retain(|(known, _)| *known != object);
                self.details.truncate(DETAILS - 1);
                self.details.push_front((object, detail));
            }
            Delta::ServerVersion(_, version) => self.server_version = Some(version),
        }
    }

    fn apply_source(&mut self, key: &SourceKey, change: Change) {
        let source = self.sources.index(key);
        match change {
            Change::ListBegins => self.sources.begin_list(source),
            Change::Rows(batch) => self.apply_batch(source, batch),
            Change::ListEnds => {
                self.sources.end_list(source);
                let list = self.sources.confirmation(source).list;
                self.sweep(key.kind, source, Some(list));
            }
            Change::Unreadable { count, reason } => {
                if let Some(state) = self.sources.state_mut(source) {
                    state.unreadable = count;
                    state.unreadable_reason = Some(reason);
                }
            }
            Change::Freshness(freshness) => {
                if let Some(state) = self.sources.state_mut(source) {
                    if !matches!(freshness, Freshness::Live | Freshness::Loading | Freshness::Waiting) {
                        state.arriving = false;
                    }
                    state.freshness = freshness;
                }
            }
            Change::Retired => {
                self.sweep(key.kind, source, None);
                self.sources.retire(source);
            }
        }
    }

    /// Removes the rows of a source that its list did not confirm; without a list, all of them.
    fn sweep(&mut self, kind: Kind, source: u16, list: Option<u32>) {
        fn gone<R: model::Row>(table: &Table<R>, source: u16, list: Option<u32>) -> Vec<RowChange<R>> {
            table.unconfirmed(source, list).into_iter().map(RowChange::Remove).collect()
        }
        let batch = match kind {
            Kind::Namespace => Batch::Namespaces(gone(&self.namespaces, source, list)),
            Kind::Node => Batch::Nodes(gone(&self.nodes, source, list)),
            Kind::Pod => Batch::Pods(gone(&self.pods, source, list)),
            Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet => {
                Batch::Workloads(gone(&self.workloads, source, list))
            }
            Kind::ReplicaSet => Batch::ReplicaSets(gone(&self.replica_sets, source, list)),
            Kind::HorizontalPodAutoscaler => Batch::Autoscalers(gone(&self.autoscalers, source, list)),
        };
        self.apply_batch(source, batch);
    }

    fn apply_batch(&mut self, source: u16, batch: Batch) {
        let confirmation = self.sources.confirmation(source);
        match batch {
            Batch::Pods(changes) => self.apply_pods(changes, confirmation),
            Batch::Workloads(changes) => self.apply_workloads(changes, confirmation),
            Batch::Autoscalers(changes) => self.apply_autoscalers(changes, confirmation),
            Batch::Namespaces(changes) => self.apply_namespaces(changes, confirmation),
            Batch::Nodes(changes) => apply_plain(&mut self.nodes, changes, confirmation),
            Batch::ReplicaSets(changes) => apply_plain(&mut self.replica_sets, changes, confirmation),
        }
    }

    fn apply_pods(&mut self, changes: Vec<RowChange<PodRow>>, confirmation: Confirmation) {
        let mut entering = Entering::default();
        for change in changes {
            let uid = match &change {
                RowChange::Put(row) => row.uid,
                RowChange::Remove(uid) => *uid,
            };
            if let Some(slot) = self.pods.slot_of(uid) {
                if !entering.withdraw(slot) {
                    self.pod_view.leave(&self.pods, &self.names, slot);
                }
                if let Some(row) = self.pods.row(slot) {
                    self.rollups.remove_pod(row);
                }
            }
            match change {
                RowChange::Put(mut row) => {
                    row.zone = self.zone_of(&row.namespace, &row.labels);
                    let (zone, restarts) = (row.zone, row.restarts);
                    self.rollups.add_pod(&row);
                    let (slot, before) = self.pods.put(row, confirmation);
                    if let Some(before) = before {
                        self.rollups.restarted(zone, restarts.saturating_sub(before.restarts));
                    }
                    entering.add(slot);
                }
                RowChange::Remove(uid) => drop(self.pods.remove(uid)),
            }
        }
        self.pod_view.enter(&self.pods, &self.names, &entering.slots());
    }

    fn apply_workloads(&mut self, changes: Vec<RowChange<WorkloadRow>>, confirmation: Confirmation) {
        let mut entering = Entering::default();
        for change in changes {
            let uid = match &change {
                RowChange::Put(row) => row.uid,
                RowChange::Remove(uid) => *uid,
            };
            if let Some(slot) = self.workloads.slot_of(uid) {
                if !entering.withdraw(slot) {
                    self.workload_view.leave(&self.workloads, &self.names, slot);
                }
                if let Some(row) = self.workloads.row(slot) {
                    self.rollups.remove_workload(row);
                }
            }
            match change {
                RowChange::Put(mut row) => {
                    row.zone = self.zone_of(&row.namespace, &row.template_labels);
                    self.rollups.add_workload(&row);
                    entering.add(self.workloads.put(row, confirmation).0);
                }
                RowChange::Remove(uid) => drop(self.workloads.remove(uid)),
            }
        }
        self.workload_view.enter(&self.workloads, &self.names, &entering.slots());
    }

    fn apply_autoscalers(&mut self, changes: Vec<RowChange<AutoscalerRow>>, confirmation: Confirmation) {
        for change in changes {
            match change {
                RowChange::Put(mut row) => {
                    row.zone = self.zone_of(&row.namespace, &row.labels);
                    self.rollups.add_autoscaler(&row);
                    if let (_, Some(before)) = self.autoscalers.put(row, confirmation) {
                        self.rollups.remove_autoscaler(&before);
                    }
                }
                RowChange::Remove(uid) => {
                    if let Some((_, row)) = self.autoscalers.remove(uid) {
                        self.rollups.remove_autoscaler(&row);
                    }
                }
            }
        }
    }

    fn apply_namespaces(&mut self, changes: Vec<RowChange<NamespaceRow>>, confirmation: Confirmation) {
        let mut moved = Vec::new();
        for change in changes {
            let (name, labels) = match change {
                RowChange::Put(row) => {
                    let known = (row.name.clone(), Some(row.labels.clone()));
                    self.namespaces.put(row, confirmation);
                    known
                }
                RowChange::Remove(uid) => match self.namespaces.remove(uid) {
                    Some((_, row)) => (row.name, None),
                    None => continue,
                },
            };
            let zone_before = self.zone_of(&name, &model::Labels::default());
            match labels {
                Some(labels) => self.namespace_labels.insert(name.clone(), labels),
                None => self.namespace_labels.remove(&name),
            };
            if self.zone_of(&name, &model::Labels::default()) != zone_before {
                moved.push(name);
            }
        }
        if !moved.is_empty() {
            self.rezone(&moved);
        }
    }

    /// Sets the zones of everything in these namespaces anew, after their labels changed.
    fn rezone(&mut self, namespaces: &[Symbol]) {
        let concerned = |namespace: &str| namespaces.iter().any(|name| **name == *namespace);
        let mut slots = Vec::new();
        for slot in 0..self.pods.slots() as Slot {
            let Some(row) = self.pods.row(slot).filter(|row| concerned(&row.namespace)) else { continue };
            let zone = self.zone_of(&row.namespace, &row.labels);
            self.pod_view.leave(&self.pods, &self.names, slot);
            self.rollups.remove_pod(row);
            if let Some(row) = self.pods.row_mut(slot) {
                row.zone = zone;
                self.rollups.add_pod(row);
            }
            slots.push(slot);
        }
        self.pod_view.enter(&self.pods, &self.names, &slots);
        slots.clear();
        for slot in 0..self.workloads.slots() as Slot {
            let Some(row) = self.workloads.row(slot).filter(|row| concerned(&row.namespace)) else {
                continue;
            };
            let zone = self.zone_of(&row.namespace, &row.template_labels);
            self.workload_view.leave(&self.workloads, &self.names, slot);
            self.rollups.remove_workload(row);
            if let Some(row) = self.workloads.row_mut(slot) {
                row.zone = zone;
                self.rollups.add_workload(row);
            }
            slots.push(slot);
        }
        self.workload_view.enter(&self.workloads, &self.names, &slots);
        for slot in 0..self.autoscalers.slots() as Slot {
            let Some(row) = self.autoscalers.row(slot).filter(|row| concerned(&row.namespace)) else {
                continue;
            };
            let zone = self.zone_of(&row.namespace, &row.labels);
            self.rollups.remove_autoscaler(row);
            if let Some(row) = self.autoscalers.row_mut(slot) {
                row.zone = zone;
                self.rollups.add_autoscaler(row);
            }
        }
    }

    fn zone_of(&self, namespace: &str, labels: &model::Labels) -> Option<ZoneId> {
        let of_namespace = self.namespace_labels.get(namespace);
        self.zones.zone_of(namespace, &|name| of_namespace.and_then(|labels| labels.get(name)), &|name| {
            labels.get(name)
        })
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
        self.workloads
            .iter()
            .find(|row| row.kind == kind && *row.name == *name && *row.namespace == *namespace)
    }

    /// The autoscaler that scales that workload.
    pub fn autoscaler_of(&self, kind: &str, namespace: &str, name: &str) -> Option<&AutoscalerRow> {
        self.autoscalers.iter().find(|row| {
            *row.target.kind == *kind && *row.target.name == *name && *row.namespace == *namespace
        })
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
        self.sources.iter().cloned().collect()
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

/// Slots that are to be put into views once a batch has been applied.
#[derive(Default)]
struct Entering(FxHashSet<Slot>);

impl Entering {
    fn add(&mut self, slot: Slot) {
        self.0.insert(slot);
    }

    /// Takes a slot back that is not in the views yet.
    fn withdraw(&mut self, slot: Slot) -> bool {
        self.0.remove(&slot)
    }

    fn slots(self) -> Vec<Slot> {
        self.0.into_iter().collect()
    }
}

fn apply_plain<R: model::Row>(table: &mut Table<R>, changes: Vec<RowChange<R>>, confirmation: Confirmation) {
    for change in changes {
        match change {
            RowChange::Put(row) => drop(table.put(row, confirmation)),
            RowChange::Remove(uid) => drop(table.remove(uid)),
        }
    }
}
