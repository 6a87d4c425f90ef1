//! The shape of a day: how many requests arrive when.

use super::description::{DayDescription, EnvironmentDescription};
use super::noise::Noise;
use crate::platform::time::Instant;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// The business's clock: its day begins at the same hour wherever and whenever the platform starts.
#[derive(Debug, Clone)]
pub struct Day {
    /// A midnight from Sunday to Monday on the business's clock.
    monday: Instant,
    hours: [f64; 24],
    weekend: f64,
}

impl Day {
    /// The day of a platform that starts at this instant.
    pub fn new(description: &DayDescription, start: Instant) -> Self {
        let (hour, minute) = description.starts.split_once(':').unwrap_or((&description.starts, "0"));
        let part = |text: &str| text.parse::<i64>().unwrap_or(0);
        let since_midnight = part(hour) * HOUR + part(minute) * 60_000;
        let monday = start.plus_millis(-since_midnight - description.weekday * DAY);
        Day { monday, hours: description.hours, weekend: description.weekend }
    }

    /// The hour of the business's day, with its fraction, and whether it is a weekend.
    pub fn hour(&self, now: Instant) -> (f64, bool) {
        let since = now.since(self.monday);
        let weekday = since.div_euclid(DAY).rem_euclid(7);
        (since.rem_euclid(DAY) as f64 / HOUR as f64, weekday >= 5)
    }

    /// The share of the peak that there is now, from 0 to 1.
    pub fn level(&self, now: Instant) -> f64 {
        let (hour, weekend) = self.hour(now);
        let (whole, part) = (hour as usize % 24, hour.fract());
        let level = self.hours[whole] * (1.0 - part) + self.hours[(whole + 1) % 24] * part;
        if weekend { level * self.weekend } else { level }
    }

    /// Requests a second that arrive in an environment.
    pub fn arrivals(&self, environment: &EnvironmentDescription, noise: &Noise, now: Instant) -> f64 {
        let slow = noise.wander(&environment.name, now, 420_000);
        let quick = noise.wander(&format!("{}/quick", environment.name), now, 20_000);
        let noise = 1.0 + environment.noise * (0.7 * slow + 0.3 * quick);
        environment.peak * self.level(now) * noise.max(0.0)
    }
}
