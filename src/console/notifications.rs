//! What the console has to tell: notifications that stay for a while, and a brief hint.

use crate::platform::age::age;
use crate::platform::time::Instant;
use crate::widgets::notes::{Gravity, Note};

/// The most that are kept; the oldest go first.
const KEPT: usize = 50;
/// How long something that is good to know stays, in milliseconds.
const INFO_STAYS: i64 = 10_000;
/// How long a warning stays, in milliseconds. Failures stay until they are dismissed.
const WARNING_STAYS: i64 = 30_000;
/// How long a hint stays, in milliseconds.
const HINT_STAYS: i64 = 4_000;

#[derive(Debug)]
struct Kept {
    gravity: Gravity,
    text: String,
    at: Instant,
    until: Option<Instant>,
}

/// The notifications of a console.
#[derive(Debug, Default)]
pub(super) struct Notifications {
    kept: Vec<Kept>,
    hint: Option<(String, Instant)>,
}

impl Notifications {
    /// Something happened that is good to know.
    pub(super) fn info(&mut self, now: Instant, text: impl Into<String>) {
        self.push(Gravity::Info, text.into(), now, Some(now.plus_millis(INFO_STAYS)));
    }

    /// Something wants to be looked at.
    pub(super) fn warn(&mut self, now: Instant, text: impl Into<String>) {
        self.push(Gravity::Warning, text.into(), now, Some(now.plus_millis(WARNING_STAYS)));
    }

    /// Something failed.
    pub(super) fn error(&mut self, now: Instant, text: impl Into<String>) {
        self.push(Gravity::Error, text.into(), now, None);
    }

    /// Answers a key that came to nothing, in passing.
    pub(super) fn hint(&mut self, now: Instant, text: impl Into<String>) {
        self.hint = Some((text.into(), now.plus_millis(HINT_STAYS)));
    }

    /// The next key takes the hint away.
    pub(super) fn forget_hint(&mut self) {
        self.hint = None;
    }

    /// Takes every notification away; whether there was one.
    pub(super) fn dismiss(&mut self) -> bool {
        let had = !self.kept.is_empty();
        self.kept.clear();
        had
    }

    /// Whether there is something to dismiss.
    pub(super) fn any(&self) -> bool {
        !self.kept.is_empty()
    }

    /// Takes away what has been there long enough; whether something was.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        let before = self.kept.len();
        self.kept.retain(|kept| kept.until.is_none_or(|until| until > now));
        let hint_over = self.hint.as_ref().is_some_and(|(_, until)| *until <= now);
        if hint_over {
            self.hint = None;
        }
        hint_over || self.kept.len() != before
    }

    /// When the next one has been there long enough.
    pub(super) fn next_expiry(&self) -> Option<Instant> {
        let hint = self.hint.as_ref().map(|(_, until)| *until);
        self.kept.iter().filter_map(|kept| kept.until).chain(hint).min()
    }

    /// The hint, while it stays.
    pub(super) fn current_hint(&self) -> Option<&str> {
        self.hint.as_ref().map(|(text, _)| text.as_str())
    }

    /// The latest of them, oldest first, to draw.
    pub(super) fn latest(&self, count: usize, now: Instant) -> Vec<Note> {
        let first = self.kept.len().saturating_sub(count);
        self.kept[first..]
            .iter()
            .map(|kept| Note { gravity: kept.gravity, text: kept.text.clone(), when: when(kept.at, now) })
            .collect()
    }

    fn push(&mut self, gravity: Gravity, text: String, at: Instant, until: Option<Instant>) {
        // The same thing again is told once, with its latest time.
        self.kept.retain(|kept| kept.text != text);
        self.kept.push(Kept { gravity, text, at, until });
        if self.kept.len() > KEPT {
            self.kept.remove(0);
        }
    }
}

/// Minutes are enough here, and don't change every second.
fn when(at: Instant, now: Instant) -> String {
    match now.since(at) {
        ..60_000 => String::new(),
        elapsed => age(now.plus_millis(-(elapsed / 60_000 * 60_000)), now),
    }
}
