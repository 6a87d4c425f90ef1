//! What pods did lately: log lines are written from the state of their own time, so that a window always reads the same.

use std::collections::VecDeque;

use crate::platform::time::Instant;

/// How long states are kept, in milliseconds.
pub const KEPT: i64 = 24 * 3_600_000;
/// How far apart states are kept that differ little, in milliseconds.
const APART: i64 = 15_000;

/// Why most of the failing requests of a pod fail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cause {
    /// For no cause in particular.
    #[default]
    Chance,
    /// The image has a fault.
    Image,
    /// More is asked for than the pod can do.
    Overload,
    /// The service at this place in the flows fails.
    Dependency(usize),
    /// Names aren't resolved.
    Dns,
    /// Something outside the pods fails.
    Outside,
}

/// The state of a pod from an instant until the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Since when.
    pub at: Instant,
    /// Requests a second.
    pub rate: f32,
    /// The share that fails.
    pub errors: f32,
    /// Why.
    pub cause: Cause,
    /// The median latency, in seconds.
    pub p50: f32,
    /// The 99th percentile of the latency, in seconds.
    pub p99: f32,
}

/// The states of one pod, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Past(VecDeque<Sample>);

impl Past {
    /// Takes note of the present state, unless it is much like the one before.
    pub fn note(&mut self, sample: Sample) {
        if self.0.back().is_some_and(|last| !differs(last, &sample)) {
            return;
        }
        self.0.push_back(sample);
        while self.0.len() > 1 && self.0.get(1).is_some_and(|next| sample.at.since(next.at) > KEPT) {
            self.0.pop_front();
        }
    }

    /// The state at an instant; `None` before the first.
    pub fn at(&self, instant: Instant) -> Option<&Sample> {
        let after = self.0.partition_point(|sample| sample.at <= instant);
        self.0.get(after.checked_sub(1)?)
    }

    /// The first state.
    pub fn first(&self) -> Option<&Sample> {
        self.0.front()
    }

    /// The last state.
    pub fn last(&self) -> Option<&Sample> {
        self.0.back()
    }
}

fn differs(last: &Sample, next: &Sample) -> bool {
    let other = |one: f32, two: f32, share: f32| (one - two).abs() > share * one.max(0.01);
    last.cause != next.cause
        || (last.errors - next.errors).abs() > 0.01
        || next.at.since(last.at) >= APART
            && (other(last.rate, next.rate, 0.04) || other(last.p99, next.p99, 0.1))
}
