//! The one injected clock, and instants as the picture keeps them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// An instant, in whole milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(pub i64);

impl Instant {
    /// The instant at so many seconds since the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Instant(seconds.saturating_mul(1000))
    }

    /// Whole seconds since the epoch.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Milliseconds from `earlier` to this; negative when this is before it.
    pub const fn since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The instant so many milliseconds later.
    pub const fn plus_millis(self, milliseconds: i64) -> Self {
        Instant(self.0.saturating_add(milliseconds))
    }

    /// Parses an RFC 3339 time, with or without fractions.
    pub fn parse(text: &str) -> Option<Instant> {
        text.parse::<jiff::Timestamp>().ok().map(|stamp| Instant(stamp.as_millisecond()))
    }

    /// RFC 3339 in UTC, to the second.
    pub fn rfc3339(self) -> String {
        match jiff::Timestamp::from_millisecond(self.seconds().saturating_mul(1000)) {
            Ok(stamp) => stamp.to_string(),
            Err(_) => String::from("unknown"),
        }
    }
}

/// Where the time comes from. Cloning shares the source.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Clock(Source::System)
    }

    /// A clock that stands still until it is set, for tests and replays.
    pub fn manual(start: Instant) -> Self {
        Clock(Source::Manual(Arc::new(AtomicI64::new(start.0))))
    }

    /// The present instant.
    pub fn now(&self) -> Instant {
        match &self.0 {
            Source::System => Instant(jiff::Timestamp::now().as_millisecond()),
            Source::Manual(now) => Instant(now.load(Ordering::SeqCst)),
        }
    }

    /// Whether it stands still until it is set.
    pub fn is_manual(&self) -> bool {
        matches!(self.0, Source::Manual(_))
    }

    /// Sets a manual clock; the machine's own clock is left alone.
    pub fn set(&self, instant: Instant) {
        if let Source::Manual(now) = &self.0 {
            now.store(instant.0, Ordering::SeqCst);
        }
    }

    /// Moves a manual clock forward; the machine's own clock is left alone.
    pub fn advance(&self, milliseconds: i64) {
        if let Source::Manual(now) = &self.0 {
            now.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }
}
