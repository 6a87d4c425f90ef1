//! Deployments, StatefulSets, DaemonSets and ReplicaSets.

use super::{
    DaemonSets, Deployments, Intake, ReplicaSets, StatefulSets, count, identity, instant, owner, pairs,
    pod_requests,
};
use crate::clients::kubernetes::wire::{
    DaemonSet, Deployment, ObjectMeta, PodTemplate, ReplicaSet, StatefulSet, WorkloadCondition,
};
use crate::picture::model::{
    Batch, Condition, Interner, Labels, ReplicaSetRow, Resources, RowChange, WorkloadRow,
};
use crate::platform::object::{Kind, Uid};
use crate::platform::workload::{self, WorkloadFacts};

/// The numbers that differ between the kinds of workloads.
#[derive(Default)]
struct Replicas {
    wanted: u32,
    ready: u32,
    updated: u32,
    available: u32,
    current: u32,
    /// Whether pods of an old template are replaced by themselves.
    replaced: bool,
    paused: bool,
    observed: bool,
}

fn workload_row(
    kind: Kind,
    meta: ObjectMeta,
    template: Option<PodTemplate>,
    conditions: &[WorkloadCondition],
    replicas: Replicas,
    interner: &mut Interner,
) -> WorkloadRow {
    let template = template.unwrap_or_default();
    let spec = template.spec.unwrap_or_default();
    let complaint = complaint(conditions, interner);
    let template_labels = match &template.metadata {
        Some(meta) => interner.labels(pairs(&meta.labels)),
        None => std::sync::Arc::new(Labels::default()),
    };
    let facts = WorkloadFacts {
        wanted: replicas.wanted,
        ready: replicas.ready,
        updated: (replicas.replaced && !replicas.paused).then_some(replicas.updated),
        observed: replicas.observed,
        complains: complaint.is_some(),
    };
    WorkloadRow {
        kind,
        uid: Uid::parse(&meta.uid),
        namespace: interner.symbol(&meta.namespace),
        name: interner.symbol(&meta.name),
        labels: interner.labels(pairs(&meta.labels)),
        template_labels,
        owner: owner(meta.controller(), interner),
        wanted: replicas.wanted,
        ready: replicas.ready,
        updated: replicas.updated,
        available: replicas.available,
        current: replicas.current,
        paused: replicas.paused,
        observed: replicas.observed,
        complaint,
        health: workload::health(facts),
        images: interner.list(spec.containers.iter().map(|container| container.image.as_str())),
        requests: if spec.containers.is_empty() { Resources::default() } else { pod_requests(&spec) },
        created: instant(&meta.creation_timestamp),
        scaling: None,
        zone: None,
    }
}

/// What the conditions complain about: replicas that can't be made, or a rollout that does not move.
fn complaint(conditions: &[WorkloadCondition], interner: &mut Interner) -> Option<Condition> {
    let found = conditions.iter().find(|condition| {
        condition.kind == "ReplicaFailure" && condition.status == "True"
            || condition.kind == "Progressing" && condition.status == "False"
    })?;
    Some(Condition {
        reason: interner.symbol(&found.reason),
        message: found.message.clone().into_boxed_str(),
    })
}

impl Intake for Deployments {
    type Message = Deployment;
    type Row = WorkloadRow;
    const KIND: Kind = Kind::Deployment;

    fn identity(message: &Deployment) -> (&str, &str) {
        identity(&message.metadata)
    }

    fn row(message: Deployment, interner: &mut Interner) -> Option<WorkloadRow> {
        let meta = message.metadata?;
        let spec = message.spec.unwrap_or_default();
        let status = message.status.unwrap_or_default();
        let replicas = Replicas {
            wanted: count(spec.replicas.unwrap_or(1)),
            ready: count(status.ready_replicas),
            updated: count(status.updated_replicas),
            available: count(status.available_replicas),
            current: count(status.replicas),
            replaced: true,
            paused: spec.paused,
            observed: status.observed_generation >= meta.generation,
        };
        Some(workload_row(Self::KIND, meta, spec.template, &status.conditions, replicas, interner))
    }

