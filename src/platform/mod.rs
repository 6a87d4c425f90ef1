//! The words of the trade as plain data, and pure rules over borrowed facts.

pub mod age;
pub mod detail;
pub mod environment;
pub mod freshness;
pub mod object;
pub mod pattern;
pub mod pod;
pub mod profile;
pub mod quantity;
pub mod text;
pub mod time;
pub mod workload;
pub mod zone;
