//! The model itself: what it keeps from one step to the next, and the order of a step.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::background::background;
use super::causes;
use super::databases::{DatabaseState, Databases};
use super::day::Day;
use super::description::Flows;
use super::effects::{Condition, Effects};
use super::flow::{Flow, QueueState, Scene};
use super::happening::Happening;
use super::nodes::{NodeState, Nodes};
use super::noise::Noise;
use super::past::{Past, Sample};
use super::pod_state::PodState;
use super::roster::{PodView, Roster};
use super::service::ServiceState;
use super::suffering;
use super::topology::Topology;
use super::totals::Totals;
use super::usage::{ContainerUsage, PodUsage};
use super::volumes::{Growth, VolumeState, Volumes};
use crate::demo::store::{Key, Store, StoredObject};
use crate::demo::wire::Schema;
use crate::platform::time::Instant;

/// How much time a step takes, in milliseconds.
pub const PERIOD: i64 = 5_000;

/// The longest time that one step lets pass, in milliseconds: a machine that slept doesn't make up for it.
const LONGEST: i64 = 60_000;
/// How many steps the flow needs to settle when the platform starts.
const SETTLING: usize = 12;

/// What a model begins with.
#[derive(Debug)]
pub struct ModelOptions {
    /// Decides all noise.
    pub seed: u64,
    /// Whether load wavers; without noise it follows the day alone.
    pub noisy: bool,
    /// When the platform starts.
    pub start: Instant,
    /// The namespaces whose pods are modelled one by one.
    pub namespaces: Vec<String>,
    /// How load flows.
    pub flows: Flows,
    /// The messages of objects.
    pub schema: Arc<Schema>,
}

/// The one source of load.
#[derive(Debug)]
pub struct Model {
    pub(super) options: ModelOptions,
    pub(super) noise: Noise,
    pub(super) day: Day,
    pub(super) effects: Effects,
    pub(super) now: Instant,
    pub(super) roster: Roster,
    pub(super) topology: Topology,
    pub(super) flow: Flow,
    pub(super) pods: FxHashMap<Box<str>, PodState>,
    pub(super) nodes: Nodes,
    pub(super) volumes: Volumes,
    pub(super) databases: Databases,
    pub(super) totals: Totals,
    pub(super) past: FxHashMap<Box<str>, Past>,
    services: BTreeMap<Key, ServiceState>,
    usage: FxHashMap<Box<str>, PodUsage>,
}

impl Model {
    /// A model that hasn't looked at any object yet.
    pub fn new(options: ModelOptions) -> Self {
        Model {
            noise: Noise::new(options.seed, options.noisy),
            day: Day::new(&options.flows.day, options.start),
            flow: Flow::new(&options.flows),
            effects: Effects::default(),
            now: options.start,
            roster: Roster::default(),
            topology: Topology::default(),
            pods: FxHashMap::default(),
            nodes: Nodes::default(),
            volumes: Volumes::default(),
            databases: Databases::default(),
            totals: Totals::default(),
            past: FxHashMap::default(),
            services: BTreeMap::new(),
            usage: FxHashMap::default(),
            options,
        }
    }

    /// Looks at a platform that has been running for a while.
    pub fn begin(&mut self, store: &Store) {
        for _ in 0..SETTLING {
            self.pass(store, self.options.start, 0.0);
        }
        self.make_up_for_the_past();
    }

    /// Lets the load of the time until `now` pass; tells what pods suffer from it.
    pub fn step(&mut self, store: &Store, now: Instant) -> Vec<Happening> {
        let seconds = now.since(self.now).clamp(0, LONGEST) as f64 / 1000.0;
        self.pass(store, now, seconds)
    }

    /// What is broken now.
    pub fn effects(&self) -> &Effects {
        &self.effects
    }

    /// What is broken now, to be changed. Conditions are looked at in the next step.
    pub fn effects_mut(&mut self) -> &mut Effects {
        &mut self.effects
    }

    /// Whether a condition holds of the platform's objects, for something that began at `since`.
    pub fn holds(&mut self, condition: &Condition, store: &Store, since: Instant) -> bool {
        self.effects.holds(condition, store, &self.options.schema, since)
    }

