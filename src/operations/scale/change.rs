//! Another count, checked: how it is applied, and put back.

use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::actions::Permit;
use crate::clients::kubernetes::{ApiError, Connection};
use crate::journal::{SubjectRecord, Undo};
use crate::operations::words::replicas;
use crate::operations::{Cause, Change, Ending, Failure, Pace, Report};
use crate::platform::object::ObjectReference;

use super::{REPLICAS, SUBRESOURCE, follow, patch};

/// A count that is to be set, with the patch that tests what was seen.
pub(super) struct ScaleChange {
    /// The object, with the identity that was seen.
    pub object: ObjectReference,
    /// The identity as the server writes it.
    pub uid: String,
    /// The count that was seen.
    pub from: u32,
    /// The count that is wanted.
    pub to: u32,
    /// What is sent.
    pub patch: Value,
}

impl ScaleChange {
    async fn send(&self, connection: &Connection, permit: &Permit, pace: Pace) -> Result<String, Failure> {
        let writer = connection.writer();
        let done = || format!("{} is set from {} to {}", self.object, self.from, replicas(self.to));
        match writer.json_patch(permit, &self.object, Some(SUBRESOURCE), &self.patch).await {
            Ok(_) => Ok(done()),
            Err(error) if error.code() == Some(422) || error.outcome_unknown() => {
                self.explain(connection, &error, pace).await
            }
            Err(error) => Err(self.failure(&error)),
        }
    }

    /// A failed test and a lost answer look alike: the object itself tells what has happened.
    async fn explain(
        &self,
        connection: &Connection,
        error: &ApiError,
        pace: Pace,
    ) -> Result<String, Failure> {
        let reader = connection.reader();
        let path = format!("{}/{SUBRESOURCE}", self.object.path());
        let read = tokio::time::timeout(pace.read, reader.json::<Value>(&path)).await;
        let Ok(Ok(scale)) = read else { return Err(self.failure(error)) };
        let now = patch::replicas(&scale);
        if !patch::uid(&scale).is_empty() && patch::uid(&scale) != self.uid {
            return Err(Failure {
                message: format!("{} was deleted and made again since; nothing was changed", self.object),
                advice: Some("look at the new object, and decide again".to_owned()),
                cause: Cause::Changed,
            });
        }
        if error.outcome_unknown() {
            if now == self.to {
                return Ok(format!(
                    "{} is at {}: the answer was lost, but the count is the wanted one",
                    self.object,
                    replicas(self.to)
                ));
            }
            let mut failure = self.failure(error);
            failure.message = format!("{}; {} is at {} now", failure.message, self.object, replicas(now));
            return Err(failure);
        }
        if now != self.from {
            return Err(Failure {
                message: format!(
                    "the wanted count of {} is not any more what you saw: it was {}, it is {now} now; nothing was changed",
                    self.object, self.from
                ),
                advice: Some("look at it again, and decide again".to_owned()),
                cause: Cause::Changed,
            });
        }
        Err(self.failure(error))
    }

    fn failure(&self, error: &ApiError) -> Failure {
        Failure::of_writing(error, &format!("{} was not scaled to {}", self.object, self.to))
    }
}

impl Change for ScaleChange {
    fn object(&self) -> &ObjectReference {
        &self.object
    }

    fn uid(&self) -> &str {
        &self.uid
    }

    fn before(&self) -> BTreeMap<String, Value> {
        BTreeMap::from([(REPLICAS.to_owned(), json!(self.from))])
    }

    fn wanted(&self) -> BTreeMap<String, Value> {
        BTreeMap::from([(REPLICAS.to_owned(), json!(self.to))])
    }

    fn undo(&self) -> Option<Undo> {
        Some(Undo {
            subject: SubjectRecord::of(&self.object, Some(&self.uid)),
            field: REPLICAS.to_owned(),
            from: json!(self.to),
            to: json!(self.from),
        })
    }

    fn apply<'a>(
        &'a self,
        connection: &'a Connection,
        permit: &'a Permit,
        pace: Pace,
    ) -> BoxFuture<'a, Result<String, Failure>> {
        self.send(connection, permit, pace).boxed()
    }

    fn follow<'a>(
        &'a self,
        connection: &'a Connection,
        pace: Pace,
        report: Report<'a>,
    ) -> BoxFuture<'a, Ending> {
        follow::until_settled(self, connection, pace, report).boxed()
    }
}
