//! Arguments and start-up.

pub mod exit;
pub mod journal;
pub mod profile;
pub mod run;
