//! Stateful sets: pods with names that stay, one after the other.

use k8s_pb::api::apps::v1::StatefulSet;
use k8s_pb::api::core::v1::{PersistentVolumeClaimVolumeSource, Pod, Volume, VolumeSource};

use super::controller::Controller;
use super::pods::{PodIdentity, PodMould};
use super::queue::Queue;
use super::rollout::hash_of;
use super::simulation::{Counted, Simulation};
use super::status;
use crate::demo::events::{self, Saying};
use crate::demo::objects::{controller_reference, text, uid};
use crate::demo::store::{Change, Key, Kind, Store};
use crate::demo::wire::{Schema, WireError};

/// The label with the revision that a pod was made for.
const REVISION_LABEL: &str = "controller-revision-hash";

/// The controller's name.
const NAME: &str = "statefulset-controller";

/// Keeps the pods of stateful sets in their order.
#[derive(Debug)]
pub struct StatefulSets;

impl Controller for StatefulSets {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::StatefulSet, Kind::Pod]
    }

    fn notice(&mut self, _store: &Store, change: &Change, queue: &mut Queue) {
        if change.last.kind == Kind::StatefulSet {
            queue.reconcile(NAME, change.last.key.clone());
        } else if Counted::differs(change) {
            queue.reconcile_owner(NAME, "StatefulSet", &change.last);
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        simulation.reconcile_stateful_set(store, key);
    }
}

impl Simulation {
    /// Makes or deletes the one pod whose turn it is, and reports.
    pub(super) fn reconcile_stateful_set(&mut self, store: &mut Store, place: &Key) {
        let Some(mut set) = store.read::<StatefulSet>(place) else { return };
        let wanted = set.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
        let revision = revision_of_stateful_set(&set);
        if let Some(turn) = self.turn(store, &set, wanted, &revision) {
            match turn {
                Turn::Make(ordinal) => self.make_ordinal(store, &set, ordinal),
                Turn::Delete(name) => self.delete_pod(store, &Key::new(&place.namespace, &name)),
            }
        }
        let mut next = status::stateful_set(store, &set);
        let own = uid(set.metadata.as_ref());
        next.updated_replicas = on_revision(store, own, &revision);
        next.update_revision = Some(revision.clone());
        if next.updated_replicas == next.current_replicas || next.current_revision.is_none() {
            next.current_revision = Some(revision);
        } else {
            next.current_replicas =
                next.current_revision.as_deref().and_then(|current| on_revision(store, own, current));
        }
        if set.status.as_ref() != Some(&next) {
            set.status = Some(next);
            store.put(&mut set);
        }
    }

    /// Whose turn it is: the first missing pod, then the last of too many, then the last of an old revision.
    fn turn(&self, store: &Store, set: &StatefulSet, wanted: i32, revision: &str) -> Option<Turn> {
        let own = uid(set.metadata.as_ref());
        let name = set.metadata.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
        let pods: Vec<_> = status::pods_of(store, own).collect();
        let find = |ordinal: i32| pods.iter().find(|(pod, _)| *pod == format!("{name}-{ordinal}"));
        for ordinal in 0..wanted {
            match find(ordinal) {
                None => return Some(Turn::Make(ordinal)),
                // One after the other: the next waits for this one.
                Some((_, pod)) if !pod.ready() => return None,
                Some(_) => {}
            }
        }
        let ordinal_of = |pod: &str| {
            pod.rsplit_once('-').and_then(|(_, ordinal)| ordinal.parse::<i32>().ok()).unwrap_or(0)
        };
        let last =
            pods.iter().max_by_key(|(pod, _)| ordinal_of(pod)).filter(|(pod, _)| ordinal_of(pod) >= wanted);
        if let Some((pod, facts)) = last {
            return (!facts.terminating).then(|| Turn::Delete((*pod).to_owned()));
        }
        let old = store.owned_by(own, Kind::Pod).filter(|pod| pod.label(REVISION_LABEL) != Some(revision));
        old.max_by_key(|pod| ordinal_of(&pod.key.name)).map(|pod| Turn::Delete(pod.key.name.to_string()))
    }

    fn make_ordinal(&mut self, store: &mut Store, set: &StatefulSet, ordinal: i32) {
        let Ok(mould) = stateful_mould(&self.schema, set) else { return };
        let name = format!(
            "{}-{ordinal}",
            set.metadata.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default()
        );
        let identity = PodIdentity { name: name.clone(), created: self.now() };
        let mut pod = mould.cast(&identity, &mut self.random);
        give_ordinal(&mut pod, set, ordinal);
        store.put(&mut pod);
        let message = format!("create Pod {name} in StatefulSet successful");
        let saying = Saying {
            warning: false,
            reason: "SuccessfulCreate",
            message: &message,
            reporter: "statefulset-controller",
        };
        self.tell(store, events::about(set), &saying);
    }
}

/// How many of a controller's pods are of a revision; none where that is 0.
fn on_revision(store: &Store, own: &str, revision: &str) -> Option<i32> {
    let pods = store.owned_by(own, Kind::Pod).filter(|pod| pod.label(REVISION_LABEL) == Some(revision));
    i32::try_from(pods.count()).ok().filter(|count| *count > 0)
}

/// The one thing that a stateful set does next.
enum Turn {
    Make(i32),
    Delete(String),
}

/// The name of the set's present revision.
pub fn revision_of_stateful_set(set: &StatefulSet) -> String {
    let name = set.metadata.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
    let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    format!("{name}-{}", hash_of(&template, None))
}

/// The mould of the set's pods.
pub fn stateful_mould(schema: &Schema, set: &StatefulSet) -> Result<PodMould, WireError> {
    let owner = controller_reference("apps/v1", "StatefulSet", set.metadata.as_ref());
    let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    let namespace = set.metadata.as_ref().and_then(|it| it.namespace.clone()).unwrap_or_default();
    PodMould::new(schema, &template, &namespace, owner, "kube-controller-manager")
}

/// Gives the pod what its place in the set brings: labels, host name and volume claims.
pub fn give_ordinal(pod: &mut Pod, set: &StatefulSet, ordinal: i32) {
    let name = set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
    let pod_name = format!("{name}-{ordinal}");
    if let Some(metadata) = &mut pod.metadata {
        let labels = &mut metadata.labels;
        labels.insert("apps.kubernetes.io/pod-index".to_owned(), ordinal.to_string());
        labels.insert("statefulset.kubernetes.io/pod-name".to_owned(), pod_name.clone());
        labels.insert(REVISION_LABEL.to_owned(), revision_of_stateful_set(set));
    }
    let Some(spec) = &mut pod.spec else { return };
    spec.hostname = text(&pod_name);
    spec.subdomain = set.spec.as_ref().and_then(|spec| spec.service_name.clone());
    for claim in set.spec.iter().flat_map(|spec| &spec.volume_claim_templates) {
        let claim = claim.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
        let source = PersistentVolumeClaimVolumeSource {
            claim_name: Some(format!("{claim}-{pod_name}")),
            read_only: None,
        };
        spec.volumes.insert(
            0,
            Volume {
                name: Some(claim),
                volume_source: Some(VolumeSource {
                    persistent_volume_claim: Some(source),
                    ..VolumeSource::default()
                }),
            },
        );
    }
}
