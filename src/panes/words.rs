//! States, counts and times in words and symbols, the same in every pane.

use std::borrow::Cow;
use std::fmt::{self, Display};

use crate::picture::model::WorkloadRow;
use crate::platform::age;
use crate::platform::pod::PodHealth;
use crate::platform::text::sanitize;
use crate::platform::time::Instant;
use crate::platform::workload::Health;
use crate::theme::{Slot, Symbols};

/// A symbol with the style of the state that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    /// One cell.
    pub(super) symbol: &'static str,
    /// Its style.
    pub(super) slot: Slot,
}

/// How a pod's state is drawn.
pub(super) fn pod_sign(health: PodHealth, symbols: &Symbols) -> Sign {
    let (symbol, slot) = match health {
        PodHealth::Ready => (symbols.good, Slot::Good),
        PodHealth::Starting | PodHealth::Terminating => (symbols.busy, Slot::Busy),
        PodHealth::NotReady => (symbols.warning, Slot::Warning),
        PodHealth::Failing => (symbols.bad, Slot::Bad),
        PodHealth::Unknown => (symbols.unknown, Slot::Unknown),
        PodHealth::Done => (symbols.done, Slot::Done),
    };
    Sign { symbol, slot }
}

/// Whether a pod's state is trouble, rather than a step on its way.
pub(super) const fn pod_ails(health: PodHealth) -> bool {
    matches!(health, PodHealth::Failing | PodHealth::Unknown | PodHealth::NotReady)
}

/// A pod's state in words.
pub(super) const fn pod_word(health: PodHealth) -> &'static str {
    match health {
        PodHealth::Ready => "ready",
        PodHealth::Starting => "starting",
        PodHealth::Terminating => "terminating",
        PodHealth::NotReady => "not ready",
        PodHealth::Failing => "failing",
        PodHealth::Unknown => "unknown",
        PodHealth::Done => "done",
    }
}

/// How a workload's state is drawn.
pub(super) fn health_sign(health: Health, symbols: &Symbols) -> Sign {
    let (symbol, slot) = match health {
        Health::Healthy => (symbols.good, Slot::Good),
        Health::Progressing => (symbols.busy, Slot::Busy),
        Health::Degraded => (symbols.warning, Slot::Warning),
        Health::Down => (symbols.bad, Slot::Bad),
        Health::Idle => (symbols.done, Slot::Done),
    };
    Sign { symbol, slot }
}

/// Whether a pause is the most important thing to say of a workload.
fn shows_pause(row: &WorkloadRow) -> bool {
    row.paused && !matches!(row.health, Health::Degraded | Health::Down)
}

/// A workload's state in one word: a pause counts for more than health, but not for more than trouble.
pub(super) fn workload_word(row: &WorkloadRow) -> &'static str {
    if shows_pause(row) { "paused" } else { row.health.word() }
}

/// How a workload's state is drawn, a pause included.
pub(super) fn workload_sign(row: &WorkloadRow, symbols: &Symbols) -> Sign {
    match shows_pause(row) {
        true => Sign { symbol: symbols.waiting, slot: Slot::Waiting },
        false => health_sign(row.health, symbols),
    }
}

/// A count with its thousands apart: `1,234`.
pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 pod`, `2 pods`.
pub(super) fn counted(count: usize, singular: &str, plural: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { singular } else { plural })
}

/// A time with how long ago that was: `3m ago (2026-11-23T12:00:00Z)`.
pub(super) fn moment(at: Instant, now: Instant) -> String {
    format!("{} ago ({})", age::age(at, now), at.rfc3339())
}

/// A text of a server, made safe to draw; nothing is copied where it is clean.
pub(super) struct Safe<'a>(pub(super) &'a str);

impl Display for Safe<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&sanitize(self.0))
    }
}

/// A text of a server, made safe to draw.
pub(super) fn safe(text: &str) -> Cow<'_, str> {
    sanitize(text)
}