    /// When it last stepped.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// What the pod with this uid uses; `None` where it isn't one of those that are modelled one by one.
    pub fn usage(&self, pod_uid: &str) -> Option<PodUsage> {
        self.usage.get(pod_uid).cloned()
    }

    /// What any pod uses; `None` while none of its containers runs.
    pub fn usage_of(&self, pod: &StoredObject) -> Option<PodUsage> {
        let usage = match self.usage.get(&pod.uid) {
            Some(usage) => usage.clone(),
            None => {
                let pod = PodView::of(pod)?;
                let parts = background(&self.noise, &pod, self.level(), self.now);
                usage_of(&pod, &parts, self.now)
            }
        };
        (!usage.containers.is_empty()).then_some(usage)
    }

    /// How the pods of a workload serve; `None` where the flows don't name it, or it isn't there.
    pub fn service(&self, namespace: &str, workload: &str) -> Option<&ServiceState> {
        self.services.get(&Key::new(namespace, workload))
    }

    /// How an environment's requests are served at its entrance; `None` where there is no such environment.
    pub fn environment(&self, name: &str) -> Option<ServiceState> {
        let index = self.options.flows.environments.iter().position(|it| it.name == name)?;
        let cell = self.flow.cells[index].first()?;
        let entry = self.topology.serves.get(index).and_then(|row| *row.first()?);
        let whole = entry.and_then(|entry| self.services.get(&self.topology.instances[entry].key));
        Some(ServiceState {
            rate: cell.demand,
            errors: cell.errors,
            p50: cell.p50,
            p99: cell.p99,
            saturation: whole.map_or(0.0, |it| it.saturation),
            ready: whole.map_or(0, |it| it.ready),
        })
    }

    /// The queue of an environment at a broker; `None` where nothing has been published there.
    pub fn queue(&self, broker: &Key, environment: &str) -> Option<&QueueState> {
        let index = self.options.flows.environments.iter().position(|it| it.name == environment)?;
        self.flow.queues.get(&(broker.clone(), index))
    }

    /// What a database or a cache keeps count of.
    pub fn database(&self, workload: &Key) -> Option<&DatabaseState> {
        self.databases.0.get(workload)
    }

    /// What of a claim's volume is used; `None` where no pod that is modelled has it.
    pub fn volume(&self, claim: &Key) -> Option<&VolumeState> {
        self.volumes.0.get(claim)
    }

    /// What of a node is used; `None` where no pod that is modelled is on it.
    pub fn node(&self, name: &str) -> Option<&NodeState> {
        self.nodes.0.get(name)
    }

    /// The share of the peak's load that the day brings now, from 0 to 1.
    pub fn level(&self) -> f64 {
        self.day.level(self.now)
    }

