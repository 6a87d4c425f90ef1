//! Pauses between attempts.

use std::hash::{BuildHasher, Hash};
use std::time::Duration;

use rustc_hash::FxBuildHasher;

/// Doubles from the first pause to the longest, spread by a fifth, so that many sources do not come back at once.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    attempts: u32,
    spread: u64,
}

impl Backoff {
    /// Pauses that differ from those of another `seed`.
    pub(super) fn new(first: Duration, longest: Duration, seed: &impl Hash) -> Self {
        // Never zero, from which xorshift does not get away.
        let spread = FxBuildHasher.hash_one(seed) | 1;
        Backoff { first, longest, attempts: 0, spread }
    }

    /// The next pause; never shorter than what the server asked for.
    pub(super) fn next(&mut self, asked: Option<Duration>) -> Duration {
        let doubled = self.first.saturating_mul(1 << self.attempts.min(16)).min(self.longest);
        self.attempts += 1;
        // xorshift64: any spread will do, and it needs no clock.
        self.spread ^= self.spread << 13;
        self.spread ^= self.spread >> 7;
        self.spread ^= self.spread << 17;
        let factor = 0.8 + 0.4 * ((self.spread >> 11) as f64 / (1u64 << 53) as f64);
        doubled.mul_f64(factor).max(asked.unwrap_or_default())
    }

    pub(super) fn reset(&mut self) {
        self.attempts = 0;
    }
}
