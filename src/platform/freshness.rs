//! How fresh what a source delivered is.

use super::time::Instant;

/// The state of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Freshness {
    /// Nothing has arrived yet.
    #[default]
    Waiting,
    /// The first rows are arriving.
    Loading,
    /// What is shown is what there is.
    Live,
    /// What is shown was true at that instant.
    Stale(Instant),
    /// The source does not answer since that instant, for that reason.
    Down(Instant, String),
    /// The source is not there for this user or on this cluster, for that reason; it costs nothing.
    Off(String),
}

impl Freshness {
    /// The state in one word, as `snapshot` and `doctor` print it.
    pub const fn word(&self) -> &'static str {
        match self {
            Freshness::Waiting => "waiting",
            Freshness::Loading => "loading",
            Freshness::Live => "live",
            Freshness::Stale(_) => "stale",
            Freshness::Down(..) => "down",
            Freshness::Off(_) => "off",
        }
    }

    /// Since when, where that is known.
    pub const fn since(&self) -> Option<Instant> {
        match self {
            Freshness::Stale(since) | Freshness::Down(since, _) => Some(*since),
            _ => None,
        }
    }

    /// Why, where there is a reason.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Freshness::Down(_, reason) | Freshness::Off(reason) => Some(reason),
            _ => None,
        }
    }
}
