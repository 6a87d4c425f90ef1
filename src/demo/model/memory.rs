//! What containers keep in memory, and when that is too much.

use super::description::ServiceDescription;
use super::effects::Effects;
use super::happening::{Happening, Sufferer};
use super::noise::Noise;
use super::pod_state::PodState;
use super::roster::PodView;
use crate::platform::time::Instant;

const MIB: f64 = 1_048_576.0;
/// What a container keeps without any request, of the memory that it asks for, at most.
const BASE: f64 = 0.66;

/// Brings the memory of a pod's first container up to date: what it begins with, what its requests take, and what it leaks.
/// Tells when that exceeds the limit, once a run.
pub fn remember(
    pod: &PodView,
    state: &mut PodState,
    service: &ServiceDescription,
    effects: &Effects,
    noise: &Noise,
    (now, seconds): (Instant, f64),
) -> Option<Happening> {
    let container = pod.containers.first()?;
    let Some(started) = container.running_since() else {
        state.memory = 0.0;
        return None;
    };
    let (behaviour, _) = effects.image(&container.image);
    state.leaked += behaviour.leak_mib_per_minute / 60.0 * seconds * MIB;
    let spread = 0.96 + 0.08 * noise.fixed(&pod.uid);
    let wander = 1.0 + 0.01 * noise.wander(&pod.uid, now, 240_000);
    // Code and caches are loaded over the first minute.
    let warm = (now.since(started) as f64 / 60_000.0).clamp(0.35, 1.0);
    let asked = container.requests.memory as f64 / MIB;
    let base = if asked > 0.0 { service.base_mib.min(asked * BASE) } else { service.base_mib };
    let own = base * spread * warm + service.slot_mib * state.busy;
    let wanted = own * wander * MIB + state.leaked;
    let limit = container.limits.memory as f64;
    if limit > 0.0 && wanted >= limit {
        state.memory = limit;
        if state.killed == Some(started) {
            return None;
        }
        state.killed = Some(started);
        return Some(Happening::OutOfMemory(sufferer(pod, &container.name)));
    }
    state.memory = wanted;
    None
}

/// The pod and the container of this name.
pub fn sufferer(pod: &PodView, container: &str) -> Sufferer {
    Sufferer { pod: pod.key.clone(), uid: pod.uid.clone(), container: container.into() }
}
