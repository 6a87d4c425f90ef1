//! Arguments and start-up.

pub mod profile;
