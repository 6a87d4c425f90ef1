//! Ages as kubectl prints them.

use proptest::prelude::*;
use quarterdeck::platform::age::{age, changes_at};
use quarterdeck::platform::time::Instant;

const NOW: Instant = Instant::from_seconds(2_000_000_000);
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

fn of(seconds: i64) -> String {
    age(NOW.plus_millis(-1000 * seconds), NOW)
}

#[test]
fn ages_get_coarser_as_they_grow() {
    for (seconds, words) in [
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (121, "2m1s"),
        (10 * MINUTE - 1, "9m59s"),
        (10 * MINUTE, "10m"),
        (10 * MINUTE + 59, "10m"),
        (3 * HOUR - 1, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + 5 * MINUTE, "3h5m"),
        (8 * HOUR - 1, "7h59m"),
        (8 * HOUR, "8h"),
        (2 * DAY - 1, "47h"),
        (2 * DAY, "2d"),
        (2 * DAY + 5 * HOUR, "2d5h"),
        (8 * DAY - 1, "7d23h"),
        (8 * DAY, "8d"),
        (2 * YEAR - 1, "729d"),
        (2 * YEAR, "2y"),
        (2 * YEAR + 10 * DAY, "2y10d"),
        (8 * YEAR - 1, "7y364d"),
        (8 * YEAR, "8y"),
        (50 * YEAR, "50y"),
    ] {
        assert_eq!(of(seconds), words, "{seconds} seconds");
    }
}

#[test]
fn a_clock_that_is_a_little_behind_is_forgiven() {
    assert_eq!(age(NOW.plus_millis(900), NOW), "0s");
    assert_eq!(of(-1), "0s");
    assert_eq!(of(-2), "<invalid>");
}

proptest! {
    #[test]
    fn an_age_reads_the_same_until_it_is_said_to_change(millis in 0i64..3 * YEAR * 1000, part in 0.0..1.0f64) {
        let now = Instant(millis);
        let next = changes_at(Instant(0), now);
        prop_assert!(next > now);
        let between = now.plus_millis(((next.since(now) - 1) as f64 * part) as i64);
        prop_assert_eq!(age(Instant(0), between), age(Instant(0), now));
    }
}