    fn batch(changes: Vec<RowChange<WorkloadRow>>) -> Batch {
        Batch::Workloads(changes)
    }
}

impl Intake for StatefulSets {
    type Message = StatefulSet;
    type Row = WorkloadRow;
    const KIND: Kind = Kind::StatefulSet;

    fn identity(message: &StatefulSet) -> (&str, &str) {
        identity(&message.metadata)
    }

    fn row(message: StatefulSet, interner: &mut Interner) -> Option<WorkloadRow> {
        let meta = message.metadata?;
        let spec = message.spec.unwrap_or_default();
        let status = message.status.unwrap_or_default();
        // Once all pods have the new revision, its controller counts no updated ones any more.
        let settled = status.current_revision == status.update_revision;
        let replicas = Replicas {
            wanted: count(spec.replicas.unwrap_or(1)),
            ready: count(status.ready_replicas),
            updated: count(if settled { status.replicas } else { status.updated_replicas }),
            available: count(status.available_replicas),
            current: count(status.replicas),
            replaced: spec.update_strategy.is_none_or(|strategy| strategy.kind != "OnDelete"),
            paused: false,
            observed: status.observed_generation >= meta.generation,
        };
        Some(workload_row(Self::KIND, meta, spec.template, &status.conditions, replicas, interner))
    }

    fn batch(changes: Vec<RowChange<WorkloadRow>>) -> Batch {
        Batch::Workloads(changes)
    }
}

impl Intake for DaemonSets {
    type Message = DaemonSet;
    type Row = WorkloadRow;
    const KIND: Kind = Kind::DaemonSet;

    fn identity(message: &DaemonSet) -> (&str, &str) {
        identity(&message.metadata)
    }

    fn row(message: DaemonSet, interner: &mut Interner) -> Option<WorkloadRow> {
        let meta = message.metadata?;
        let spec = message.spec.unwrap_or_default();
        let status = message.status.unwrap_or_default();
        let replicas = Replicas {
            wanted: count(status.desired_number_scheduled),
            ready: count(status.number_ready),
            updated: count(status.updated_number_scheduled),
            available: count(status.number_available),
            current: count(status.current_number_scheduled),
            replaced: spec.update_strategy.is_none_or(|strategy| strategy.kind != "OnDelete"),
            paused: false,
            observed: status.observed_generation >= meta.generation,
        };
        Some(workload_row(Self::KIND, meta, spec.template, &status.conditions, replicas, interner))
    }

    fn batch(changes: Vec<RowChange<WorkloadRow>>) -> Batch {
        Batch::Workloads(changes)
    }
}

impl Intake for ReplicaSets {
    type Message = ReplicaSet;
    type Row = ReplicaSetRow;
    const KIND: Kind = Kind::ReplicaSet;

    fn identity(message: &ReplicaSet) -> (&str, &str) {
        message.metadata.as_ref().map_or(("", ""), |meta| (&meta.resource_version, &meta.uid))
    }

    fn row(message: ReplicaSet, interner: &mut Interner) -> Option<ReplicaSetRow> {
        let meta = message.metadata?;
        let controller = meta.owner_references.iter().find(|owner| owner.controller == Some(true));
        let revision = meta.annotations.get("deployment.kubernetes.io/revision");
        Some(ReplicaSetRow {
            uid: Uid::parse(&meta.uid),
            namespace: interner.symbol(&meta.namespace),
            labels: interner.labels(pairs(&meta.labels)),
            owner: owner(controller, interner),
            revision: revision.and_then(|text| text.parse().ok()).unwrap_or(0),
            wanted: count(message.spec.and_then(|spec| spec.replicas).unwrap_or(1)),
            ready: count(message.status.map_or(0, |status| status.ready_replicas)),
            created: instant(&meta.creation_timestamp),
            name: meta.name.into_boxed_str(),
        })
    }

    fn batch(changes: Vec<RowChange<ReplicaSetRow>>) -> Batch {
        Batch::ReplicaSets(changes)
    }
}
