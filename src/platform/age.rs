//! Ages in kubectl's words.

use super::time::Instant;

/// The time between two instants as kubectl prints ages (`HumanDuration` of apimachinery): two units at most, coarser as it grows.
pub fn age(since: Instant, now: Instant) -> String {
    let seconds = now.since(since).div_euclid(1000);
    if seconds < -1 {
        return "<invalid>".to_owned();
    }
    let seconds = seconds.max(0);
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let (days, years) = (hours / 24, hours / 24 / 365);
    let pair = |first: i64, unit: char, second: i64, smaller: char| match second {
        0 => format!("{first}{unit}"),
        _ => format!("{first}{unit}{second}{smaller}"),
    };
    if seconds < 120 {
        format!("{seconds}s")
    } else if minutes < 10 {
        pair(minutes, 'm', seconds % 60, 's')
    } else if minutes < 180 {
        format!("{minutes}m")
    } else if hours < 8 {
        pair(hours, 'h', minutes % 60, 'm')
    } else if hours < 48 {
        format!("{hours}h")
    } else if days < 8 {
        pair(days, 'd', hours % 24, 'h')
    } else if years < 2 {
        format!("{days}d")
    } else if years < 8 {
        pair(years, 'y', days % 365, 'd')
    } else {
        format!("{years}y")
    }
}

/// The first instant after `now` at which [`age`] of `since` reads differently.
pub fn changes_at(since: Instant, now: Instant) -> Instant {
    let elapsed = now.since(since).max(0);
    let step = match elapsed / 1000 {
        ..600 => 1_000,
        600..10_800 => 60_000,
        10_800..28_800 => 60_000,
        28_800..691_200 => 3_600_000,
        _ => 86_400_000,
    };
    now.plus_millis(step - elapsed % step)
}
