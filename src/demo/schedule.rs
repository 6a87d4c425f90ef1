//! When schedules are due that the platform itself keeps.

use crate::platform::time::Instant;

/// How far a schedule is looked ahead or back, in minutes: 8 days.
const HORIZON: i64 = 8 * 24 * 60;

/// The first time after an instant that a schedule names, in UTC; `None` where there is none within eight days.
///
/// Minutes and hours may be `*`, `*/N` or a list of numbers, and days of the week a list of numbers (0 is Sunday).
pub fn next_after(schedule: &str, after: Instant) -> Option<Instant> {
    let first = after.seconds().div_euclid(60) + 1;
    (first..first + HORIZON).find(|minute| names(schedule, *minute)).map(at)
}

/// The latest times before an instant that a schedule names, newest first.
pub fn last_before(schedule: &str, before: Instant, count: usize) -> Vec<Instant> {
    let last = before.seconds().div_euclid(60);
    (0..HORIZON)
        .map(|back| last - back)
        .filter(|minute| names(schedule, *minute))
        .take(count)
        .map(at)
        .collect()
}

fn at(minute: i64) -> Instant {
    Instant::from_seconds(minute * 60)
}

/// Whether a schedule names a minute since the epoch, which was a Thursday.
fn names(schedule: &str, minute: i64) -> bool {
    let mut fields = schedule.split_whitespace();
    let (minutes, hours) = (fields.next().unwrap_or("*"), fields.next().unwrap_or("*"));
    let weekdays = fields.nth(2).unwrap_or("*");
    let hour = minute.div_euclid(60);
    let weekday = (hour.div_euclid(24) + 4).rem_euclid(7);
    named(minutes, minute.rem_euclid(60)) && named(hours, hour.rem_euclid(24)) && named(weekdays, weekday)
}

fn named(field: &str, value: i64) -> bool {
    match field.strip_prefix("*/").and_then(|step| step.parse::<i64>().ok()) {
        Some(step) => value % step.max(1) == 0,
        None => field == "*" || field.split(',').any(|it| it.parse() == Ok(value)),
    }
}
