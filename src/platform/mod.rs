//! The words of the trade as plain data, and pure rules over borrowed facts.

pub mod environment;
pub mod pattern;
pub mod profile;
pub mod time;
pub mod zone;
