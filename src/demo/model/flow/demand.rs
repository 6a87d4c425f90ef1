//! How many requests come to each service.

use super::{Flow, Scene};
use crate::demo::model::pod_state::PodState;
use crate::demo::model::queueing::retried;
use crate::demo::model::topology::Call;

impl Flow {
    /// Spreads the requests of one environment over its services, callers before those that they call.
    pub(super) fn spread(&mut self, scene: &Scene<'_>, states: &[PodState], environment: usize) {
        let description = &scene.flows.environments[environment];
        let arrivals = scene.day.arrivals(description, scene.noise, scene.now);
        if let Some(entry) = self.cells[environment].first_mut() {
            entry.demand = arrivals * scene.effects.traffic(&description.name);
        }
        let mut published = 0.0;
        for service in 0..scene.flows.services.len() {
            if scene.topology.serves[environment][service].is_none() {
                continue;
            }
            if scene.flows.services[service].queue.is_some() {
                let taken = self.take_tasks(scene, states, (environment, service), published);
                self.cells[environment][service].demand = taken;
            }
            let cell = self.cells[environment][service];
            let passed = cell.demand * cell.passing;
            for call in self.calls[service].clone() {
                published += self.call(scene, environment, &call, passed);
            }
        }
    }

    /// Adds the calls that so many requests make; gives how many messages they published.
    fn call(&mut self, scene: &Scene<'_>, environment: usize, call: &Call, requests: f64) -> f64 {
        let cells = &mut self.cells[environment];
        let failing = cells[call.to].errors;
        if let Some((hits, misses_to)) = call.cached {
            cells[call.to].demand += requests * call.rate;
            cells[misses_to].demand += requests * call.rate * (1.0 - hits * (1.0 - failing));
            return 0.0;
        }
        let (tries, _) = retried(failing, call.retries);
        cells[call.to].demand += requests * call.rate * tries;
        if super::is_broker(scene, call.to) { requests * call.rate * (1.0 - failing) } else { 0.0 }
    }
}
