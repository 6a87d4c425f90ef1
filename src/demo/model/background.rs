//! What pods use of which nothing is known but what they ask for.

use super::noise::Noise;
use super::roster::PodView;
use crate::platform::time::Instant;

/// What a container uses that asks for nothing: cores and bytes.
const SOMETHING: (f64, f64) = (0.005, 24.0 * 1_048_576.0);

/// What each container of a pod uses, in cores and bytes, at this share of the peak's load; nothing where it doesn't run.
pub fn background(noise: &Noise, pod: &PodView, level: f64, now: Instant) -> Vec<(f64, f64)> {
    let containers = pod.containers.iter().enumerate();
    let parts = containers.map(|(index, container)| {
        if container.running_since().is_none() {
            return (0.0, 0.0);
        }
        let label = format!("{}/{index}", pod.uid);
        let asked = (container.requests.cpu as f64 / 1000.0, container.requests.memory as f64);
        let part = (0.12 + 0.3 * noise.fixed(&label)) * (0.7 + 0.3 * level);
        let cpu = asked.0.max(SOMETHING.0) * part * (1.0 + 0.15 * noise.wander(&label, now, 60_000));
        let share = 0.45 + 0.35 * noise.fixed(&format!("{label}/memory"));
        let memory = asked.1.max(SOMETHING.1) * share * (1.0 + 0.01 * noise.wander(&label, now, 300_000));
        (cpu, memory)
    });
    parts.collect()
}
