//! Noise that doesn't depend on how often one looks: a hash of the seed, a label and the time.

use crate::demo::random::{Random, fnv};
use crate::platform::time::Instant;

/// A source of noise; the same seed gives the same.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    seed: u64,
    /// Whether values move with the time at all.
    moving: bool,
}

impl Noise {
    /// The noise of this seed; without movement its values differ between labels only.
    pub fn new(seed: u64, moving: bool) -> Self {
        Noise { seed, moving }
    }

    /// 64 bits for the label and the number of a time step.
    pub fn bits(&self, label: &str, step: i64) -> u64 {
        Random::new(self.seed ^ fnv(label.as_bytes()).wrapping_add(step as u64)).next()
    }

    /// A number from 0 up to but not including 1, for the label alone.
    pub fn fixed(&self, label: &str) -> f64 {
        unit(self.bits(label, 0))
    }

    /// A number from -1 to 1 that wanders: it takes a new value each `period` milliseconds, and goes smoothly between them.
    pub fn wander(&self, label: &str, now: Instant, period: i64) -> f64 {
        if !self.moving {
            return 0.0;
        }
        let period = period.max(1);
        let step = now.0.div_euclid(period);
        let part = now.0.rem_euclid(period) as f64 / period as f64;
        let smooth = part * part * (3.0 - 2.0 * part);
        let at = |step: i64| unit(self.bits(label, step)) * 2.0 - 1.0;
        at(step) * (1.0 - smooth) + at(step + 1) * smooth
    }
}

/// The upper 53 bits as a number from 0 up to but not including 1.
pub fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}
