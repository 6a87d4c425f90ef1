//! The permit that every writing method demands.

use super::Subject;

/// Proof that an operation passed the gate: planned, checked, confirmed, allowed and journalled.
///
/// Only `operations::gate` issues one (`tests/rooms.rs` checks that), and it is good for one write.
#[derive(Debug)]
pub struct Permit {
    subject: Subject,
    action: &'static str,
    dry_run: bool,
}

impl Permit {
    /// A permit for one write; for the gate alone.
    pub(crate) fn issue(subject: Subject, action: &'static str, dry_run: bool) -> Self {
        Permit { subject, action, dry_run }
    }

    /// What may be written to.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The action that it was issued for.
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// Whether the server is only to try.
    pub fn dry_run(&self) -> bool {
        self.dry_run
    }
}
