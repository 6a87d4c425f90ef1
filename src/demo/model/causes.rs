//! Why requests fail.

use super::flow::{Flow, Scene};
use super::past::Cause;
use super::pod_state::PodState;
use super::queueing::overflow;

/// A share of failing requests that needs no explanation.
const USUAL: f64 = 0.003;

/// Why most of a pod's failing requests fail, where more of them do than usual.
pub fn cause(scene: &Scene<'_>, flow: &Flow, pod: usize, state: &PodState) -> Cause {
    let Some(instance) = scene.topology.of_pod[pod].map(|it| &scene.topology.instances[it]) else {
        return Cause::Chance;
    };
    let image = scene.pods[pod].containers.first().map_or("", |it| &*it.image);
    let outside = scene.outside.get(&instance.key).map_or(0.0, |it| it.0);
    let mut causes = vec![
        (scene.effects.image(image).0.errors, Cause::Image),
        (overflow(state.saturation), Cause::Overload),
        (outside, Cause::Outside),
        (scene.effects.dns_failures() * 0.3, Cause::Dns),
    ];
    let rows = scene.topology.serves.iter().zip(&flow.cells);
    for (row, cells) in rows.filter(|(row, _)| {
        row[instance.service].is_some_and(|it| scene.topology.instances[it].key == instance.key)
    }) {
        for call in &flow.calls[instance.service] {
            let errors = if row[call.to].is_none() { 1.0 } else { cells[call.to].errors };
            let weight =
                cells[instance.service].demand / state.rate.max(cells[instance.service].demand).max(1e-9);
            causes.push((errors * call.fails * call.rate.min(1.0) * weight, Cause::Dependency(call.to)));
        }
    }
    let most =
        causes.into_iter().fold((USUAL, Cause::Chance), |most, it| if it.0 > most.0 { it } else { most });
    most.1
}
