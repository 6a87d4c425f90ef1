//! Replica sets: as many pods as wanted, no more and no fewer.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use k8s_pb::api::apps::v1::{ReplicaSet, ReplicaSetCondition};
use k8s_pb::api::core::v1::Pod;

use super::backoff::Backoff;
use super::controller::Controller;
use super::ownership;
use super::pod_control::PodMaker;
use super::pods::PodMould;
use super::queue::{Queue, Task};
use super::simulation::{Counted, Simulation};
use super::status;
use crate::demo::objects::{controller_reference, text, time, uid};
use crate::demo::store::{Change, Facts, Key, Kind, PodFacts, Store, StoredObject, matches_labels};
use crate::platform::time::Instant;

/// The controller's name.
const NAME: &str = "replicaset-controller";
/// How many pods it makes or deletes at a time.
const BURST: i32 = 500;
/// The annotation with what deleting a pod costs, beside other pods.
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// Keeps as many pods as each replica set wants.
#[derive(Debug, Default)]
pub struct ReplicaSets {
    backoff: Backoff,
}

impl Controller for ReplicaSets {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::ReplicaSet, Kind::Pod]
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        let object = &change.last;
        if object.kind == Kind::ReplicaSet {
            queue.reconcile(NAME, object.key.clone());
            return;
        }
        let released = change.before.as_ref().filter(|before| before.owner != object.owner);
        if let Some(before) = released {
            queue.reconcile_owner(NAME, "ReplicaSet", before);
        }
        let relabelled = change.before.as_ref().is_some_and(|before| before.labels != object.labels);
        if object.owner.is_none() {
            if change.after.is_some() && (relabelled || change.before.is_none() || released.is_some()) {
                find_owners(store, object, queue);
            }
        } else if relabelled || released.is_some() || Counted::differs(change) {
            queue.reconcile_owner(NAME, "ReplicaSet", object);
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(set) = store.read::<ReplicaSet>(key) else {
            self.backoff.forget(key);
            return;
        };
        let selector = set.spec.as_ref().and_then(|spec| spec.selector.clone());
        ownership::claim::<ReplicaSet, Pod>(store, &set, selector.as_ref(), |_| true);
        let missing = wanted(&set) - status::count(store, uid(set.metadata.as_ref())).active;
        let deleted = set.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some());
        let failure = match missing {
            _ if deleted => Ok(()),
            1.. => make_pods(simulation, store, &set, missing.min(BURST)),
            0 => Ok(()),
            _ => {
                delete_pods(simulation, store, &set, missing.saturating_neg().min(BURST));
                Ok(())
            }
        };
        match &failure {
            Ok(()) => self.backoff.forget(key),
            Err(_) => {
                let wait = self.backoff.fail(key);
                simulation.queue.soon(wait, Task::Reconcile(NAME, key.clone()));
            }
        }
        report(simulation, store, set, failure.err());
    }
}

/// Names the replica sets that may adopt a pod without an owner.
fn find_owners(store: &Store, pod: &StoredObject, queue: &mut Queue) {
    for stored in store.list(Kind::ReplicaSet, Some(&pod.key.namespace), None) {
        let Some(set) = store.read::<ReplicaSet>(&stored.key) else { continue };
        if matches_labels(set.spec.and_then(|spec| spec.selector).as_ref(), pod) {
            queue.reconcile(NAME, stored.key.clone());
        }
    }
}

fn wanted(set: &ReplicaSet) -> i32 {
    set.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1)
}

/// Makes so many pods, until one is refused; the API server's words for that.
fn make_pods(
    simulation: &mut Simulation,
    store: &mut Store,
    set: &ReplicaSet,
    missing: i32,
) -> Result<(), String> {
    let metadata = set.metadata.clone().unwrap_or_default();
    let namespace = metadata.namespace.clone().unwrap_or_default();
    let name = metadata.name.clone().unwrap_or_default();
    let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    let owner = controller_reference("apps/v1", "ReplicaSet", Some(&metadata));
    let mould = PodMould::new(&simulation.schema, &template, &namespace, owner, "kube-controller-manager")
        .map_err(|error| error.to_string())?;
    let maker = PodMaker::new(set, NAME);
    for _ in 0..missing {
        let name = simulation.pod_name(&format!("{name}-"));
        simulation.make_pod(store, &maker, &mould, name, |_| {})?;
    }
    Ok(())
}