    fn pass(&mut self, store: &Store, now: Instant, seconds: f64) -> Vec<Happening> {
        self.now = now;
        self.effects.look(store, &self.options.schema, now);
        self.roster.refresh(store, self.options.namespaces.iter().map(String::as_str));
        let roster = std::mem::take(&mut self.roster);
        let pods: Vec<&PodView> = roster.pods().collect();
        let mut states = self.take_states(&pods);
        self.topology = Topology::resolve(&self.options.flows, store, &pods);
        let outside = suffering::outside(&self.effects, &self.topology, &self.volumes, &self.databases);
        let scene = Scene {
            flows: &self.options.flows,
            topology: &self.topology,
            pods: &pods,
            effects: &self.effects,
            day: &self.day,
            noise: &self.noise,
            now,
            seconds,
            outside: &outside,
        };
        self.flow.step(&scene, &mut states);
        self.databases.step(&scene, &self.flow);
        let level = self.day.level(now);
        let parts: Vec<_> = pods.iter().map(|pod| background(&self.noise, pod, level, now)).collect();
        let happenings = suffering::burden(&scene, &mut states, &parts, &self.volumes);
        let aside = |parts: &Vec<(f64, f64)>| {
            parts.iter().skip(1).fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1))
        };
        let asides: Vec<_> = parts.iter().map(aside).collect();
        self.nodes.share(store, &pods, &mut states, &asides, seconds);
        self.nodes.fill(&self.effects, &self.noise, seconds);
        self.services = suffering::services(&scene, &self.flow, &states);
        let kept = self.databases.0.iter().map(|(key, state)| (key.clone(), state.lag_bytes)).collect();
        let growth = Growth {
            descriptions: &self.options.flows.volumes,
            effects: &self.effects,
            noise: &self.noise,
            level,
            kept: &kept,
            seconds,
        };
        self.volumes.grow(store, &pods, &growth);
        suffering::count(&scene, &self.flow, &mut states);
        self.totals.step(&scene, &self.flow);
        self.past = remembered(std::mem::take(&mut self.past), &scene, &self.flow, &states);
        self.usage = usages(&pods, &states, parts, now);
        self.pods = pods.iter().map(|pod| pod.uid.clone()).zip(states).collect();
        drop(pods);
        self.roster = roster;
        happenings
    }

    /// The states of these pods, new where a pod is, and those of others forgotten.
    fn take_states(&mut self, pods: &[&PodView]) -> Vec<PodState> {
        let mut before = std::mem::take(&mut self.pods);
        let states = pods.iter().map(|pod| {
            let mut state = before.remove(&pod.uid).unwrap_or_default();
            state.follow(pod);
            state
        });
        states.collect()
    }

    /// Counters that started with their containers have counted since; the mean of a day is about six tenths of its afternoon.
    fn make_up_for_the_past(&mut self) {
        for state in self.pods.values_mut() {
            let Some(run) = state.run else { continue };
            let seconds = self.options.start.since(run).max(0) as f64 / 1000.0 * 0.6;
            state.cpu_seconds = state.cpu * seconds;
            let streams = state.streams.clone();
            state.requests = streams.iter().map(|_| Default::default()).collect();
            for (counters, stream) in state.requests.iter_mut().zip(&streams) {
                super::counters::RequestCounters::pass(counters, stream, seconds);
            }
        }
    }
}

/// Takes note of what the pods do now, and forgets pods that are gone.
fn remembered(
    mut before: FxHashMap<Box<str>, Past>,
    scene: &Scene<'_>,
    flow: &Flow,
    states: &[PodState],
) -> FxHashMap<Box<str>, Past> {
    let serving = scene.pods.iter().enumerate().filter(|(index, _)| scene.topology.of_pod[*index].is_some());
    let pasts = serving.map(|(index, pod)| {
        let (uid, mut past) =
            before.remove_entry(&pod.uid).unwrap_or_else(|| (pod.uid.clone(), Past::default()));
        let state = &states[index];
        let (mut errors, mut rate) = (0.0, 0.0);
        for stream in &state.streams {
            rate += stream.rate;
            errors += stream.rate * stream.errors;
        }
        past.note(Sample {
            at: scene.now,
            rate: rate as f32,
            errors: (errors / rate.max(1e-9)) as f32,
            cause: causes::cause(scene, flow, index, state),
            p50: state.latency.0 as f32,
            p99: state.latency.1 as f32,
        });
        (uid, past)
    });
    pasts.collect()
}

/// What pods use: their first containers by their states, the others by the parts that were reckoned for them.
fn usages(
    pods: &[&PodView],
    states: &[PodState],
    parts: Vec<Vec<(f64, f64)>>,
    now: Instant,
) -> FxHashMap<Box<str>, PodUsage> {
    let each = pods.iter().zip(states).zip(parts);
    let usages = each.map(|((pod, state), mut parts)| {
        if let Some(first) = parts.first_mut() {
            *first = (state.cpu, state.memory);
        }
        (pod.uid.clone(), usage_of(pod, &parts, now))
    });
    usages.collect()
}

/// What a pod's containers use, where they run.
fn usage_of(pod: &PodView, parts: &[(f64, f64)], now: Instant) -> PodUsage {
    let running = pod.containers.iter().zip(parts).filter(|(it, _)| it.running_since().is_some());
    let containers = running.map(|(container, (cpu, memory))| ContainerUsage {
        name: container.name.to_string(),
        cpu_nanocores: (cpu * 1e9) as u64,
        memory_bytes: *memory as u64,
    });
    PodUsage { at: now, containers: containers.collect() }
}
