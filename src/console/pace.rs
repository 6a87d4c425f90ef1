//! When a frame is drawn: at once for a key, at most ten times a second for data.

use std::time::Duration;

use tokio::time::Instant;

/// The least time between a frame and one that only data asks for.
const BETWEEN: Duration = Duration::from_millis(100);

/// Whether a frame is owed, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owed {
    Nothing,
    Eventually,
    AtOnce,
}

/// The pace of frames.
#[derive(Debug)]
pub(super) struct Pace {
    owed: Owed,
    last: Option<Instant>,
}

impl Pace {
    /// The first frame is owed at once.
    pub(super) fn new() -> Self {
        Pace { owed: Owed::AtOnce, last: None }
    }

    /// The person did something, or waits for this.
    pub(super) fn owe_at_once(&mut self) {
        self.owed = Owed::AtOnce;
    }

    /// What is shown has changed by itself.
    pub(super) fn owe(&mut self) {
        self.owed = self.owed.max(Owed::Eventually);
    }

    /// When the owed frame is due, if one is owed.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        match (self.owed, self.last) {
            (Owed::Nothing, _) => None,
            (Owed::AtOnce, _) | (_, None) => Some(now),
            (Owed::Eventually, Some(last)) => Some((last + BETWEEN).max(now)),
        }
    }

    /// A frame was drawn.
    pub(super) fn drawn(&mut self, now: Instant) {
        self.owed = Owed::Nothing;
        self.last = Some(now);
    }
}
