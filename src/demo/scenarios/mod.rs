//! Scenarios: what breaks, what shows it, and what puts it right; and drills, in which someone practises on one.
//!
//! A scenario is a file. A drill is an object of the platform's own API (`drills.demo.quarterdeck.dev`): making one starts a scenario, and
//! its status tells how it goes. Only the embedded platform serves that group, so nothing of it can happen anywhere else.

mod description;
mod director;
mod drill;
mod request;
mod run;

pub use description::{Page, Scenario, ScenarioError, SolutionStep, SymptomDescription, load, shipped};
pub use director::Director;
pub use drill::{DRILLS, DrillOrder, SCENARIOS};
pub use request::{Outcome, ScriptedRequest};

use super::random::Random;
use super::store::Store;
use crate::platform::time::Instant;

/// Asks for a drill, as anyone could.
pub fn ask(store: &mut Store, order: &DrillOrder, seed: u64, now: Instant) {
    let Some(kind) = store.kinds().custom(DRILLS.0, DRILLS.1) else { return };
    let mut random = Random::stream(seed, "drill");
    store.put_json(kind, &mut drill::drill_object(order, &random.uid(), now));
}

/// Lists the scenarios among the platform's objects.
pub fn list(store: &mut Store, library: &[Scenario], seed: u64, now: Instant) {
    let Some(kind) = store.kinds().custom(SCENARIOS.0, SCENARIOS.1) else { return };
    for scenario in library {
        let mut random = Random::stream(seed, &format!("scenario {}", scenario.name));
        store.put_json(kind, &mut drill::scenario_object(scenario, &random.uid(), now));
    }
}
