//! Lets the load pass, and pods suffer what it does to them.

use super::simulation::Simulation;
use crate::demo::store::Store;

impl Simulation {
    /// Lets the load of the last seconds pass, and pods suffer what it does to them.
    pub(super) fn suffer(&mut self, store: &mut Store) {
        let now = self.now();
        let happenings = self.model.lock().step(store, now);
        for happening in happenings {
            self.carry_out(store, &happening);
        }
    }
}
