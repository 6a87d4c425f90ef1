//! What comes of the flow: the burden of pods, how services do, and what is counted.

use std::collections::BTreeMap;

use super::counters::Stream;
use super::databases::Databases;
use super::description::Profile;
use super::effects::Effects;
use super::flow::{Flow, Scene, serves};
use super::happening::Happening;
use super::memory::{remember, sufferer};
use super::pod_state::PodState;
use super::roster::PodView;
use super::service::ServiceState;
use super::topology::Topology;
use super::volumes::Volumes;
use crate::demo::store::Key;

/// The share of requests that fail where nothing can be written.
const UNWRITTEN: f64 = 0.75;

/// What fails requests of workloads, and slows them, for causes outside their pods.
pub fn outside(
    effects: &Effects,
    topology: &Topology,
    volumes: &Volumes,
    databases: &Databases,
) -> BTreeMap<Key, (f64, f64)> {
    let mut all = BTreeMap::new();
    for instance in &topology.instances {
        let (errors, slower) = effects.service(&instance.key);
        let refused = databases.0.get(&instance.key).map_or(0.0, |database| database.refused());
        let claims = volumes.0.iter().filter(|(_, volume)| volume.workload == instance.key);
        let (mut full, mut slow) = (0.0, 1.0);
        for (claim, volume) in claims {
            full = if volume.full() { UNWRITTEN } else { full };
            slow = f64::max(slow, effects.slow_volume(claim));
        }
        let errors = 1.0 - (1.0 - errors) * (1.0 - refused) * (1.0 - full);
        if errors > 0.0 || slower * slow != 1.0 {
            all.insert(instance.key.clone(), (errors, slower * slow));
        }
    }
    all
}

/// Reckons what each pod wants of its node and keeps in memory; tells what pods suffer.
pub fn burden(
    scene: &Scene<'_>,
    states: &mut [PodState],
    parts: &[Vec<(f64, f64)>],
    volumes: &Volumes,
) -> Vec<Happening> {
    let mut happenings = Vec::new();
    for (index, pod) in scene.pods.iter().enumerate() {
        let state = &mut states[index];
        let first = parts[index].first().copied().unwrap_or_default();
        let workload = Key::new(&pod.key.namespace, &pod.workload);
        let runs = pod.containers.first().is_some_and(|it| it.running_since().is_some());
        match scene.topology.of_pod[index] {
            Some(instance) => {
                let service = &scene.flows.services[scene.topology.instances[instance].service];
                if !pod.ready {
                    (state.rate, state.busy) = (0.0, 0.0);
                    state.wants = service.idle_mcpu / 1000.0;
                }
                let time = (scene.now, scene.seconds);
                happenings.extend(remember(pod, state, service, scene.effects, scene.noise, time));
                happenings.extend(full(pod, state, service.profile, volumes));
            }
            None => (state.wants, state.memory) = first,
        }
        happenings.extend(probe(pod, state, scene.effects));
        state.wants += scene.effects.burns(&workload);
        if !runs || scene.effects.node_down(&pod.node) {
            (state.wants, state.memory) = (0.0, if runs { state.memory } else { 0.0 });
        }
    }
    happenings
}

/// A database that can't write its log ends, each time that it is started.
fn full(pod: &PodView, state: &mut PodState, profile: Profile, volumes: &Volumes) -> Option<Happening> {
    let container = pod.containers.first()?;
    let started = container.running_since()?;
    let full = pod
        .claims
        .iter()
        .any(|claim| volumes.0.get(&Key::new(&pod.key.namespace, claim)).is_some_and(|volume| volume.full()));
    if profile != Profile::Database || !full || state.killed == Some(started) {
        return None;
    }
    state.killed = Some(started);
    Some(Happening::Exits { at: sufferer(pod, &container.name), code: 1 })
}

