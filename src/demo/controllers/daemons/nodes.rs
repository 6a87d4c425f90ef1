//! Which nodes lack a pod of a daemon set, and which have one that they should not.

use std::collections::{BTreeMap, BTreeSet};

use k8s_pb::api::apps::v1::{DaemonSet, DaemonSetSpec};
use k8s_pb::api::core::v1::Node;
use prost::Message as _;

use super::NAME;
use super::pods::{self, DaemonPod};
use crate::demo::controllers::pod_control::PodMaker;
use crate::demo::controllers::pods::{PodIdentity, PodMould};
use crate::demo::controllers::revisions::Revisions;
use crate::demo::controllers::simulation::Simulation;
use crate::demo::objects::uid;
use crate::demo::random::{Random, fnv};
use crate::demo::store::{Key, Kind, Store};

/// A pod was refused.
pub struct Refused;

/// A daemon set at work.
pub struct SetAtWork<'a> {
    pub simulation: &'a mut Simulation,
    pub store: &'a mut Store,
    pub set: DaemonSet,
    pub revisions: Revisions,
    pub maker: PodMaker,
    mould: PodMould,
    /// The nodes that take a new pod.
    pub wanted: BTreeSet<String>,
    /// The nodes that keep one that they have.
    kept: BTreeSet<String>,
}

/// What of a node decides whom it takes, as one number.
pub fn mark_of(store: &Store, key: &Key) -> u64 {
    let Some(node) = store.read::<Node>(key) else { return 0 };
    let mut bytes = node.spec.unwrap_or_default().encode_to_vec();
    for (name, value) in node.metadata.iter().flat_map(|it| &it.labels) {
        bytes.extend(name.as_bytes());
        bytes.push(0);
        bytes.extend(value.as_bytes());
        bytes.push(0);
    }
    fnv(&bytes)
}

impl<'a> SetAtWork<'a> {
    /// The set with its revisions; `None` where its template makes no pods.
    pub fn new(
        simulation: &'a mut Simulation,
        store: &'a mut Store,
        set: DaemonSet,
        revisions: Revisions,
    ) -> Option<Self> {
        let mould = pods::mould_of(&simulation.schema, &set, &revisions.newest_hash()).ok()?;
        let identity = PodIdentity { name: String::new(), created: simulation.now() };
        let probe = mould.cast(&identity, &mut Random::new(0));
        let names = |places: Vec<crate::demo::controllers::kubelet::Place>| {
            places.into_iter().map(|place| place.node).collect::<BTreeSet<_>>()
        };
        let wanted = names(simulation.scheduler.daemon_places(&probe));
        let kept = names(simulation.scheduler.daemon_keepers(&probe));
        let maker = PodMaker::new(&set, NAME);
        Some(SetAtWork { simulation, store, set, revisions, maker, mould, wanted, kept })
    }

    /// The set's specification.
    pub fn spec(&self) -> DaemonSetSpec {
        self.set.spec.clone().unwrap_or_default()
    }

    /// How long a pod has to be ready before it counts, in seconds.
    pub fn min_ready(&self) -> i32 {
        self.set.spec.as_ref().and_then(|spec| spec.min_ready_seconds).unwrap_or(0)
    }

    /// The set's pods by their nodes, on each the oldest first.
    pub fn pods(&self) -> BTreeMap<String, Vec<DaemonPod>> {
        let hash = self.revisions.newest_hash();
        let mut by_node: BTreeMap<String, Vec<DaemonPod>> = BTreeMap::new();
        for stored in self.store.owned_by(uid(self.set.metadata.as_ref()), Kind::Pod) {
            if let Some((node, pod)) = pods::read(self.store, stored, &hash) {
                by_node.entry(node).or_default().push(pod);
            }
        }
        for pods in by_node.values_mut() {
            pods.sort_by_key(|pod| (pod.created, pod.key.clone()));
        }
        by_node
    }

    /// Makes the pods that nodes lack, and deletes those that should not be there.
    ///
    /// # Errors
    /// Where a pod was refused.
    pub fn manage(&mut self) -> Result<(), Refused> {
        let pods = self.pods();
        let surges = self.max_surge() > 0;
        let (now, min_ready) = (self.simulation.now(), self.min_ready());
        let (mut lacking, mut surplus) = (Vec::new(), Vec::new());
        for node in self.wanted.iter().filter(|node| !pods.contains_key(*node)) {
            lacking.push(node.clone());
        }
        for (node, pods) in &pods {
            if !self.kept.contains(node) {
                surplus.extend(pods.iter().filter(|pod| !pod.terminating).map(|pod| pod.key.clone()));
                continue;
            }
            let running: Vec<&DaemonPod> =
                pods.iter().filter(|pod| !pod.terminating && !pod.finished()).collect();
            for pod in pods.iter().filter(|pod| !pod.terminating && pod.finished()) {
                self.tell_end(node, pod);
                surplus.push(pod.key.clone());
            }
            match running.as_slice() {
                [] if surges && self.wanted.contains(node) => lacking.push(node.clone()),
                [] | [_] => {}
                several if surges => {
                    surplus.extend(excess_of_surge(several, |pod| pod.available(min_ready, now)))
                }
                [_, excess @ ..] => surplus.extend(excess.iter().map(|pod| pod.key.clone())),
            }
        }
        self.carry_out(&surplus, &lacking)
    }

    /// Deletes pods and makes others.
    ///
    /// # Errors
    /// Where a pod was refused.
    pub fn carry_out(&mut self, surplus: &[Key], lacking: &[String]) -> Result<(), Refused> {
        for pod in surplus {
            self.simulation.delete_owned_pod(self.store, &self.maker, pod);
        }
        let name = self.set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
        for node in lacking {
            let name = self.simulation.pod_name(&format!("{name}-"));
            let made = self.simulation.make_pod(self.store, &self.maker, &self.mould, name, |pod| {
                pods::pin(pod, node);
            });
            made.map_err(|_| Refused)?;
        }
        Ok(())
    }

    fn tell_end(&mut self, node: &str, pod: &DaemonPod) {
        let (failed, word, verb) =
            if pod.failed { (true, "failed", "kill") } else { (false, "succeeded", "delete") };
        let (namespace, name) = (&pod.key.namespace, &pod.key.name);
        let message =
            format!("Found {word} daemon pod {namespace}/{name} on node {node}, will try to {verb} it");
        let reason = if failed { "FailedDaemonPod" } else { "SucceededDaemonPod" };
        self.simulation.say(self.store, &self.maker, failed, reason, &message);
    }
}

/// Of several running pods on one node, those that go: all but the oldest new one and the oldest old one, and of these
/// two the old one where the new one is available or it isn't ready itself.
fn excess_of_surge(running: &[&DaemonPod], available: impl Fn(&DaemonPod) -> bool) -> Vec<Key> {
    let new = running.iter().find(|pod| pod.updated);
    let old = running.iter().find(|pod| !pod.updated);
    let mut kept: Vec<&Key> = new.iter().chain(&old).map(|pod| &pod.key).collect();
    if let (Some(new), Some(old)) = (new, old)
        && (old.ready.is_none() || available(new))
    {
        kept.retain(|key| **key != old.key);
    }
    running.iter().map(|pod| &pod.key).filter(|key| !kept.contains(key)).cloned().collect()
}
