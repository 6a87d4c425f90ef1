//! Schedules of five fields, as the standard parser of `robfig/cron` reads them, in a time zone.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};
use thiserror::Error;

use crate::platform::time::Instant;

/// A schedule that can't be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ScheduleError {
    /// There are more or fewer fields than five.
    #[error("expected exactly 5 fields, found {0}: {1:?}")]
    Fields(usize, Vec<String>),
    /// A field can't be read.
    #[error("failed to parse {0}: {1}")]
    Field(&'static str, String),
    /// There is no such time zone.
    #[error("unknown time zone {0}")]
    Zone(String),
}

/// The names of months and of days, from the first number of their fields on.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/// How many years to look ahead for the next time.
const HORIZON: i16 = 5;

/// What a field allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    bits: u64,
    /// Whether it is a star, which leaves the choice to the other field of days.
    any: bool,
}

impl Field {
    fn has(self, number: i8) -> bool {
        u32::try_from(number).is_ok_and(|number| self.bits & (1 << number) != 0)
    }
}

/// When something is due.
#[derive(Debug, Clone)]
pub struct Schedule {
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
    zone: TimeZone,
}

impl Schedule {
    /// Reads a schedule such as `*/5 8-18 * * mon-fri` or `@daily`, in a zone such as `Europe/Berlin`; in UTC without one.
    ///
    /// # Errors
    /// Where it can't be read, or there is no such zone.
    pub fn parse(text: &str, zone: Option<&str>) -> Result<Self, ScheduleError> {
        let zone = match zone {
            Some(name) => TimeZone::get(name).map_err(|_| ScheduleError::Zone(name.to_owned()))?,
            None => TimeZone::UTC,
        };
        let text = match text.trim() {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            other => other,
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(ScheduleError::Fields(
                fields.len(),
                fields.iter().map(|it| (*it).to_owned()).collect(),
            ));
        };
        Ok(Schedule {
            minutes: field("minute", minutes, (0, 59), &[])?,
            hours: field("hour", hours, (0, 23), &[])?,
            days: field("day of month", days, (1, 31), &[])?,
            months: field("month", months, (1, 12), &MONTHS)?,
            weekdays: field("day of week", weekdays, (0, 6), &DAYS)?,
            zone,
        })
    }

    /// The first time after an instant; `None` where there is none within five years.
    pub fn after(&self, instant: Instant) -> Option<Instant> {
        let start = Timestamp::from_millisecond(instant.0).ok()?.to_zoned(self.zone.clone()).datetime();
        let mut date = start.date();
        let last = date.checked_add(Span::new().years(HORIZON)).ok()?;
        while date <= last {
            if self.has_day(date)
                && let Some(found) = self.first_on(date, instant)
            {
                return Some(found);
            }
            date = if self.months.has(date.month()) { date.tomorrow().ok()? } else { next_month(date)? };
        }
        None
    }

    /// The latest times up to an instant, newest first: so many, as far as there are any within eight days.
    pub fn latest(&self, instant: Instant, count: usize) -> Vec<Instant> {
        let mut found = Vec::new();
        for days in [1, 2, 4, 8] {
            let start = instant.plus_millis(-days * 86_400_000);
            let next = |time: &Instant| self.after(*time).filter(|next| *next <= instant);
            found = std::iter::successors(next(&start), next).collect();
            if found.len() >= count {
                break;
            }
        }
        found.into_iter().rev().take(count).collect()
    }

    /// An instant as the annotation of a job has it, in the schedule's zone.
    pub fn stamp(&self, instant: Instant) -> String {
        let Ok(stamp) = Timestamp::from_millisecond(instant.0) else { return instant.rfc3339() };
        let zoned = stamp.to_zoned(self.zone.clone());
        if zoned.offset().is_zero() {
            stamp.to_string()
        } else {
            zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        }
    }

    fn has_day(&self, date: Date) -> bool {
        if !self.months.has(date.month()) {
            return false;
        }
        let day = self.days.has(date.day());
        let weekday = self.weekdays.has(date.weekday().to_sunday_zero_offset());
        if self.days.any || self.weekdays.any { day && weekday } else { day || weekday }
    }

    fn first_on(&self, date: Date, after: Instant) -> Option<Instant> {
        let hours = (0..24).filter(|hour| self.hours.has(*hour));
        let times = hours.flat_map(|hour| (0..60).map(move |minute| (hour, minute)));
        times.filter(|(_, minute)| self.minutes.has(*minute)).find_map(|(hour, minute)| {
            let time = Time::new(hour, minute, 0, 0).ok()?;
            let instant = self.instant(DateTime::from_parts(date, time))?;
            (instant > after).then_some(instant)
        })
    }

    /// The instant of a local time; `None` where the clocks skip it. Of two, the earlier.
    fn instant(&self, local: DateTime) -> Option<Instant> {
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
            return None;
        }
        Some(Instant(ambiguous.earlier().ok()?.as_millisecond()))
    }
}

fn next_month(date: Date) -> Option<Date> {
    date.first_of_month().checked_add(Span::new().months(1)).ok()
}

fn field(name: &'static str, text: &str, bounds: (u32, u32), names: &[&str]) -> Result<Field, ScheduleError> {
    let mut whole = Field { bits: 0, any: false };
    for part in text.split(',') {
        let field = range(part, bounds, names).ok_or_else(|| ScheduleError::Field(name, part.to_owned()))?;
        whole.bits |= field.bits;
        whole.any |= field.any;
    }
    Ok(whole)
}

/// Reads `*`, `*/2`, `3`, `3/2`, `3-9` and `3-9/2`.
fn range(part: &str, (least, most): (u32, u32), names: &[&str]) -> Option<Field> {
    let number = |text: &str| {
        let text = text.to_lowercase();
        let named = names.iter().position(|name| **name == text);
        match named {
            Some(place) => Some(u32::try_from(place).ok()? + least),
            None => text.parse::<u32>().ok(),
        }
    };
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step.parse::<u32>().ok().filter(|step| *step > 0)?)),
        None => (part, None),
    };
    let star = matches!(range, "*" | "?");
    let (first, last) = match range.split_once('-') {
        _ if star => (least, most),
        Some((first, last)) => (number(first)?, number(last)?),
        None => {
            let first = number(range)?;
            (first, if step.is_some() { most } else { first })
        }
    };
    if first < least || last > most || first > last {
        return None;
    }
    let numbers = (first..=last).step_by(step.unwrap_or(1) as usize);
    let bits = numbers.fold(0_u64, |bits, number| bits | 1 << number);
    Some(Field { bits, any: star && step.is_none_or(|step| step == 1) })
}
