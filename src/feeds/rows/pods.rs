//! Pods.

use super::{Intake, Pods, count, identity, instant, owner, pairs, pod_requests};
use crate::clients::kubernetes::wire::{self, ContainerStatus, Pod, PodCondition, PodSpec, Time};
use crate::picture::model::{Batch, Interner, Owner, PodRow, RowChange};
use crate::platform::object::{Kind, Uid};
use crate::platform::pod::{self, ContainerFacts, ContainerState, Ended, PodFacts};

impl Intake for Pods {
    type Message = Pod;
    type Row = PodRow;
    const KIND: Kind = Kind::Pod;

    fn identity(message: &Pod) -> (&str, &str) {
        identity(&message.metadata)
    }

    fn row(message: Pod, interner: &mut Interner) -> Option<PodRow> {
        let meta = message.metadata?;
        let spec = message.spec.unwrap_or_default();
        let status = message.status.unwrap_or_default();
        let init_statuses: Vec<_> = status
            .init_container_statuses
            .iter()
            .map(|container| container_facts(container, is_sidecar(&spec, &container.name)))
            .collect();
        let statuses: Vec<_> =
            status.container_statuses.iter().map(|container| container_facts(container, false)).collect();
        let condition = |kind: &str| status.conditions.iter().find(|condition| condition.kind == kind);
        let holds = |kind: &str| condition(kind).is_some_and(|condition| condition.status == "True");
        let scheduling = |reason: &str| {
            condition("PodScheduled").is_some_and(|condition: &PodCondition| condition.reason == reason)
        };
        let facts = PodFacts {
            phase: &status.phase,
            reason: &status.reason,
            deleting: meta.deletion_timestamp.is_some(),
            gated: scheduling("SchedulingGated"),
            unschedulable: scheduling("Unschedulable"),
            initialized: holds("Initialized"),
            ready: holds("Ready"),
            containers: spec.containers.len(),
            init_containers: spec.init_containers.len(),
            sidecars: spec.init_containers.iter().filter(|container| restarts_always(container)).count(),
            init_statuses: &init_statuses,
            statuses: &statuses,
        };
        let seen = pod::status(&facts);
        let owned_by = owner(meta.controller(), interner);
        Some(PodRow {
            uid: Uid::parse(&meta.uid),
            namespace: interner.symbol(&meta.namespace),
            workload: owned_by.as_ref().map(|owner| {
                let hash = meta.labels.get("pod-template-hash").map(String::as_str);
                workload(owner, hash, interner)
            }),
            owner: owned_by,
            labels: interner.labels(pairs(&meta.labels)),
            node: (!spec.node_name.is_empty()).then(|| interner.symbol(&spec.node_name)),
            ip: status.pod_ip.parse().ok(),
            status: interner.symbol(&seen.word),
            health: seen.health,
            ready: seen.ready,
            containers: seen.containers,
            restarts: seen.restarts,
            restarted: if seen.restarts > 0 { seen.restarted } else { None },
            created: instant(&meta.creation_timestamp),
            images: interner.list(spec.containers.iter().map(|container| container.image.as_str())),
            requests: pod_requests(&spec),
            zone: None,
            name: meta.name.into_boxed_str(),
        })
    }

    fn batch(changes: Vec<RowChange<PodRow>>) -> Batch {
        Batch::Pods(changes)
    }
}

/// The workload behind an owner: a Deployment names its ReplicaSets after itself and the hash that its pods are labelled with.
fn workload(owner: &Owner, hash: Option<&str>, interner: &mut Interner) -> Owner {
    if &*owner.kind == "ReplicaSet"
        && let Some(hash) = hash
        && let Some(name) = owner.name.strip_suffix(hash).and_then(|name| name.strip_suffix('-'))
    {
        return Owner { kind: interner.symbol("Deployment"), name: interner.symbol(name) };
    }
    owner.clone()
}

fn restarts_always(container: &wire::Container) -> bool {
    container.restart_policy == "Always"
}

fn is_sidecar(spec: &PodSpec, name: &str) -> bool {
    spec.init_containers.iter().any(|container| container.name == name && restarts_always(container))
}

fn container_facts(container: &ContainerStatus, sidecar: bool) -> ContainerFacts<'_> {
    let state = match &container.state {
        Some(wire::ContainerState { waiting: Some(waiting), .. }) => ContainerState::Waiting(&waiting.reason),
        Some(wire::ContainerState { terminated: Some(ended), .. }) => ContainerState::Terminated(Ended {
            reason: &ended.reason,
            exit_code: ended.exit_code,
            signal: ended.signal,
        }),
        Some(wire::ContainerState { running: Some(_), .. }) => ContainerState::Running,
        _ => ContainerState::Absent,
    };
    let last = container.last_state.as_ref().and_then(|state| state.terminated.as_ref());
    ContainerFacts {
        state,
        ready: container.ready,
        started: container.started == Some(true),
        sidecar,
        restarts: count(container.restart_count),
        last_ended: last.and_then(|ended| ended.finished_at.as_ref()).and_then(Time::instant),
    }
}
