//! Rolling updates of daemon sets: node by node, within what may be missing or too many.

use super::nodes::{Refused, SetAtWork};
use super::pods::DaemonPod;
use crate::demo::controllers::int_or_percent::scaled;
use crate::demo::store::Key;

/// The old and the new pod of one node; `Err` where it has several of one of them.
fn old_and_new(pods: &[DaemonPod]) -> Result<(Option<&DaemonPod>, Option<&DaemonPod>), ()> {
    let there = || pods.iter().filter(|pod| !pod.terminating);
    let mut new = there().filter(|pod| pod.updated);
    let mut old = there().filter(|pod| !pod.updated);
    let pair = (old.next(), new.next());
    if old.next().is_some() || new.next().is_some() { Err(()) } else { Ok(pair) }
}

impl SetAtWork<'_> {
    /// Replaces what may be replaced now.
    ///
    /// # Errors
    /// Where a pod was refused.
    pub fn update(&mut self) -> Result<(), Refused> {
        let (surplus, lacking) = if self.max_surge() > 0 {
            self.step_with_surge()
        } else {
            (self.step_without_surge(), Vec::new())
        };
        self.carry_out(&surplus, &lacking)
    }

    /// How many nodes may have two pods at once.
    pub fn max_surge(&self) -> i32 {
        let strategy = self.set.spec.as_ref().and_then(|spec| spec.update_strategy.as_ref());
        let rolling = strategy.and_then(|strategy| strategy.rolling_update.as_ref());
        let surge = rolling.and_then(|it| it.max_surge.as_ref());
        surge.and_then(|surge| scaled(surge, self.wanted_count(), true)).unwrap_or(0)
    }

    /// How many nodes may be without an available pod; one where neither this nor the surge allows any.
    fn max_unavailable(&self) -> i32 {
        let strategy = self.set.spec.as_ref().and_then(|spec| spec.update_strategy.as_ref());
        let rolling = strategy.and_then(|strategy| strategy.rolling_update.as_ref());
        let most = match rolling.and_then(|it| it.max_unavailable.as_ref()) {
            Some(most) => scaled(most, self.wanted_count(), true).unwrap_or(0),
            None => 1,
        };
        if most == 0 && self.max_surge() == 0 { 1 } else { most }
    }

    fn wanted_count(&self) -> i32 {
        i32::try_from(self.wanted.len()).unwrap_or(i32::MAX)
    }

    fn step_without_surge(&self) -> Vec<Key> {
        let (now, min_ready) = (self.simulation.now(), self.min_ready());
        let (mut unavailable, mut idle, mut candidates) = (0, Vec::new(), Vec::new());
        for pods in self.pods().values() {
            match old_and_new(pods) {
                Err(()) | Ok((None, None) | (Some(_), Some(_))) => unavailable += 1,
                Ok((None, Some(new))) => unavailable += i32::from(!new.available(min_ready, now)),
                Ok((Some(old), None)) if !old.available(min_ready, now) => {
                    idle.push(old.key.clone());
                    unavailable += 1;
                }
                Ok((Some(old), None)) => candidates.push(old.key.clone()),
            }
        }
        let room = (self.max_unavailable() - unavailable).max(0);
        candidates.truncate(usize::try_from(room).unwrap_or(0));
        idle.extend(candidates);
        idle
    }

    fn step_with_surge(&self) -> (Vec<Key>, Vec<String>) {
        let (now, min_ready) = (self.simulation.now(), self.min_ready());
        let (mut surging, mut surplus, mut lacking, mut candidates) = (0, Vec::new(), Vec::new(), Vec::new());
        for (node, pods) in self.pods() {
            match old_and_new(&pods) {
                Err(()) => surging += 1,
                Ok((None, _)) => {}
                Ok((Some(old), None)) if !self.wanted.contains(&node) => {
                    if !old.available(min_ready, now) {
                        surplus.push(old.key.clone());
                    }
                }
                Ok((Some(old), None)) if !old.available(min_ready, now) => lacking.push(node),
                Ok((Some(_), None)) => candidates.push(node),
                Ok((Some(_), Some(new))) if !new.available(min_ready, now) => surging += 1,
                Ok((Some(old), Some(_))) => surplus.push(old.key.clone()),
            }
        }
        let room = (self.max_surge() - surging).max(0);
        candidates.truncate(usize::try_from(room).unwrap_or(0));
        lacking.extend(candidates);
        (surplus, lacking)
    }
}
