//! A scenario at work: what it breaks, what is seen of it, and whether it has been put right.

use std::sync::Arc;

use super::description::Scenario;
use super::request::Outcome;
use crate::demo::api::ApiState;
use crate::demo::model::Sighting;
use crate::platform::time::Instant;

/// For how long nothing may be seen any more until a scenario counts as put right, in milliseconds.
const CALM: i64 = 60_000;

/// A scenario at work.
#[derive(Debug)]
pub struct Run {
    /// The scenario.
    pub scenario: Scenario,
    /// When it began.
    pub since: Instant,
    /// Whether its signs have been seen: before, nothing can have been put right.
    broken: bool,
    /// Since when none of its signs is seen any more.
    calm_since: Option<Instant>,
}

impl Run {
    /// Breaks what the scenario breaks.
    ///
    /// # Errors
    /// Gives the answer that refused one of its changes.
    pub fn begin(scenario: Scenario, state: &Arc<ApiState>) -> Result<Run, Outcome> {
        let now = state.clock.now();
        {
            let mut model = state.model.lock();
            for effect in &scenario.effects {
                model.effects_mut().add(effect.clone(), now);
            }
        }
        let run = Run { scenario, since: now, broken: false, calm_since: None };
        for change in &run.scenario.changes {
            let outcome = change.make(state);
            if !outcome.done() {
                run.end(state);
                return Err(outcome);
            }
        }
        // Nobody gets past what is broken before its conditions have been looked at.
        {
            let store = state.store.lock();
            state.model.lock().effects_mut().look(&store, &state.schema, now);
        }
        state.store.wake_controllers();
        Ok(run)
    }

    /// Takes away what the scenario has broken outside of the platform's objects.
    pub fn end(&self, state: &ApiState) {
        let now = state.clock.now();
        let mut model = state.model.lock();
        for effect in &self.scenario.effects {
            model.effects_mut().remove(&effect.name, now);
        }
    }

    /// What is seen of each of its symptoms.
    pub fn look(&self, state: &ApiState) -> Vec<Sighting> {
        let store = state.store.lock();
        let mut model = state.model.lock();
        self.scenario.symptoms.iter().map(|it| model.see(&it.shows, &store, self.since)).collect()
    }

    /// Since when it has been put right; `None` while it hasn't, or not for long enough to be sure.
    pub fn solved(&mut self, state: &ApiState) -> Option<Instant> {
        let seen = {
            let store = state.store.lock();
            let mut model = state.model.lock();
            self.scenario.solved_without.iter().any(|it| model.see(it, &store, self.since).visible)
        };
        let now = state.clock.now();
        if seen {
            self.broken = true;
            self.calm_since = None;
            return None;
        }
        if !self.broken {
            return None;
        }
        let calm = *self.calm_since.get_or_insert(now);
        (now.since(calm) >= CALM).then_some(calm)
    }
}
