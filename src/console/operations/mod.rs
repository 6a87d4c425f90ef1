//! Operations as the console runs them: one question at a time, any number followed at once.

mod desk;
mod replicas;
mod room;

pub use desk::OperationParts;
pub(super) use desk::{Desk, Happened, Phase, Running};
pub(super) use replicas::{Target, counts, present};
