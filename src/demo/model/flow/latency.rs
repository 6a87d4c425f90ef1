//! How long requests take with all that they call, and how many fail because of it.

use super::{Flow, Scene};
use crate::demo::model::queueing::retried;

/// The share of calls that look a name up; the others use a connection that is there.
const LOOK_UPS: f64 = 0.3;
/// How long a look-up that fails takes, in seconds: half of the resolver's time for one try.
const LOOK_UP_TIME: f64 = 2.5;

impl Flow {
    /// How long a request of a service waits for what it calls, in seconds; and the share of requests that fail because of it.
    pub fn dependencies(&self, scene: &Scene<'_>, environment: usize, service: usize) -> (f64, f64) {
        let cells = &self.cells[environment];
        let unresolved = scene.effects.dns_failures() * LOOK_UPS;
        let (mut mean, mut works) = (0.0, 1.0);
        for call in &self.calls[service] {
            let called = &cells[call.to];
            let mut failing = 1.0 - (1.0 - called.errors) * (1.0 - unresolved);
            if scene.topology.serves[environment][call.to].is_none() {
                failing = 1.0;
            }
            mean += call.rate * unresolved * LOOK_UP_TIME;
            if let Some((hits, misses_to)) = call.cached {
                let missed = 1.0 - hits * (1.0 - failing);
                mean += call.rate * (called.mean + missed * cells[misses_to].mean);
                works *= any_works(cells[misses_to].errors, call.rate * missed);
                continue;
            }
            let (tries, fails) = retried(failing, call.retries);
            mean += call.rate * called.mean * tries;
            works *= 1.0 - call.fails * (1.0 - any_works(fails, call.rate));
        }
        (mean, 1.0 - works)
    }

    /// Adds to a service's own errors those of what it calls, for every environment, and to its longest latencies theirs.
    pub(super) fn answer(&mut self, scene: &Scene<'_>, service: usize) {
        for environment in 0..self.cells.len() {
            let (_, failing) = self.dependencies(scene, environment, service);
            let slowest = self.slowest(environment, service);
            let absent = scene.topology.serves[environment][service].is_none();
            let cell = &mut self.cells[environment][service];
            if absent {
                cell.own_errors = 1.0;
            }
            cell.errors = 1.0 - (1.0 - cell.own_errors) * (1.0 - failing);
            cell.p99 = cell.p99.max(cell.p50 + slowest);
        }
    }

    /// How much longer than its mean one call in a hundred takes, of the calls that are made often enough to matter.
    fn slowest(&self, environment: usize, service: usize) -> f64 {
        let calls = self.calls[service].iter().filter(|call| call.rate >= 0.02);
        let over = calls.map(|call| {
            let called = &self.cells[environment][call.to];
            (called.p99 - called.mean) * call.rate.min(1.0).powf(0.3)
        });
        over.fold(0.0, f64::max)
    }
}

/// The share of requests of which no call fails, where each makes so many calls.
fn any_works(failing: f64, rate: f64) -> f64 {
    if rate >= 1.0 { (1.0 - failing).powf(rate) } else { 1.0 - failing * rate }
}
