//! Serves what custom resource definitions bring, and takes it back with them.

use super::controller::Controller;
use super::queue::{Queue, Task};
use super::simulation::Simulation;
use crate::demo::custom;
use crate::demo::store::{Change, Key, Kind, Store};

/// How long after it a definition is looked at again that waits for its objects to go, in milliseconds.
const CHECK: i64 = 1_000;

/// The controller of custom resource definitions.
#[derive(Debug)]
pub struct Definitions;

const NAME: &str = "custom resource definitions";

impl Controller for Definitions {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::CustomResourceDefinition]
    }

    fn notice(&mut self, _: &Store, change: &Change, queue: &mut Queue) {
        queue.reconcile(NAME, change.last.key.clone());
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        if custom::reconcile(store, key, simulation.now()) {
            simulation.later(CHECK, Task::Reconcile(NAME, key.clone()));
        }
    }
}
