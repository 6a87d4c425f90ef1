//! What every operation is made of: a plan that is checked, and a change that is applied and followed.

use std::collections::BTreeMap;
use std::fmt;

use futures::future::BoxFuture;
use serde_json::Value;

use crate::actions::{Action, Permit, Subject};
use crate::clients::kubernetes::Connection;
use crate::journal::{Undo, Verdict};
use crate::platform::object::ObjectReference;

use super::{Failure, Pace, Preflight, Progress, Refusal, Services, scale, undo};

/// What the person had before them when they asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seen {
    /// The wanted replicas that the table showed.
    pub replicas: Option<u32>,
    /// What an earlier operation left to put back.
    pub undo: Option<Undo>,
}

/// Why a preflight does not lead to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// It is not let through.
    Refused(Refusal),
    /// What it needs to know can't be read.
    Failed(Failure),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Halt::Refused(refusal)
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Halt::Failed(failure)
    }
}

/// How following a change ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// How it ended.
    pub verdict: Verdict,
    /// In words.
    pub message: String,
    /// What the person can do.
    pub advice: Option<String>,
    /// The fields that were set, as they are now.
    pub after: BTreeMap<String, Value>,
}

/// Where a change says how far it has come.
pub type Report<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// One operation, planned: it knows what is asked for, and nothing of the server yet.
pub trait Operation: Send + Sync {
    /// The action.
    fn action(&self) -> &Action;

    /// Reads afresh what speaks for and against it.
    fn preflight<'a>(&'a self, services: &'a Services) -> BoxFuture<'a, Result<Prepared, Halt>>;
}

/// A change that was checked, with what was seen, against which it will be tested.
pub trait Change: Send + Sync {
    /// What it is applied to, with the identity that was seen.
    fn object(&self) -> &ObjectReference;

    /// The identity as the server writes it.
    fn uid(&self) -> &str;

    /// The fields that it sets, as they were seen.
    fn before(&self) -> BTreeMap<String, Value>;

    /// The fields as it sets them.
    fn wanted(&self) -> BTreeMap<String, Value>;

    /// How to put it back.
    fn undo(&self) -> Option<Undo>;

    /// Applies it, once: answers with what was done.
    fn apply<'a>(
        &'a self,
        connection: &'a Connection,
        permit: &'a Permit,
        pace: Pace,
    ) -> BoxFuture<'a, Result<String, Failure>>;

    /// Follows it until it is reached or stuck, with the reason.
    fn follow<'a>(
        &'a self,
        connection: &'a Connection,
        pace: Pace,
        report: Report<'a>,
    ) -> BoxFuture<'a, Ending>;
}

/// What a preflight leads to: what the person is shown, and the change that they answer for.
pub struct Prepared {
    /// What the person is shown.
    pub preflight: Preflight,
    /// What is applied once the gate lets it through.
    pub change: Box<dyn Change>,
}

/// An action that is to change something, resolved for one object.
pub struct Plan {
    operation: Box<dyn Operation>,
}

impl fmt::Debug for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Plan").field(self.action()).finish()
    }
}

impl Plan {
    /// The action.
    pub fn action(&self) -> &Action {
        self.operation.action()
    }

    /// Reads afresh what speaks for and against it.
    pub(super) fn preflight<'a>(&'a self, services: &'a Services) -> BoxFuture<'a, Result<Prepared, Halt>> {
        self.operation.preflight(services)
    }
}

/// Resolves an action for a subject; nothing is read from a server.
///
/// # Errors
/// When it is no operation, an argument is missing, or it makes no sense for such an object.
pub fn plan(action: Action, subject: &Subject, seen: &Seen) -> Result<Plan, Refusal> {
    let Subject::Object(object) = subject;
    let operation: Box<dyn Operation> = match action.name {
        scale::NAME => Box::new(scale::Scale::plan(action, object, seen)?),
        undo::NAME => Box::new(undo::plan(action, object, seen)?),
        name => return Err(Refusal::NoOperation(name.to_owned())),
    };
    Ok(Plan { operation })
}
