//! What the controllers report of their objects, computed from the pods that they own.

use k8s_pb::api::apps::v1::{
    DaemonSetStatus, Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet, ReplicaSetStatus,
    StatefulSet, StatefulSetStatus,
};

use crate::demo::objects::{self, text, time};
use crate::demo::store::{Facts, Kind, PodFacts, Store};
use crate::platform::time::Instant;

/// The pods of one controller, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pods that neither finished nor are being deleted.
    pub active: i32,
    /// Of them, the ready ones.
    pub ready: i32,
    /// Pods that are being deleted.
    pub terminating: i32,
}

/// The facts of the pods that a controller owns.
pub fn pods_of<'a>(store: &'a Store, uid: &str) -> impl Iterator<Item = (&'a str, &'a PodFacts)> + use<'a> {
    store.owned_by(uid, Kind::Pod).filter_map(|pod| match &pod.facts {
        Facts::Pod(facts) => Some((&*pod.key.name, &**facts)),
        _ => None,
    })
}

/// Counts the pods that a controller owns.
pub fn count(store: &Store, uid: &str) -> Counts {
    pods_of(store, uid).fold(Counts::default(), |counts, (_, pod)| Counts {
        active: counts.active + i32::from(pod.active()),
        ready: counts.ready + i32::from(pod.ready()),
        terminating: counts.terminating + i32::from(pod.terminating),
    })
}

/// The status of a replica set.
pub fn replica_set(store: &Store, set: &ReplicaSet) -> ReplicaSetStatus {
    let counts = count(store, objects::uid(set.metadata.as_ref()));
    let conditions = set.status.as_ref().map(|status| status.conditions.clone()).unwrap_or_default();
    ReplicaSetStatus {
        replicas: Some(counts.active),
        fully_labeled_replicas: positive(counts.active),
        ready_replicas: positive(counts.ready),
        available_replicas: positive(counts.ready),
        terminating_replicas: Some(counts.terminating),
        observed_generation: set.metadata.as_ref().and_then(|it| it.generation),
        conditions,
    }
}

/// The status of a deployment, less the condition of its progress.
pub fn deployment(
    store: &Store,
    deployment: &Deployment,
    current: Option<&str>,
    now: Instant,
) -> DeploymentStatus {
    let mut total = Counts::default();
    let mut updated = 0;
    for set in store.owned_by(objects::uid(deployment.metadata.as_ref()), Kind::ReplicaSet) {
        let counts = count(store, &set.uid);
        total.active += counts.active;
        total.ready += counts.ready;
        total.terminating += counts.terminating;
        if Some(&*set.key.name) == current {
            updated = counts.active;
        }
    }
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let before = deployment.status.clone().unwrap_or_default();
    let mut status = DeploymentStatus {
        observed_generation: deployment.metadata.as_ref().and_then(|it| it.generation),
        replicas: positive(total.active),
        updated_replicas: positive(updated),
        ready_replicas: positive(total.ready),
        available_replicas: positive(total.ready),
        unavailable_replicas: positive(wanted.max(total.active) - total.ready),
        terminating_replicas: Some(total.terminating),
        conditions: before.conditions,
        collision_count: before.collision_count,
    };
    let available = total.ready >= wanted - max_unavailable(deployment);
    let (reason, message) = match available {
        true => ("MinimumReplicasAvailable", "Deployment has minimum availability."),
        false => ("MinimumReplicasUnavailable", "Deployment does not have minimum availability."),
    };
    set_condition(&mut status, "Available", available, reason, message, now);
    status
}

/// The status of a stateful set.
pub fn stateful_set(store: &Store, set: &StatefulSet) -> StatefulSetStatus {
    let counts = count(store, objects::uid(set.metadata.as_ref()));
    let before = set.status.clone().unwrap_or_default();
    StatefulSetStatus {
        observed_generation: set.metadata.as_ref().and_then(|it| it.generation),
        replicas: Some(counts.active),
        ready_replicas: positive(counts.ready),
        current_replicas: positive(counts.active),
        updated_replicas: positive(counts.active),
        available_replicas: Some(counts.ready),
        ..before
    }
}

/// The status of a daemon set that wants pods on so many nodes.
pub fn daemon_set(store: &Store, uid: &str, generation: Option<i64>, wanted: i32) -> DaemonSetStatus {
    let counts = count(store, uid);
    DaemonSetStatus {
        current_number_scheduled: Some(counts.active),
        number_misscheduled: Some(0),
        desired_number_scheduled: Some(wanted),
        number_ready: Some(counts.ready),
        observed_generation: generation,
        updated_number_scheduled: positive(counts.active),
        number_available: positive(counts.ready),
        number_unavailable: positive(wanted - counts.ready),
        ..DaemonSetStatus::default()
    }
}

/// Sets a condition of a deployment; the time of its transition moves only with its status.
pub fn set_condition(
    status: &mut DeploymentStatus,
    kind: &str,
    holds: bool,
    reason: &str,
    message: &str,
    now: Instant,
) {
    let state = if holds { "True" } else { "False" };
    let position = status.conditions.iter().position(|it| it.r#type.as_deref() == Some(kind));
    let old = position.map(|position| status.conditions.remove(position)).unwrap_or_default();
    let same = old.status.as_deref() == Some(state);
    let unchanged = same && old.reason.as_deref() == Some(reason) && old.message.as_deref() == Some(message);
    let condition = DeploymentCondition {
        r#type: text(kind),
        status: text(state),
        last_update_time: if unchanged { old.last_update_time } else { time(now) },
        last_transition_time: if same { old.last_transition_time } else { time(now) },
        reason: text(reason),
        message: text(message),
    };
    status.conditions.insert(position.unwrap_or(status.conditions.len()), condition);
}

/// How many pods a rolling update may have above the wanted count.
pub fn max_surge(deployment: &Deployment) -> i32 {
    share(deployment, true)
}

/// How many of the wanted pods may be missing during a rolling update.
pub fn max_unavailable(deployment: &Deployment) -> i32 {
    let unavailable = share(deployment, false);
    // Neither more nor fewer pods than wanted would never get on.
    if unavailable == 0 && max_surge(deployment) == 0 { 1 } else { unavailable }
}

fn share(deployment: &Deployment, surge: bool) -> i32 {
    let Some(spec) = &deployment.spec else { return 0 };
    let wanted = spec.replicas.unwrap_or(1);
    let rolling = spec.strategy.as_ref().and_then(|strategy| strategy.rolling_update.as_ref());
    let value =
        rolling.and_then(|it| if surge { it.max_surge.as_ref() } else { it.max_unavailable.as_ref() });
    match value {
        Some(value) if value.r#type.unwrap_or(0) == 0 => value.int_val.unwrap_or(0),
        Some(value) => {
            let percent = value
                .str_val
                .as_deref()
                .and_then(|it| it.strip_suffix('%'))
                .and_then(|it| it.parse::<i32>().ok());
            let hundredths = percent.unwrap_or(25) * wanted;
            if surge { (hundredths + 99) / 100 } else { hundredths / 100 }
        }
        None => 0,
    }
}

/// Counts that JSON leaves out when they are 0.
fn positive(count: i32) -> Option<i32> {
    (count > 0).then_some(count)
}
