//! Counts and spans of time in words.

use std::time::Duration;

/// `1 replica`, `3 replicas`.
pub(crate) fn replicas(count: u32) -> String {
    if count == 1 { "1 replica".to_owned() } else { format!("{count} replicas") }
}

/// `10 minutes`, `90 seconds`: in whole minutes where it is that, else in seconds.
pub(crate) fn span(time: Duration) -> String {
    let (count, unit) = match time.as_secs() {
        seconds if seconds >= 60 && seconds % 60 == 0 => (seconds / 60, "minute"),
        seconds => (seconds, "second"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}
