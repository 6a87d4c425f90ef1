//! Cron jobs: jobs at the times of a schedule.

mod controller;
mod schedule;

pub use controller::CronJobs;
pub use schedule::{Schedule, ScheduleError};
