//! The model itself: what it keeps from one step to the next.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::effects::Effects;
use super::happening::Happening;
use super::noise::Noise;
use super::roster::{PodView, Roster};
use super::service::ServiceState;
use super::usage::{ContainerUsage, PodUsage};
use crate::demo::store::{Key, Store, StoredObject};
use crate::platform::time::Instant;

/// How much time a step takes, in milliseconds.
pub const PERIOD: i64 = 5_000;

/// What a model begins with.
#[derive(Debug)]
pub struct ModelOptions {
    /// Decides all noise.
    pub seed: u64,
    /// Whether load wavers; without noise it follows the day alone.
    pub noisy: bool,
    /// The namespaces whose pods are modelled one by one.
    pub namespaces: Vec<String>,
    /// The work of some workloads, by namespace and name, in percent of one pod's request.
    pub loads: BTreeMap<(String, String), i32>,
}

/// The one source of load.
#[derive(Debug)]
pub struct Model {
    options: ModelOptions,
    noise: Noise,
    effects: Effects,
    now: Instant,
    roster: Roster,
    services: BTreeMap<Key, ServiceState>,
    usage: FxHashMap<Box<str>, PodUsage>,
}

impl Model {
    /// A model that hasn't looked at any object yet.
    pub fn new(options: ModelOptions) -> Self {
        Model {
            noise: Noise::new(options.seed, options.noisy),
            options,
            effects: Effects::default(),
            now: Instant::default(),
            roster: Roster::default(),
            services: BTreeMap::new(),
            usage: FxHashMap::default(),
        }
    }

    /// Lets the load of the time until `now` pass; tells what pods suffer from it.
    pub fn step(&mut self, store: &Store, now: Instant) -> Vec<Happening> {
        self.now = now;
        self.roster.refresh(store, self.options.namespaces.iter().map(String::as_str));
        self.services.clear();
        self.usage.clear();
        for pod in self.roster.pods().filter(|pod| pod.ready) {
            let key = Key::new(&pod.key.namespace, &pod.workload);
            self.services.entry(key).or_default().ready += 1;
        }
        for pod in self.roster.pods() {
            let key = Key::new(&pod.key.namespace, &pod.workload);
            let ready = self.services.get(&key).map_or(1, |service| service.ready.max(1));
            let load = self.options.loads.get(&(key.namespace.to_string(), key.name.to_string()));
            let usage = match load {
                Some(load) => self.shared(pod, f64::from(*load) / 100.0 / ready as f64, now),
                None => background(&self.noise, pod, now),
            };
            self.usage.insert(pod.uid.clone(), usage);
        }
        Vec::new()
    }

    /// What is broken now.
    pub fn effects(&self) -> &Effects {
        &self.effects
    }

    /// What is broken now, to be changed.
    pub fn effects_mut(&mut self) -> &mut Effects {
        &mut self.effects
    }

    /// What the pod with this uid uses; `None` where it isn't one of those that are modelled one by one.
    pub fn usage(&self, pod_uid: &str) -> Option<PodUsage> {
        self.usage.get(pod_uid).cloned()
    }

    /// What any pod uses; `None` while none of its containers runs.
    pub fn usage_of(&self, pod: &StoredObject) -> Option<PodUsage> {
        let usage = match self.usage.get(&pod.uid) {
            Some(usage) => usage.clone(),
            None => background(&self.noise, &PodView::of(pod)?, self.now),
        };
        (!usage.containers.is_empty()).then_some(usage)
    }

    /// How the pods of a workload serve; `None` where none is modelled.
    pub fn service(&self, namespace: &str, workload: &str) -> Option<&ServiceState> {
        self.services.get(&Key::new(namespace, workload))
    }

    /// A pod that takes its share of its workload's load.
    fn shared(&self, pod: &PodView, share: f64, now: Instant) -> PodUsage {
        let mut usage = background(&self.noise, pod, now);
        let wander = 1.0 + 0.04 * self.noise.wander(&pod.uid, now, 60_000);
        if let (Some(container), Some(first)) = (pod.containers.first(), usage.containers.first_mut())
            && pod.ready
        {
            first.cpu_nanocores = (container.requests.cpu as f64 * 1e6 * share * wander) as u64;
        }
        usage
    }
}

/// What a pod uses of which nothing is known but what it asks for.
fn background(noise: &Noise, pod: &PodView, now: Instant) -> PodUsage {
    let running = pod.containers.iter().filter(|container| container.running_since().is_some());
    let containers = running.map(|container| {
        let label = format!("{}/{}", pod.uid, container.name);
        let part = 0.15 + 0.35 * noise.fixed(&label);
        let wander = 1.0 + 0.2 * noise.wander(&label, now, 60_000);
        let memory = 0.45 + 0.35 * noise.fixed(&format!("{label}/memory"));
        let asked = container.requests.memory.max(16 << 20) as f64;
        ContainerUsage {
            name: container.name.to_string(),
            cpu_nanocores: (container.requests.cpu.max(5) as f64 * 1e6 * part * wander) as u64,
            memory_bytes: (asked * memory * (1.0 + 0.02 * noise.wander(&label, now, 300_000))) as u64,
        }
    });
    PodUsage { at: now, containers: containers.collect() }
}