/// Deletes so many pods, those first that are missed least.
fn delete_pods(simulation: &mut Simulation, store: &mut Store, set: &ReplicaSet, surplus: i32) {
    let own = uid(set.metadata.as_ref());
    let doubled = ready_by_node(store, set);
    let now = simulation.now();
    let mut pods: Vec<(Rank, Key)> = store
        .owned_by(own, Kind::Pod)
        .filter_map(|pod| match &pod.facts {
            Facts::Pod(facts) if facts.active() => {
                Some((rank(store, pod, facts, &doubled, now), pod.key.clone()))
            }
            _ => None,
        })
        .collect();
    pods.sort();
    let maker = PodMaker::new(set, NAME);
    for (_, key) in pods.into_iter().take(surplus.unsigned_abs() as usize) {
        simulation.delete_owned_pod(store, &maker, &key);
    }
}

/// Less is deleted first: without a node, pending, unready, cheap, doubled up on a node, ready for a shorter time,
/// restarted more often, younger.
type Rank = (bool, u8, bool, i32, Reverse<usize>, u32, Reverse<i32>, u32, Box<str>);

fn rank(
    store: &Store,
    stored: &StoredObject,
    facts: &PodFacts,
    doubled: &BTreeMap<Box<str>, usize>,
    now: Instant,
) -> Rank {
    let phase = match &*facts.phase {
        "Pending" => 0,
        "Running" => 2,
        _ => 1,
    };
    let pod = store.read::<Pod>(&stored.key).unwrap_or_default();
    let annotations = pod.metadata.map(|it| it.annotations).unwrap_or_default();
    let cost = annotations.get(DELETION_COST).and_then(|cost| cost.parse().ok()).unwrap_or(0);
    let statuses = pod.status.map(|it| it.container_statuses).unwrap_or_default();
    let restarts = statuses.iter().filter_map(|container| container.restart_count).max().unwrap_or(0);
    (
        !facts.node.is_empty(),
        phase,
        facts.ready(),
        cost,
        Reverse(doubled.get(&facts.node).copied().unwrap_or(0)),
        facts.ready_since.map_or(0, |since| magnitude(now.since(since))),
        Reverse(restarts),
        magnitude(now.since(facts.created)),
        stored.uid.clone(),
    )
}

/// The power of two next below an age in milliseconds: ages within one count as the same.
fn magnitude(age: i64) -> u32 {
    u64::try_from(age).unwrap_or(0).checked_ilog2().map_or(0, |power| power + 1)
}

/// How many ready pods of the same deployment, or of the set alone, each node has.
fn ready_by_node(store: &Store, set: &ReplicaSet) -> BTreeMap<Box<str>, usize> {
    let owners = set.metadata.iter().flat_map(|it| &it.owner_references);
    let deployment = owners.filter(|it| it.controller == Some(true)).find_map(|it| it.uid.as_deref());
    let sets: Vec<Box<str>> = match deployment {
        Some(uid) => store.owned_by(uid, Kind::ReplicaSet).map(|set| set.uid.clone()).collect(),
        None => vec![uid(set.metadata.as_ref()).into()],
    };
    let mut counts = BTreeMap::new();
    for (_, pod) in sets.iter().flat_map(|set| status::pods_of(store, set)).filter(|(_, pod)| pod.ready()) {
        *counts.entry(pod.node.clone()).or_default() += 1;
    }
    counts
}

/// Reports the counts, and why pods could not be made.
fn report(simulation: &mut Simulation, store: &mut Store, mut set: ReplicaSet, failure: Option<String>) {
    let now = simulation.now();
    let (mut next, wait) = status::replica_set(store, &set, now);
    next.conditions.retain(|it| it.r#type.as_deref() != Some("ReplicaFailure") || failure.is_some());
    if let Some(message) = failure
        && next.conditions.iter().all(|it| it.r#type.as_deref() != Some("ReplicaFailure"))
    {
        next.conditions.push(ReplicaSetCondition {
            r#type: text("ReplicaFailure"),
            status: text("True"),
            reason: text("FailedCreate"),
            message: text(message),
            last_transition_time: time(now),
        });
    }
    if set.status.as_ref() != Some(&next) {
        set.status = Some(next);
        store.put(&mut set);
    }
    if let Some(wait) = wait {
        let key = crate::demo::objects::key(set.metadata.as_ref());
        simulation.queue.soon(wait, Task::Reconcile(NAME, key));
    }
}
