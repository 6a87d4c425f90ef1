//! Daemon sets: one pod on every node that takes it.

use k8s_pb::api::apps::v1::DaemonSet;

use super::controller::Controller;
use super::kubelet;
use super::pods::{PodIdentity, PodMould};
use super::queue::Queue;
use super::simulation::{Counted, Simulation};
use super::status;
use crate::demo::objects::{controller_reference, uid};
use crate::demo::random::Random;
use crate::demo::store::{Change, Key, Kind, Store};
use crate::demo::wire::{Schema, WireError};

/// The controller's name.
const NAME: &str = "daemonset-controller";

/// Keeps a pod of each daemon set on every node that takes it.
#[derive(Debug)]
pub struct DaemonSets;

impl Controller for DaemonSets {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::DaemonSet, Kind::Pod]
    }

    fn notice(&mut self, _store: &Store, change: &Change, queue: &mut Queue) {
        if change.last.kind == Kind::DaemonSet {
            queue.reconcile(NAME, change.last.key.clone());
        } else if Counted::differs(change) {
            queue.reconcile_owner(NAME, "DaemonSet", &change.last);
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        simulation.reconcile_daemon_set(store, key);
    }
}

impl Simulation {
    /// Makes the pods that nodes lack, and reports.
    pub(super) fn reconcile_daemon_set(&mut self, store: &mut Store, place: &Key) {
        let Some(mut set) = store.read::<DaemonSet>(place) else { return };
        let Ok(mould) = daemon_mould(&self.schema, &set) else { return };
        let own = uid(set.metadata.as_ref()).to_owned();
        self.scheduler.refresh_if_forgotten(store);
        let identity = |random: &mut Random, created| PodIdentity {
            name: format!("{}-{}", place.name, random.suffix(5)),
            created,
        };
        let now = self.now();
        let probe =
            mould.cast(&PodIdentity { name: place.name.to_string(), created: now }, &mut Random::new(0));
        let places = self.scheduler.daemon_places(&probe);
        for node in &places {
            let there = status::pods_of(store, &own).any(|(_, pod)| *pod.node == *node.node);
            if !there {
                let mut pod = mould.cast(&identity(&mut self.random, now), &mut self.random);
                kubelet::bind(&mut pod, &node.node, now);
                store.put(&mut pod);
            }
        }
        let wanted = i32::try_from(places.len()).unwrap_or(i32::MAX);
        let generation = set.metadata.as_ref().and_then(|it| it.generation);
        let next = status::daemon_set(store, &own, generation, wanted);
        if set.status.as_ref() != Some(&next) {
            set.status = Some(next);
            store.put(&mut set);
        }
    }
}

/// The mould of the set's pods.
pub fn daemon_mould(schema: &Schema, set: &DaemonSet) -> Result<PodMould, WireError> {
    let owner = controller_reference("apps/v1", "DaemonSet", set.metadata.as_ref());
    let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    let namespace = set.metadata.as_ref().and_then(|it| it.namespace.clone()).unwrap_or_default();
    PodMould::new(schema, &template, &namespace, owner, "kube-controller-manager")
}