/// A pod whose drive is lost isn't ready until it has another.
fn probe(pod: &PodView, state: &mut PodState, effects: &Effects) -> Option<Happening> {
    let container = pod.containers.first().filter(|it| it.running_since().is_some())?;
    let fails = effects.drive_lost(&pod.key);
    if fails == state.probe_fails {
        return None;
    }
    state.probe_fails = fails;
    let at = sufferer(pod, &container.name);
    if fails {
        let message = "Readiness probe failed: HTTP probe failed with statuscode: 503".to_owned();
        Some(Happening::ProbeFails { at, message })
    } else {
        Some(Happening::ProbeRecovers(at))
    }
}

/// How each workload does, over all environments that it serves.
pub fn services(scene: &Scene<'_>, flow: &Flow, states: &[PodState]) -> BTreeMap<Key, ServiceState> {
    let mut all = BTreeMap::new();
    for (index, instance) in scene.topology.instances.iter().enumerate() {
        let mut state = ServiceState::default();
        let served = scene.topology.serves.iter().zip(&flow.cells);
        let cells = served.filter(|(row, _)| row[instance.service] == Some(index));
        let cells: Vec<_> = cells.map(|(_, cells)| cells[instance.service]).collect();
        state.rate = cells.iter().map(|cell| cell.demand).sum();
        for cell in &cells {
            let share = if state.rate > 0.0 { cell.demand / state.rate } else { 1.0 / cells.len() as f64 };
            state.errors += share * cell.errors;
            state.p50 += share * cell.p50;
            state.p99 = state.p99.max(cell.p99);
        }
        for pod in &instance.pods {
            state.ready += usize::from(serves(scene, *pod));
            state.saturation = state.saturation.max(states[*pod].saturation);
        }
        all.insert(instance.key.clone(), state);
    }
    all
}

/// Counts what has passed.
pub fn count(scene: &Scene<'_>, flow: &Flow, states: &mut [PodState]) {
    for (index, pod) in scene.pods.iter().enumerate() {
        let state = &mut states[index];
        state.cpu_seconds += state.cpu * scene.seconds;
        let Some(instance) = scene.topology.of_pod[index] else { continue };
        state.streams = streams(scene, flow, instance, pod, state);
        state.requests.resize_with(state.streams.len(), Default::default);
        for (counters, stream) in state.requests.iter_mut().zip(&state.streams) {
            counters.pass(stream, scene.seconds);
        }
    }
}

/// The requests of a pod by kind: at an entrance by environment and service, elsewhere all as one.
fn streams(scene: &Scene<'_>, flow: &Flow, instance: usize, pod: &PodView, state: &PodState) -> Vec<Stream> {
    let service = scene.topology.instances[instance].service;
    let description = &scene.flows.services[service];
    let environments =
        || scene.topology.serves.iter().enumerate().filter(|(_, row)| row[service] == Some(instance));
    let demand = flow.demand(scene.topology, instance, service).max(1e-9);
    if !pod.ready {
        return vec![Stream::default(); state.streams.len()];
    }
    if description.profile == Profile::Ingress {
        let mut all = Vec::new();
        for (environment, _) in environments() {
            let cells = &flow.cells[environment];
            let share = state.rate / demand;
            for call in &flow.calls[service] {
                let called = &cells[call.to];
                all.push(Stream {
                    rate: cells[service].demand * call.rate * share,
                    errors: 1.0 - (1.0 - called.errors) * (1.0 - state.errors),
                    client_errors: scene.flows.services[call.to].client_errors,
                    latency: (called.p50 + 0.001, called.p99.max(called.p50) + 0.003),
                });
            }
        }
        return all;
    }
    let failing: f64 = environments()
        .map(|(environment, _)| {
            let (_, errors) = flow.dependencies(scene, environment, service);
            errors * flow.cells[environment][service].demand / demand
        })
        .sum();
    vec![Stream {
        rate: state.rate,
        errors: 1.0 - (1.0 - state.errors) * (1.0 - failing),
        client_errors: description.client_errors,
        latency: (state.latency.0, state.latency.1.max(state.latency.0)),
    }]
}
