//! How the pods of one workload serve what comes to it.

use super::{Flow, Scene, serves};
use crate::demo::model::description::ServiceDescription;
use crate::demo::model::pod_state::PodState;
use crate::demo::model::queueing::{overflow, quantiles, too_late, waiting};

/// Cores that a pod without a limit can take.
const UNLIMITED: f64 = 4.0;

/// How much of a change in what passes is felt in the next step.
const INERTIA: f64 = 0.3;

/// What a pod is asked to do.
struct Asked {
    /// Requests a second.
    rate: f64,
    /// How long a request waits for what it calls, in seconds.
    calls: f64,
    /// The share that fails, and how many times longer all takes, for causes outside the pods.
    outside: (f64, f64),
}

impl Flow {
    /// Lets the pods of one workload work, with the latencies of what they call already known.
    pub(super) fn serve(&mut self, scene: &Scene<'_>, states: &mut [PodState], index: usize) {
        let instance = &scene.topology.instances[index];
        let description = &scene.flows.services[instance.service];
        let shares = self.shares(scene, index);
        let demand = self.demand(scene.topology, index, instance.service);
        let calls = self.mean_of_calls(scene, index, demand);
        let outside = scene.outside.get(&instance.key).copied().unwrap_or((0.0, 1.0));
        let listed: f64 = shares.iter().map(|(_, share)| share).sum();
        for (pod, share) in shares {
            let asked = Asked { rate: demand * share, calls, outside };
            work(scene, description, pod, &mut states[pod], &asked);
        }
        let mut own = Own { errors: (1.0 - listed).max(0.0), ..Own::default() };
        for pod in &instance.pods {
            let state = &states[*pod];
            let share = if demand > 0.0 { state.rate / demand } else { 0.0 };
            own.errors += share * state.errors;
            own.mean += share * state.mean;
            own.p50 += share * state.latency.0;
            own.p99 = own.p99.max(if share > 0.0 { state.latency.1 } else { 0.0 });
        }
        for environment in Self::environments(scene.topology, index, instance.service) {
            let (here, _) = self.dependencies(scene, environment, instance.service);
            let more = here - calls;
            let cell = &mut self.cells[environment][instance.service];
            cell.own_errors = own.errors.clamp(0.0, 1.0);
            cell.passing += INERTIA * (1.0 - cell.own_errors - cell.passing);
            cell.mean = (own.mean + more).max(0.0);
            cell.p50 = (own.p50 + 0.9 * more).max(0.0);
            cell.p99 = (own.p99 + 1.9 * more).max(cell.p50);
        }
    }

    /// The pods that requests go to, and each one's share. Where the leader is lost, its share goes nowhere.
    fn shares(&mut self, scene: &Scene<'_>, index: usize) -> Vec<(usize, f64)> {
        let instance = &scene.topology.instances[index];
        // A pod whose node has just been lost is still sent requests, until it is seen that it isn't ready.
        let listed: Vec<usize> = instance.pods.iter().copied().filter(|pod| scene.pods[*pod].ready).collect();
        let even = 1.0 / listed.len().max(1) as f64;
        let Some(lead) = scene.flows.services[instance.service].leader else {
            return listed.into_iter().map(|pod| (pod, even)).collect();
        };
        let pods: Vec<_> = instance.pods.iter().map(|pod| (scene.pods[*pod], serves(scene, *pod))).collect();
        let leadership = self.leaders.entry(instance.key.clone()).or_default();
        leadership.look(&pods, scene.now);
        let leads = |pod: usize| Some(&scene.pods[pod].key) == leadership.leader.as_ref();
        let others = listed.iter().filter(|pod| !leads(**pod)).count();
        let share = |pod: usize| match (leads(pod), others) {
            (true, 0) => 1.0,
            (true, _) => lead,
            (false, others) => (1.0 - lead) / others.max(1) as f64,
        };
        listed.into_iter().map(|pod| (pod, share(pod))).collect()
    }

    /// How long a request of any of a workload's environments waits for what it calls, in seconds.
    fn mean_of_calls(&self, scene: &Scene<'_>, index: usize, demand: f64) -> f64 {
        let service = scene.topology.instances[index].service;
        let environments = Self::environments(scene.topology, index, service);
        let weighted = environments.map(|environment| {
            let (mean, _) = self.dependencies(scene, environment, service);
            mean * self.cells[environment][service].demand / demand.max(1e-9)
        });
        weighted.sum()
    }
}

/// What a workload's pods do on the whole.
#[derive(Debug, Default)]
struct Own {
    errors: f64,
    mean: f64,
    p50: f64,
    p99: f64,
}

/// Lets one pod work on what it is given.
fn work(
    scene: &Scene<'_>,
    description: &ServiceDescription,
    pod: usize,
    state: &mut PodState,
    asked: &Asked,
) {
    let view = scene.pods[pod];
    let Some(container) = view.containers.first() else { return };
    let (behaviour, _) = scene.effects.image(&container.image);
    let limit = if container.limits.cpu > 0 { container.limits.cpu as f64 / 1000.0 } else { UNLIMITED };
    let timeout = description.timeout_ms / 1000.0;
    let processor = description.cpu_ms / 1000.0 * behaviour.slower;
    let stretched = processor * state.stretch.max(1.0) * asked.outside.1;
    let service = stretched + description.wait_ms / 1000.0 * asked.outside.1 + asked.calls;
    let by_processor = asked.rate * processor * state.stretch.max(1.0) / limit;
    let by_slots = asked.rate * service / description.slots;
    let waits =
        waiting(by_processor, limit.max(1.0)) * stretched + waiting(by_slots, description.slots) * service;
    let saturation = by_processor.max(by_slots);
    // Above what it can do, requests queue until they time out.
    let backlog = if saturation > 1.0 { timeout * (1.0 - 1.0 / saturation) } else { 0.0 };
    let mean = (service + waits + backlog).min(timeout);
    let lost = if serves(scene, pod) { 0.0 } else { 1.0 };
    let works = [
        1.0 - description.base_errors,
        1.0 - behaviour.errors,
        1.0 - asked.outside.0,
        1.0 - overflow(saturation),
        1.0 - too_late(mean, timeout),
        1.0 - lost,
    ];
    let served = asked.rate / saturation.max(1.0);
    state.rate = asked.rate;
    state.errors = 1.0 - works.iter().product::<f64>();
    state.mean = mean;
    state.busy = (asked.rate * mean).min(description.slots.max(1.0));
    state.saturation = saturation;
    let (p50, p99) = quantiles(service, waits + backlog);
    state.latency = (p50.min(timeout), p99.min(timeout * 1.02));
    state.wants = description.idle_mcpu / 1000.0 + served * processor;
}
