//! `workload.undo`: puts back what an operation changed, on the same way as any other operation.

use crate::actions::Action;
use crate::platform::object::ObjectReference;

use super::{Refusal, Seen, scale};

/// The action's name.
pub(super) const NAME: &str = "workload.undo";

/// Plans to put back the change that was seen; refused later if the field isn't any more what was set.
pub(super) fn plan(action: Action, object: &ObjectReference, seen: &Seen) -> Result<scale::Scale, Refusal> {
    let nothing = || Refusal::NothingToUndo(object.to_string());
    let undo = seen.undo.as_ref().filter(|undo| undo.subject.names(object)).ok_or_else(nothing)?;
    match undo.field.as_str() {
        scale::REPLICAS => scale::Scale::put_back(action, undo).ok_or_else(nothing),
        _ => Err(nothing()),
    }
}

/// Whether an action puts something back, so that it has to be told what: [`Seen::undo`].
pub fn undoes(action: &Action) -> bool {
    action.name == NAME
}
