//! How a deployment gets from its old replica sets to the new one.

mod conditions;
mod progress;
mod recreate;
mod revisions;
mod rolling;
mod scaling;
mod sets;

pub use revisions::{hash_of, replica_set_for};
pub use sets::Rollout;
