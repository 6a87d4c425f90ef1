//! Requests on their way through the services: first how many come to each, from the callers to the called, then how long they
//! take and how many fail, from the called back to the callers.

mod demand;
mod latency;
mod queue;
mod serving;

use std::collections::BTreeMap;

pub use queue::QueueState;

use super::day::Day;
use super::description::{Flows, Profile};
use super::effects::Effects;
use super::noise::Noise;
use super::pod_state::{Leadership, PodState};
use super::roster::PodView;
use super::topology::{Call, Topology, calls};
use crate::demo::store::Key;
use crate::platform::time::Instant;

/// What one service does for one environment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cell {
    /// Requests a second.
    pub demand: f64,
    /// The share that the service itself fails.
    pub own_errors: f64,
    /// The share that gets as far as calling others, as the mean of the last steps, so that it doesn't swing.
    pub passing: f64,
    /// The share that fails, for whatever reason.
    pub errors: f64,
    /// The mean latency, in seconds.
    pub mean: f64,
    /// The median latency, in seconds.
    pub p50: f64,
    /// The 99th percentile of the latency, in seconds.
    pub p99: f64,
}

/// The world as a step finds it.
#[derive(Debug)]
pub struct Scene<'a> {
    /// What is described.
    pub flows: &'a Flows,
    /// Who serves whom.
    pub topology: &'a Topology,
    /// The pods.
    pub pods: &'a [&'a PodView],
    /// What is broken.
    pub effects: &'a Effects,
    /// The shape of the day.
    pub day: &'a Day,
    /// The noise.
    pub noise: &'a Noise,
    /// The time at the end of the step.
    pub now: Instant,
    /// How long the step is.
    pub seconds: f64,
    /// For some workloads, the share of requests that fail, and how many times longer all takes, for causes outside their pods.
    pub outside: &'a BTreeMap<Key, (f64, f64)>,
}

/// The flow as it is now.
#[derive(Debug)]
pub struct Flow {
    /// For each environment and service of the flows.
    pub cells: Vec<Vec<Cell>>,
    /// The queues, by their broker and the environment's place.
    pub queues: BTreeMap<(Key, usize), QueueState>,
    /// Who leads the workloads that have a leader.
    pub leaders: BTreeMap<Key, Leadership>,
    /// The calls of each service.
    pub calls: Vec<Vec<Call>>,
}

impl Flow {
    /// A flow in which nothing has come yet.
    pub fn new(flows: &Flows) -> Self {
        let row = vec![Cell { passing: 1.0, ..Cell::default() }; flows.services.len()];
        Flow {
            cells: vec![row; flows.environments.len()],
            queues: BTreeMap::new(),
            leaders: BTreeMap::new(),
            calls: calls(flows),
        }
    }

    /// Lets the requests of one step pass. `states` are those of the scene's pods.
    pub fn step(&mut self, scene: &Scene<'_>, states: &mut [PodState]) {
        for environment in &mut self.cells {
            for cell in environment {
                cell.demand = 0.0;
            }
        }
        for environment in 0..scene.flows.environments.len() {
            self.spread(scene, states, environment);
        }
        for service in (0..scene.flows.services.len()).rev() {
            for (index, instance) in scene.topology.instances.iter().enumerate() {
                if instance.service == service {
                    self.serve(scene, states, index);
                }
            }
            self.answer(scene, service);
        }
    }

    /// The environments that a workload serves.
    fn environments<'t>(
        topology: &'t Topology,
        instance: usize,
        service: usize,
    ) -> impl Iterator<Item = usize> + use<'t> {
        let serves = topology.serves.iter().enumerate();
        serves.filter(move |(_, row)| row[service] == Some(instance)).map(|(environment, _)| environment)
    }

    /// What comes to a workload from all its environments.
    pub fn demand(&self, topology: &Topology, instance: usize, service: usize) -> f64 {
        Self::environments(topology, instance, service).map(|it| self.cells[it][service].demand).sum()
    }
}

/// Whether a pod serves: it is ready, and its node is there.
pub fn serves(scene: &Scene<'_>, pod: usize) -> bool {
    scene.pods[pod].ready && !scene.effects.node_down(&scene.pods[pod].node)
}

/// Whether the service of a workload is a broker.
pub fn is_broker(scene: &Scene<'_>, service: usize) -> bool {
    scene.flows.services[service].profile == Profile::Broker
}
