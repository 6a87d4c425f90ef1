//! What happens by itself: probes that fail for a while, containers that end, pods that are replaced.

use super::pod_life::Step;
use super::queue::Task;
use super::simulation::Simulation;
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
    fn choose(&mut self, store: &Store) -> Option<(Key, Box<str>)> {
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
                return Some((pod.key.clone(), pod.uid.clone()));
            }
        }
        None
    }
}

impl Simulation {
    /// Lets something happen to some pod.
    pub(super) fn stir(&mut self, store: &mut Store) {
        let changes = match self.churn.choose(store) {
            None => FLAP,
            Some((key, uid)) => match self.churn.random.below(20) {
                0 => {
                    self.delete_pod(store, &key);
                    REPLACEMENT
                }
                1..=4 => {
                    self.step(store, &key, &uid, Step::Crash(0));
                    RESTART
                }
                _ => {
                    self.step(store, &key, &uid, Step::Unready(0));
                    FLAP
                }
            },
        };
        if let Some(wait) = self.churn.wait(changes) {
            self.later(wait, Task::Churn);
        }
    }
}
