//! What was broken when, for log lines of the past.

use std::collections::VecDeque;

use super::effect::{Effect, Trouble};
use crate::platform::time::Instant;

/// How many times of trouble are kept.
const KEPT: usize = 1_000;

/// A time in which something was broken.
#[derive(Debug, Clone)]
struct Span {
    name: String,
    trouble: Trouble,
    from: Instant,
    /// `None` while it still is.
    to: Option<Instant>,
}

/// The times in which things were broken, by their beginnings.
#[derive(Debug, Clone, Default)]
pub struct History(VecDeque<Span>);

impl History {
    /// An effect holds from now on.
    pub fn begin(&mut self, effect: &Effect, now: Instant) {
        let (name, trouble) = (effect.name.clone(), effect.trouble.clone());
        self.0.push_back(Span { name, trouble, from: now, to: None });
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }

    /// The effect of this name holds no longer.
    pub fn end(&mut self, name: &str, now: Instant) {
        if let Some(span) = self.0.iter_mut().rev().find(|span| span.name == name && span.to.is_none()) {
            span.to = Some(now);
        }
    }

    /// What was broken at an instant.
    pub fn at(&self, instant: Instant) -> impl Iterator<Item = &Trouble> {
        let held = self.0.iter().filter(move |it| it.from <= instant && it.to.is_none_or(|to| instant < to));
        held.map(|span| &span.trouble)
    }
}
