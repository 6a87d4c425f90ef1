//! Replica sets: as many pods as wanted, no more and no fewer.

use std::cmp::Reverse;

use k8s_pb::api::apps::v1::{Deployment, ReplicaSet, ReplicaSetCondition, ReplicaSetSpec};
use k8s_pb::api::core::v1::{Pod, PodTemplateSpec};
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use prost::Message as _;

use super::controller::Controller;
use super::kubelet;
use super::pods::{PodIdentity, PodMould};
use super::queue::{Queue, Task};
use super::simulation::{Counted, Simulation};
use super::{limits, status};
use crate::demo::events::{self, Saying};
use crate::demo::objects::{controller_reference, text, time, uid};
use crate::demo::random::{Random, template_hash};
use crate::demo::store::{Change, Facts, Key, Kind, PodFacts, Store, Stored as _};
use crate::platform::time::Instant;

/// The label that tells the pods of one revision from those of another.
pub const HASH_LABEL: &str = "pod-template-hash";
/// The annotation with the number of a revision.
pub const REVISION: &str = "deployment.kubernetes.io/revision";
/// How long after a pod that could not be made another is tried, in milliseconds.
const RETRY_AFTER: i64 = 15_000;
/// The controller's name.
const NAME: &str = "replicaset-controller";

/// Keeps as many pods as each replica set wants.
#[derive(Debug)]
pub struct ReplicaSets;

impl Controller for ReplicaSets {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::ReplicaSet, Kind::Pod]
    }

    fn notice(&mut self, _store: &Store, change: &Change, queue: &mut Queue) {
        if change.last.kind == Kind::ReplicaSet {
            queue.reconcile(NAME, change.last.key.clone());
        } else if Counted::differs(change) {
            queue.reconcile_owner(NAME, "ReplicaSet", &change.last);
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        simulation.reconcile_replica_set(store, key);
    }
}

