//! The one place that every operation passes, and the only maker of permits.

use crate::actions::{Permit, Subject};
use crate::journal::{Entry, Intent, Journal};

use super::{Answer, Preflight, Refusal};

/// The gate of a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    read_only: bool,
}

impl Gate {
    /// The gate of a console that may change things, or, read-only, nothing.
    pub const fn new(read_only: bool) -> Self {
        Gate { read_only }
    }

    /// Whether this console may change anything at all.
    ///
    /// # Errors
    /// When it is read-only.
    pub fn admit(&self) -> Result<(), Refusal> {
        if self.read_only { Err(Refusal::ReadOnly) } else { Ok(()) }
    }

    /// A permit for a trial that persists nothing: the server's dry run of a preflight.
    pub(super) fn rehearse(&self, subject: Subject, action: &'static str) -> Result<Permit, Refusal> {
        self.admit()?;
        Ok(Permit::issue(subject, action, true))
    }

    /// A permit for one write: once nothing blocks it, it is confirmed as it has to be, and its intent is on the disk.
    ///
    /// The preflight is used up, so that one answer lets one write through.
    pub(super) async fn pass(
        &self,
        passage: Passage,
        answer: &Answer,
        journal: &Journal,
    ) -> Result<Permit, Refusal> {
        self.admit()?;
        let Passage { preflight, subject, action, intent } = passage;
        if let Some(refusal) = preflight.refusal() {
            return Err(refusal);
        }
        if !preflight.confirmation().accepts(answer) {
            return Err(Refusal::NotConfirmed { wanted: preflight.confirmation().clone() });
        }
        let journal = journal.clone();
        let entry = Entry::Intent(Box::new(intent));
        match tokio::task::spawn_blocking(move || journal.append(&entry)).await {
            Ok(Ok(())) => Ok(Permit::issue(subject, action, false)),
            Ok(Err(error)) => Err(Refusal::NotRecorded(error.to_string())),
            Err(error) => Err(Refusal::NotRecorded(error.to_string())),
        }
    }
}

/// What asks to pass the gate.
pub(super) struct Passage {
    /// What the person was shown.
    pub preflight: Preflight,
    /// What is to be written to.
    pub subject: Subject,
    /// The action.
    pub action: &'static str,
    /// What goes on record first.
    pub intent: Intent,
}
