//! The reference platform: its description, its manifests, and its state when the server starts.

mod build;
mod claims;
mod cluster;
mod crons;
mod custom;
mod description;
mod load;
mod manifests;
mod operators;
mod problems;
mod rbac;
mod stamp;
mod surroundings;
mod workloads;

pub use build::{BuildError, Built, build};
pub use description::{Fault, Faults};
