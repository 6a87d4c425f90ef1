//! How what feeds tell changes the picture.

use rustc_hash::FxHashSet;

use super::model::{
    AutoscalerRow, Batch, Change, Delta, Labels, NamespaceRow, PodRow, Row, RowChange, SourceKey, WorkloadRow,
};
use super::table::{Confirmation, Slot, Table};
use super::{DETAILS, Picture, WorkloadKey};
use crate::platform::freshness::Freshness;
use crate::platform::object::{Kind, Symbol, Uid};
use crate::platform::zone::ZoneId;

impl Picture {
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
        fn gone<R: Row>(table: &Table<R>, source: u16, list: Option<u32>) -> Vec<RowChange<R>> {
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
                    row.scaling = self.autoscaler_of(&row).map(AutoscalerRow::scaling);
                    let key = (row.kind, row.namespace.clone(), row.name.clone());
                    self.named_workloads.insert(key, row.uid);
                    self.rollups.add_workload(&row);
                    entering.add(self.workloads.put(row, confirmation).0);
                }
                RowChange::Remove(uid) => {
                    if let Some((_, row)) = self.workloads.remove(uid) {
                        let key = (row.kind, row.namespace, row.name);
                        // One of the same name may have come already.
                        if self.named_workloads.get(&key) == Some(&uid) {
                            self.named_workloads.remove(&key);
                        }
                    }
                }
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
                    let (uid, key) = (row.uid, target_of(&row));
                    if let (_, Some(before)) = self.autoscalers.put(row, confirmation) {
                        self.rollups.remove_autoscaler(&before);
                        if target_of(&before) != key {
                            self.release(target_of(&before), uid);
                        }
                    }
                    if let Some(key) = key {
                        self.scaled_workloads.insert(key.clone(), uid);
                        self.rescale(&key);
                    }
                }
                RowChange::Remove(uid) => {
                    if let Some((_, row)) = self.autoscalers.remove(uid) {
                        self.rollups.remove_autoscaler(&row);
                        self.release(target_of(&row), uid);
                    }
                }
            }
        }
    }

    /// An autoscaler scales that workload no more.
    fn release(&mut self, key: Option<WorkloadKey>, autoscaler: Uid) {
        if let Some(key) = key.filter(|key| self.scaled_workloads.get(key) == Some(&autoscaler)) {
            self.scaled_workloads.remove(&key);
            self.rescale(&key);
        }
    }

    /// Writes what the autoscaler of a workload says into its row.
    fn rescale(&mut self, key: &WorkloadKey) {
        let autoscaler = self.scaled_workloads.get(key).and_then(|uid| self.autoscalers.get(*uid));
        let scaling = autoscaler.map(AutoscalerRow::scaling);
        let slot = self.named_workloads.get(key).and_then(|uid| self.workloads.slot_of(*uid));
        let Some(slot) = slot else { return };
        self.workload_view.leave(&self.workloads, &self.names, slot);
        if let Some(row) = self.workloads.row_mut(slot) {
            row.scaling = scaling;
        }
        self.workload_view.enter(&self.workloads, &self.names, &[slot]);
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
            let zone_before = self.zone_of(&name, &Labels::default());
            match labels {
                Some(labels) => self.namespace_labels.insert(name.clone(), labels),
                None => self.namespace_labels.remove(&name),
            };
            if self.zone_of(&name, &Labels::default()) != zone_before {
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

    pub(super) fn zone_of(&self, namespace: &str, labels: &Labels) -> Option<ZoneId> {
        let of_namespace = self.namespace_labels.get(namespace);
        self.zones.zone_of(namespace, &|name| of_namespace.and_then(|labels| labels.get(name)), &|name| {
            labels.get(name)
        })
    }
}

/// The workload that an autoscaler scales, where it is of a kind that is shown.
fn target_of(autoscaler: &AutoscalerRow) -> Option<WorkloadKey> {
    let kind = Kind::from_name(&autoscaler.target.kind)?;
    Some((kind, autoscaler.namespace.clone(), autoscaler.target.name.clone()))
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

fn apply_plain<R: Row>(table: &mut Table<R>, changes: Vec<RowChange<R>>, confirmation: Confirmation) {
    for change in changes {
        match change {
            RowChange::Put(row) => drop(table.put(row, confirmation)),
            RowChange::Remove(uid) => drop(table.remove(uid)),
        }
    }
}
