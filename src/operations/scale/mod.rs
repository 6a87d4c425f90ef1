//! `workload.scale`: how many replicas a workload is to have.

mod change;
mod follow;
mod patch;
mod preflight;
mod reasons;
mod workload;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::actions::Action;
use crate::journal::Undo;
use crate::platform::object::{Kind, ObjectReference};

use super::{Halt, Operation, Prepared, Refusal, Seen, Services};

/// The action's name.
pub(super) const NAME: &str = "workload.scale";

/// The name of the argument and of the field that it sets.
pub(super) const REPLICAS: &str = "replicas";

/// The subresource that is written to: it takes less permission than the object itself.
const SUBRESOURCE: &str = "scale";

/// The most that a count can be at the server.
const MOST: u32 = i32::MAX as u32;

/// A workload's count, planned.
#[derive(Debug)]
pub(super) struct Scale {
    action: Action,
    object: ObjectReference,
    wanted: u32,
    /// What the table showed when the person asked.
    shown: Option<u32>,
    /// What the count must still be: for an undo, what the operation before has set.
    required: Option<u32>,
}

impl Scale {
    /// Plans `replicas=N` for an object.
    pub fn plan(action: Action, object: &ObjectReference, seen: &Seen) -> Result<Self, Refusal> {
        suitable(object)?;
        let count = action
            .count(REPLICAS)
            .ok_or(Refusal::MissingArgument { action: action.name, argument: REPLICAS })?;
        let wanted = u32::try_from(count).ok().filter(|count| *count <= MOST).ok_or_else(|| {
            Refusal::ArgumentRange {
                argument: REPLICAS,
                given: count.to_string(),
                range: format!("0 to {MOST}"),
            }
        })?;
        Ok(Scale { action, object: object.clone(), wanted, shown: seen.replicas, required: None })
    }

    /// Plans to put back what an earlier operation has set.
    pub fn put_back(action: Action, undo: &Undo) -> Option<Self> {
        let count = |value: &serde_json::Value| u32::try_from(value.as_u64()?).ok();
        Some(Scale {
            action,
            object: undo.subject.object()?,
            wanted: count(&undo.to)?,
            shown: None,
            required: Some(count(&undo.from)?),
        })
    }
}

impl Operation for Scale {
    fn action(&self) -> &Action {
        &self.action
    }

    fn preflight<'a>(&'a self, services: &'a Services) -> BoxFuture<'a, Result<Prepared, Halt>> {
        preflight::run(self, services).boxed()
    }
}

/// Whether objects of that kind have a count of replicas.
fn suitable(object: &ObjectReference) -> Result<(), Refusal> {
    let (why, instead) = match object.kind {
        Kind::Deployment | Kind::StatefulSet | Kind::ReplicaSet => return Ok(()),
        Kind::DaemonSet => (
            format!("{object} can't be scaled: a DaemonSet runs one pod on each node that it selects"),
            "label or taint nodes to change where it runs",
        ),
        Kind::HorizontalPodAutoscaler => (
            format!("{object} can't be scaled: it scales something else"),
            "change its minReplicas and maxReplicas, or scale its target",
        ),
        Kind::Pod => (format!("{object} can't be scaled: a pod is one"), "scale the workload that owns it"),
        kind => (format!("{object} can't be scaled: a {kind} has no replicas"), "scale a workload"),
    };
    Err(Refusal::Unsuitable { why, instead: Some(instead.to_owned()) })
}
