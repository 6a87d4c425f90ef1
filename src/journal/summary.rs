//! The journal as it is read: intents joined with what came of them.

use std::collections::HashMap;

use super::{Entry, Intent, IntentId, OutcomeRecord, Undo, Verdict};
use crate::platform::object::ObjectReference;

/// One operation on record.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What was about to be applied.
    pub intent: Intent,
    /// What came of it; nothing when a console ended in between, or is still at it.
    pub outcome: Option<OutcomeRecord>,
}

impl Operation {
    /// Whether nothing is known to have come of it.
    pub fn unfinished(&self) -> bool {
        self.outcome.is_none()
    }
}

/// Every operation on record, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// The operations.
    pub operations: Vec<Operation>,
    /// Lines that are no entry: torn by a crash, or of another version.
    pub unreadable: usize,
}

impl History {
    /// Reads the lines of a journal; a line that is no entry is counted and left out.
    pub fn from_lines(bytes: &[u8]) -> Self {
        let mut history = History::default();
        let mut positions: HashMap<IntentId, usize> = HashMap::new();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            match serde_json::from_slice::<Entry>(line) {
                Ok(Entry::Intent(intent)) => {
                    positions.insert(intent.id.clone(), history.operations.len());
                    history.operations.push(Operation { intent: *intent, outcome: None });
                }
                Ok(Entry::Outcome(outcome)) => {
                    let operation =
                        positions.get(&outcome.id).and_then(|position| history.operations.get_mut(*position));
                    match operation {
                        Some(operation) => operation.outcome = Some(*outcome),
                        None => history.unreadable += 1,
                    }
                }
                Err(_) => history.unreadable += 1,
            }
        }
        history
    }

    /// How to put back the latest change to that object that the server took.
    ///
    /// Where the object's identity is given, changes to an earlier object of the same name don't count.
    pub fn latest_undo(&self, object: &ObjectReference) -> Option<&Undo> {
        let changed = |operation: &&Operation| {
            operation.intent.subject.names(object)
                && operation.outcome.as_ref().is_some_and(|outcome| outcome.result != Verdict::Failed)
        };
        self.operations.iter().rev().find(changed)?.outcome.as_ref()?.undo.as_ref()
    }
}
