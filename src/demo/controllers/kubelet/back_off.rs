//! How long a kubelet waits before it tries again what has failed.

use crate::platform::time::Instant;

/// The first wait and the longest, in milliseconds; the kubelet's defaults.
const WAITS: (i64, i64) = (10_000, 300_000);

/// Waits that double, and begin anew after twice the longest without a failure.
#[derive(Debug, Clone, Default)]
pub struct BackOff {
    wait: i64,
    updated: Option<Instant>,
}

impl BackOff {
    /// The state of something that has failed so often, the last time at `at`.
    pub fn after(failures: i32, at: Instant) -> Self {
        match u32::try_from(failures) {
            Ok(failures) if failures > 0 => {
                BackOff { wait: (WAITS.0 << (failures - 1).min(6)).min(WAITS.1), updated: Some(at) }
            }
            _ => BackOff::default(),
        }
    }

    /// How much longer to wait since something happened, in milliseconds; `None` where it may be tried.
    pub fn left_since(&self, event: Instant, now: Instant) -> Option<i64> {
        let updated = self.updated?;
        let left = self.wait - now.since(event);
        (event.since(updated) <= 2 * WAITS.1 && left > 0).then_some(left)
    }

    /// How much longer to wait since the last failure, in milliseconds; `None` where it may be tried.
    pub fn left(&self, now: Instant) -> Option<i64> {
        self.updated.map(|updated| self.wait - now.since(updated)).filter(|left| *left > 0)
    }

    /// It is tried once more, after something that happened at `event`.
    pub fn next(&mut self, event: Instant, now: Instant) {
        let fresh = self.updated.is_none_or(|updated| event.since(updated) > 2 * WAITS.1);
        self.wait = if fresh { WAITS.0 } else { (self.wait * 2).min(WAITS.1) };
        self.updated = Some(now);
    }

    /// The present wait, in milliseconds.
    pub fn wait(&self) -> i64 {
        self.wait
    }
}

/// A duration as Go writes it: `532ms`, `1.25s`, `40s`, `1m20s`, `1h0m0s`.
pub fn duration(milliseconds: i64) -> String {
    let (seconds, rest) = (milliseconds / 1_000, milliseconds % 1_000);
    if seconds == 0 && rest != 0 {
        return format!("{rest}ms");
    }
    let fraction = match rest {
        0 => String::new(),
        rest => format!(".{rest:03}").trim_end_matches('0').to_owned(),
    };
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}{fraction}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}{fraction}s"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}{fraction}s"),
    }
}
