//! What the controllers report of their objects, computed from the pods that they own.

use k8s_pb::api::apps::v1::{ReplicaSet, ReplicaSetStatus};

use crate::demo::objects;
use crate::demo::store::{Facts, Kind, PodFacts, Store};
use crate::platform::time::Instant;

/// The pods of one controller, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pods that neither finished nor are being deleted.
    pub active: i32,
    /// Of them, the ready ones.
    pub ready: i32,
    /// Of those, the ones that have been ready for long enough.
    pub available: i32,
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

/// How long until a pod has been ready for so many seconds, in milliseconds: 0 or less where it has; `None` where it isn't ready.
pub fn until_available(pod: &PodFacts, min_ready_seconds: i32, now: Instant) -> Option<i64> {
    let since = pod.ready_since.filter(|_| pod.ready())?;
    Some(since.plus_millis(i64::from(min_ready_seconds) * 1_000).since(now))
}

/// Counts the pods that a controller owns. A ready pod is available at once.
pub fn count(store: &Store, uid: &str) -> Counts {
    count_at(store, uid, 0, Instant::default()).0
}

/// Counts the pods that a controller owns, which are available once they have been ready for so many seconds; and in how
/// many milliseconds the next one will be.
pub fn count_at(store: &Store, uid: &str, min_ready_seconds: i32, now: Instant) -> (Counts, Option<i64>) {
    let (mut counts, mut next) = (Counts::default(), None);
    for (_, pod) in pods_of(store, uid) {
        counts.active += i32::from(pod.active());
        counts.ready += i32::from(pod.ready());
        counts.terminating += i32::from(pod.terminating && !pod.finished());
        match until_available(pod, min_ready_seconds, now) {
            Some(wait) if wait <= 0 || min_ready_seconds == 0 => counts.available += 1,
            Some(wait) => next = Some(next.map_or(wait, |next: i64| next.min(wait))),
            None => {}
        }
    }
    (counts, next)
}

/// The status of a replica set, and in how many milliseconds a pod becomes available by itself.
pub fn replica_set(store: &Store, set: &ReplicaSet, now: Instant) -> (ReplicaSetStatus, Option<i64>) {
    let own = objects::uid(set.metadata.as_ref());
    let spec = set.spec.as_ref();
    let (counts, wait) = count_at(store, own, spec.and_then(|it| it.min_ready_seconds).unwrap_or(0), now);
    let labels = spec.and_then(|it| it.template.as_ref()).and_then(|it| it.metadata.as_ref());
    let labels: Vec<_> = labels.into_iter().flat_map(|it| &it.labels).collect();
    let labelled = store.owned_by(own, Kind::Pod).filter(|pod| {
        matches!(&pod.facts, Facts::Pod(facts) if facts.active())
            && labels.iter().all(|(key, value)| pod.label(key) == Some(value))
    });
    let status = ReplicaSetStatus {
        replicas: Some(counts.active),
        fully_labeled_replicas: positive(i32::try_from(labelled.count()).unwrap_or(i32::MAX)),
        ready_replicas: positive(counts.ready),
        available_replicas: positive(counts.available),
        terminating_replicas: Some(counts.terminating),
        observed_generation: set.metadata.as_ref().and_then(|it| it.generation),
        conditions: set.status.as_ref().map(|status| status.conditions.clone()).unwrap_or_default(),
    };
    (status, wait)
}

/// Counts that JSON leaves out when they are 0.
pub fn positive(count: i32) -> Option<i32> {
    (count > 0).then_some(count)
}