impl Simulation {
    /// Makes the pods that are missing, deletes those that are too many, and reports.
    pub(super) fn reconcile_replica_set(&mut self, store: &mut Store, place: &Key) {
        let Some(mut set) = store.read::<ReplicaSet>(place) else { return };
        let own = uid(set.metadata.as_ref()).to_owned();
        let wanted = set.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(0);
        let missing = wanted - status::count(store, &own).active;
        let mut failure = None;
        if missing > 0 {
            failure = self.make_pods(store, &set, missing);
        } else if missing < 0 {
            self.delete_pods(store, &set, &own, missing.unsigned_abs() as usize);
        }
        let mut next = status::replica_set(store, &set);
        next.conditions.retain(|it| it.r#type.as_deref() != Some("ReplicaFailure") || failure.is_some());
        if let Some(message) = failure {
            self.later(RETRY_AFTER, Task::Reconcile(NAME, place.clone()));
            if next.conditions.is_empty() {
                next.conditions.push(ReplicaSetCondition {
                    r#type: text("ReplicaFailure"),
                    status: text("True"),
                    reason: text("FailedCreate"),
                    message: text(message),
                    last_transition_time: time(self.now()),
                });
            }
        }
        if set.status.as_ref() != Some(&next) {
            set.status = Some(next);
            store.put(&mut set);
        }
    }

    /// Makes so many pods; gives the reason where a quota refuses one.
    fn make_pods(&mut self, store: &mut Store, set: &ReplicaSet, missing: i32) -> Option<String> {
        let metadata = set.metadata.clone().unwrap_or_default();
        let namespace = metadata.namespace.clone().unwrap_or_default();
        let name = metadata.name.clone().unwrap_or_default();
        let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
        let owner = controller_reference("apps/v1", "ReplicaSet", Some(&metadata));
        let mould = match PodMould::new(&self.schema, &template, &namespace, owner, "kube-controller-manager")
        {
            Ok(mould) => mould,
            Err(error) => return Some(error.to_string()),
        };
        for _ in 0..missing {
            let identity =
                PodIdentity { name: format!("{name}-{}", self.random.suffix(5)), created: self.now() };
            let mut pod = mould.cast(&identity, &mut self.random);
            if let Some(refusal) = limits::quota_refuses(store, &pod) {
                let message = format!("pods \"{}\" is forbidden: {refusal}", identity.name);
                let words = format!("Error creating: {message}");
                let saying = Saying {
                    warning: true,
                    reason: "FailedCreate",
                    message: &words,
                    reporter: "replicaset-controller",
                };
                self.tell(store, events::about(set), &saying);
                return Some(message);
            }
            store.put(&mut pod);
            let words = format!("Created pod: {}", identity.name);
            let saying = Saying {
                warning: false,
                reason: "SuccessfulCreate",
                message: &words,
                reporter: "replicaset-controller",
            };
            self.tell(store, events::about(set), &saying);
        }
        None
    }

    /// Deletes so many pods: first those without a node, then the unready, then the youngest.
    fn delete_pods(&mut self, store: &mut Store, set: &ReplicaSet, own: &str, surplus: usize) {
        let namespace = set.metadata.as_ref().and_then(|it| it.namespace.clone()).unwrap_or_default();
        let rank = |pod: &PodFacts| {
            (!pod.node.is_empty(), &*pod.phase == "Running", pod.ready(), Reverse(pod.created))
        };
        let mut pods: Vec<_> = status::pods_of(store, own).filter(|(_, pod)| pod.active()).collect();
        pods.sort_by_key(|(_, pod)| rank(pod));
        let names: Vec<String> = pods.into_iter().take(surplus).map(|(name, _)| name.to_owned()).collect();
        for name in names {
            self.delete_pod(store, &Key::new(&namespace, &name));
            let words = format!("Deleted pod: {name}");
            let saying = Saying {
                warning: false,
                reason: "SuccessfulDelete",
                message: &words,
                reporter: "replicaset-controller",
            };
            self.tell(store, events::about(set), &saying);
        }
    }

    /// Deletes a pod: gracefully where it is on a node, at once where it isn't.
    pub(super) fn delete_pod(&mut self, store: &mut Store, place: &Key) {
        let Some(mut pod) = store.read::<Pod>(place) else { return };
        let Facts::Pod(facts) = pod.facts() else { return };
        if facts.terminating {
            return;
        }
        if facts.node.is_empty() {
            store.remove::<Pod>(place);
            return;
        }
        let grace = pod.spec.as_ref().and_then(|spec| spec.termination_grace_period_seconds).unwrap_or(30);
        kubelet::terminate(&mut pod, grace, self.now());
        store.put(&mut pod);
    }
}

/// The hash of a template, without the hash that it may already carry.
pub fn hash_of(template: &PodTemplateSpec) -> String {
    let mut template = template.clone();
    if let Some(metadata) = &mut template.metadata {
        metadata.labels.remove(HASH_LABEL);
    }
    template_hash(&template.encode_to_vec())
}

/// A new replica set of a deployment for a template.
pub fn replica_set_for(
    deployment: &Deployment,
    template: &PodTemplateSpec,
    replicas: i32,
    revision: i64,
    created: Instant,
    random: &mut Random,
) -> ReplicaSet {
    let hash = hash_of(template);
    let owner = deployment.metadata.clone().unwrap_or_default();
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let mut template = template.clone();
    let metadata = template.metadata.get_or_insert_default();
    metadata.labels.insert(HASH_LABEL.to_owned(), hash.clone());
    let labels = metadata.labels.clone();
    let mut selector = deployment.spec.as_ref().and_then(|spec| spec.selector.clone()).unwrap_or_default();
    selector.match_labels.insert(HASH_LABEL.to_owned(), hash.clone());
    let annotations = [
        ("deployment.kubernetes.io/desired-replicas", wanted.to_string()),
        ("deployment.kubernetes.io/max-replicas", (wanted + (wanted + 3) / 4).to_string()),
        (REVISION, revision.to_string()),
    ];
    ReplicaSet {
        metadata: Some(ObjectMeta {
            name: Some(format!("{}-{hash}", owner.name.as_deref().unwrap_or_default())),
            namespace: owner.namespace.clone(),
            uid: text(random.uid()),
            generation: Some(1),
            creation_timestamp: time(created),
            labels,
            annotations: annotations.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
            owner_references: vec![controller_reference("apps/v1", "Deployment", Some(&owner))],
            ..ObjectMeta::default()
        }),
        spec: Some(ReplicaSetSpec {
            replicas: Some(replicas),
            selector: Some(selector),
            template: Some(template),
            ..ReplicaSetSpec::default()
        }),
        status: None,
    }
}
