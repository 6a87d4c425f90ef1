//! Why a write is refused.

use super::causes::{Cause, Causes};

/// Why a write is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Fields have values that they can't have.
    Invalid(Causes),
    /// Admission doesn't want it.
    Forbidden {
        /// Why not.
        message: String,
        /// What in particular.
        causes: Vec<Cause>,
    },
    /// Something that it needs isn't there.
    NotFound {
        /// The kind's name in paths, with its group.
        resource: String,
        /// The name.
        name: String,
    },
}

impl Refusal {
    /// A refusal for this reason.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Refusal::Forbidden { message: message.into(), causes: Vec::new() }
    }
}
