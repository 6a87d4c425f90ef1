//! The leaf that every room may know: actions, their specifications, subjects and permits.

mod action;
mod permit;
mod registry;
mod subject;

pub use action::{Action, ActionSpec, ArgumentKind, ArgumentSpec, ArgumentValue, Context, Danger};
pub use permit::Permit;
pub use registry::{InvocationError, Registry};
pub use subject::{Subject, SubjectError};
