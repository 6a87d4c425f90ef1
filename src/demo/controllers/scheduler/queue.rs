//! Pods that wait for a node, and how long until they are tried again.

use std::collections::BTreeMap;

use crate::demo::store::{Key, Resources};
use crate::platform::time::Instant;

/// How long a pod waits after its first failure and at most, in milliseconds.
const BACK_OFF: (i64, i64) = (1_000, 10_000);
/// After how long a pod is tried again even if nothing has happened, in milliseconds.
pub const RETRY_ANYWAY: i64 = 300_000;

/// A pod that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    attempts: u32,
    /// When it was tried last.
    tried: Instant,
    /// The node on which others have been removed for it, and what it asks for.
    nominated: Option<(String, Resources)>,
    /// Its priority.
    priority: i32,
    /// Whether a timer will try it again.
    timed: bool,
}

/// All pods that wait.
#[derive(Debug, Default)]
pub struct Queue(BTreeMap<Key, Waiting>);

impl Queue {
    /// Notes a failed attempt.
    pub fn failed(&mut self, key: &Key, priority: i32, nominated: Option<(String, Resources)>, now: Instant) {
        let waiting = self.0.entry(key.clone()).or_insert(Waiting {
            attempts: 0,
            tried: now,
            nominated: None,
            priority,
            timed: false,
        });
        waiting.attempts += 1;
        waiting.tried = now;
        waiting.timed = false;
        if nominated.is_some() {
            waiting.nominated = nominated;
        }
    }

    /// Forgets a pod that has a node, or is gone.
    pub fn forget(&mut self, key: &Key) {
        self.0.remove(key);
    }

    /// Something has happened that may help: who is to be tried again, and in how many milliseconds.
    pub fn wake(&mut self, now: Instant) -> Vec<(Key, i64)> {
        let untimed = self.0.iter_mut().filter(|(_, waiting)| !waiting.timed);
        untimed
            .map(|(key, waiting)| {
                waiting.timed = true;
                let wait = (BACK_OFF.0 << waiting.attempts.saturating_sub(1).min(4)).min(BACK_OFF.1);
                (key.clone(), (wait - now.since(waiting.tried)).max(0))
            })
            .collect()
    }

    /// Room that is kept on nodes for pods at least as important as this one.
    pub fn reserved(&self, key: &Key, priority: i32) -> Vec<(String, Resources)> {
        let others = self.0.iter().filter(|(other, it)| *other != key && it.priority >= priority);
        others.filter_map(|(_, waiting)| waiting.nominated.clone()).collect()
    }
}
