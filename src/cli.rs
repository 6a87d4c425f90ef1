//! Arguments and start-up.

pub mod profile;
pub mod exit;
pub mod journal;
pub mod run;
