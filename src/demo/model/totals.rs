//! What the platform as a whole counts.

use super::description::Profile;
use super::flow::{Flow, Scene};

/// Look-ups of names that one request of a service makes, in the mean.
const LOOK_UPS: f64 = 0.6;
/// Lines a second that a container writes of itself.
const OWN_LINES: f64 = 0.05;

/// Counters of the whole platform, since it started.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Look-ups of names.
    pub look_ups: f64,
    /// Those that failed.
    pub failed_look_ups: f64,
    /// Lines that containers wrote.
    pub lines: f64,
}

impl Totals {
    /// Lets one step pass.
    pub fn step(&mut self, scene: &Scene<'_>, flow: &Flow) {
        let mut requests = 0.0;
        for cells in &flow.cells {
            for (service, cell) in scene.flows.services.iter().zip(cells) {
                let stores =
                    matches!(service.profile, Profile::Database | Profile::Cache | Profile::ObjectStore);
                requests += if stores { 0.0 } else { cell.demand };
            }
        }
        let look_ups = requests * LOOK_UPS * scene.seconds;
        self.look_ups += look_ups;
        self.failed_look_ups += look_ups * scene.effects.dns_failures();
        self.lines += (requests + scene.pods.len() as f64 * OWN_LINES) * scene.seconds;
    }
}
