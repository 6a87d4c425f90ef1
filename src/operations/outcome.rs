//! How an operation ends: refused, failed, or applied and followed.

use thiserror::Error;

use crate::clients::kubernetes::ApiError;
use crate::journal::{Undo, Verdict};

use super::{Confirmation, Topic};

/// Why an operation was not let through. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The console is read-only.
    #[error("this console is read-only: it changes nothing")]
    ReadOnly,
    /// There is no operation of that name.
    #[error("`{0}` is no operation")]
    NoOperation(String),
    /// The operation needs an argument that was not given.
    #[error("{action} needs {argument}=…")]
    MissingArgument {
        /// The action.
        action: &'static str,
        /// The argument.
        argument: &'static str,
    },
    /// An argument is out of range.
    #[error("{argument}={given} is out of range: {range}")]
    ArgumentRange {
        /// The argument.
        argument: &'static str,
        /// What was given.
        given: String,
        /// What it can be.
        range: String,
    },
    /// It makes no sense for this object.
    #[error("{why}")]
    Unsuitable {
        /// Why.
        why: String,
        /// What to do instead.
        instead: Option<String>,
    },
    /// What is wanted is already so.
    #[error("nothing to do: {0}")]
    NothingToDo(String),
    /// There is nothing on record that could be put back.
    #[error("the journal holds nothing to undo for {0}")]
    NothingToUndo(String),
    /// The fields that it sets are not any more what they have to be.
    #[error("{field} is not {seen} any more: it is {now}, so somebody else has set it since")]
    ChangedSince {
        /// The field.
        field: String,
        /// What it was.
        seen: String,
        /// What it is now.
        now: String,
    },
    /// The object of that name is another one than before.
    #[error("{0} is not the same object any more: it was deleted and made again since")]
    AnotherObject(String),
    /// This user may not.
    #[error("{what}")]
    NotPermitted {
        /// What is not allowed.
        what: String,
        /// What the person can do.
        advice: Option<String>,
    },
    /// The preflight found that it can't be done.
    #[error("{topic}: {what}", topic = topic.word())]
    Blocked {
        /// What stands against it.
        topic: Topic,
        /// The finding.
        what: String,
        /// What the person can do.
        advice: Option<String>,
    },
    /// It was not confirmed as it has to be.
    #[error("not confirmed: it takes {wanted}")]
    NotConfirmed {
        /// What it takes.
        wanted: Confirmation,
    },
    /// The intent can't be put on record.
    #[error("not on record, so not done: {0}")]
    NotRecorded(String),
}

impl Refusal {
    /// What the person can do.
    pub fn advice(&self) -> Option<&str> {
        match self {
            Refusal::Unsuitable { instead, .. } => instead.as_deref(),
            Refusal::NotPermitted { advice, .. } | Refusal::Blocked { advice, .. } => advice.as_deref(),
            Refusal::ReadOnly => Some("start the console without --read-only"),
            Refusal::NotRecorded(_) => Some("make the state folder writable"),
            _ => None,
        }
    }
}

/// What made an operation fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The server could not be reached, or does not know the user.
    Unreachable,
    /// The server does not let the user.
    Forbidden,
    /// The object isn't there.
    NotFound,
    /// The fields are not any more what the person saw.
    Changed,
    /// The answer was lost on the way: it may or may not have happened.
    Lost,
    /// Anything else.
    Other,
}

/// Why an operation could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Failure {
    /// What failed, and where.
    pub message: String,
    /// What the person can do.
    pub advice: Option<String>,
    /// What made it fail.
    pub cause: Cause,
}

impl Failure {
    /// A failure of a read, of which nothing is left in doubt.
    pub fn of_reading(error: &ApiError, what: &str) -> Self {
        let cause = match error {
            ApiError::TimedOut { .. } | ApiError::Interrupted { .. } => Cause::Unreachable,
            _ => cause_of(error),
        };
        Failure::of(error, what, cause)
    }

    /// A failure of a write, whose answer may have been lost.
    pub fn of_writing(error: &ApiError, what: &str) -> Self {
        let cause = if error.outcome_unknown() { Cause::Lost } else { cause_of(error) };
        Failure::of(error, what, cause)
    }

    fn of(error: &ApiError, what: &str, cause: Cause) -> Self {
        let advice = error.advice();
        Failure {
            message: format!("{what}: {error}"),
            advice: (!advice.is_empty()).then(|| advice.to_owned()),
            cause,
        }
    }
}

fn cause_of(error: &ApiError) -> Cause {
    match error {
        ApiError::Unreachable { .. }
        | ApiError::Untrusted { .. }
        | ApiError::Unauthorized { .. }
        | ApiError::Credential { .. } => Cause::Unreachable,
        _ if error.is_forbidden() => Cause::Forbidden,
        _ if error.is_not_found() => Cause::NotFound,
        _ => Cause::Other,
    }
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How many replicas are wanted.
    pub wanted: u32,
    /// How many are ready.
    pub ready: u32,
    /// In words.
    pub message: String,
}

/// How an operation that passed the gate ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// How it ended.
    pub verdict: Verdict,
    /// In words, with the reason.
    pub message: String,
    /// What the person can do.
    pub advice: Option<String>,
    /// What made it fail, where it did.
    pub cause: Option<Cause>,
    /// How to put it back.
    pub undo: Option<Undo>,
}
