//! What happens by itself: probes that fail for a while, containers that end, pods that are replaced.

use k8s_pb::api::core::v1::Pod;

use super::queue::Task;
use super::simulation::Simulation;
use crate::demo::model::{Happening, Sufferer};
use crate::demo::random::Random;
use crate::demo::store::{Facts, Key, Kind, Store, StoredObject};

/// Namespaces that stay calm, so that what is wrong in them is what someone did.
const CALM: [&str; 6] = ["production", "data", "storage", "kube-system", "ingress-nginx", "default"];

/// How many changes of pods each kind of incident makes, about.
const FLAP: i64 = 2;
const RESTART: i64 = 3;
const REPLACEMENT: i64 = 8;

/// Chance, and whom it can befall.
#[derive(Debug)]
pub struct Churn {
    random: Random,
    /// Changes of pods a second.
    rate: f64,
    pods: Vec<Key>,
}

impl Churn {
    /// So many changes of pods a second.
    pub fn new(seed: u64, rate: f64) -> Self {
        Churn { random: Random::stream(seed, "churn"), rate, pods: Vec::new() }
    }

    /// Takes note of the pods that there are.
    pub fn watch_over(&mut self, store: &Store) {
        for pod in store.list(Kind::Pod, None, None) {
            self.add(pod);
        }
    }

    /// Takes note of a new pod.
    pub fn add(&mut self, pod: &StoredObject) {
        let replaceable = pod.owner.as_ref().is_some_and(|owner| &*owner.kind == "ReplicaSet");
        if self.rate > 0.0 && replaceable && !CALM.contains(&&*pod.key.namespace) {
            self.pods.push(pod.key.clone());
        }
    }

    /// How long until the next incident, in milliseconds, after one that made so many changes; `None` where there is none.
    pub fn wait(&mut self, changes: i64) -> Option<i64> {
        if self.rate <= 0.0 || !self.rate.is_finite() {
            return None;
        }
        let spread = self.random.between(50, 150) as f64 / 100.0;
        Some((changes.max(1) as f64 * 1_000.0 / self.rate * spread) as i64)
    }

    /// One of the pods that run well; forgets those that are gone.
    fn choose(&mut self, store: &Store) -> Option<Key> {
        for _ in 0..16 {
            if self.pods.is_empty() {
                return None;
            }
            let index = self.random.below(self.pods.len() as u64) as usize;
            let Some(pod) = store.get(Kind::Pod, &self.pods[index]) else {
                self.pods.swap_remove(index);
                continue;
            };
            if matches!(&pod.facts, Facts::Pod(facts) if facts.ready()) {
                return Some(pod.key.clone());
            }
        }
        None
    }
}

impl Simulation {
    /// Lets something happen to some pod.
    pub(super) fn stir(&mut self, store: &mut Store) {
        let chosen = self.churn.choose(store).and_then(|key| sufferer(store, key));
        let changes = chosen.map_or(FLAP, |at| self.disturb(store, at));
        if let Some(wait) = self.churn.wait(changes) {
            self.later(wait, Task::Churn);
        }
    }

    /// Lets one of the incidents befall a pod; gives how many changes of pods it makes.
    fn disturb(&mut self, store: &mut Store, at: Sufferer) -> i64 {
        match self.churn.random.below(20) {
            0 => {
                self.delete_pod(store, &at.pod);
                REPLACEMENT
            }
            1..=2 => {
                self.carry_out(store, &Happening::OutOfMemory(at));
                RESTART
            }
            3..=4 => {
                self.carry_out(store, &Happening::Exits { at, code: 1 });
                RESTART
            }
            _ => {
                let message = "Readiness probe failed: HTTP probe failed with statuscode: 503".to_owned();
                let recovery = self.churn.random.between(31_000, 39_000);
                self.later(recovery, Task::Happen(Happening::ProbeRecovers(at.clone())));
                self.carry_out(store, &Happening::ProbeFails { at, message });
                FLAP
            }
        }
    }
}

/// The first container of a pod.
fn sufferer(store: &Store, key: Key) -> Option<Sufferer> {
    let pod = store.read::<Pod>(&key)?;
    let container = pod.spec?.containers.into_iter().next()?.name?;
    let uid = pod.metadata?.uid?;
    Some(Sufferer { pod: key, uid: uid.into(), container: container.into() })
}
