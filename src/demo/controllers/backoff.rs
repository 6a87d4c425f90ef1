//! How long a controller waits after failures in a row.

use std::collections::BTreeMap;

use crate::demo::store::Key;

/// The failures in a row of each object, with the waits of the controllers' work queues: 5 ms, doubled each time, 1000 s at most.
#[derive(Debug, Default)]
pub struct Backoff(BTreeMap<Key, u32>);

impl Backoff {
    /// The wait after one more failure, in milliseconds.
    pub fn fail(&mut self, key: &Key) -> i64 {
        let failures = self.0.entry(key.clone()).or_default();
        let wait = (5_i64 << (*failures).min(40)).min(1_000_000);
        *failures += 1;
        wait
    }

    /// Forgets the failures, after a success.
    pub fn forget(&mut self, key: &Key) {
        self.0.remove(key);
    }
}
