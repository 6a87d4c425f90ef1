//! What may be changed at an API server, each time with a permit.

use bytes::Bytes;
use http::Method;

use super::error::ApiError;
use super::reader::{parse, path_of};
use super::transport::{Call, Transport};
use crate::actions::Permit;
use crate::platform::object::{ObjectReference, Symbol};

/// The most bytes of the object that a change gives back.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// The writing half of the client. Nothing is ever sent twice.
#[derive(Clone)]
pub struct Writer {
    transport: Transport,
    context: Symbol,
}

impl Writer {
    pub(super) fn new(transport: Transport, context: Symbol) -> Self {
        Writer { transport, context }
    }

    /// Applies a JSON patch to an object, or to a subresource of it, and gives back what the server made of it. The server
    /// only tries where the permit is for a dry run.
    ///
    /// # Errors
    /// When the permit is for something else, or the server can't be reached or refuses; see
    /// [`ApiError::outcome_unknown`].
    pub async fn json_patch(
        &self,
        permit: &Permit,
        object: &ObjectReference,
        subresource: Option<&str>,
        patch: &serde_json::Value,
    ) -> Result<serde_json::Value, ApiError> {
        self.check(permit, object)?;
        let mut path = path_of(object)?;
        if let Some(subresource) = subresource {
            path.push('/');
            path.push_str(subresource);
        }
        path.push_str("?fieldManager=quarterdeck");
        if permit.dry_run() {
            path.push_str("&dryRun=All");
        }
        let call = Call {
            method: Method::PATCH,
            path_and_query: &path,
            accept: "application/json",
            content_type: Some("application/json-patch+json"),
            body: Bytes::from(patch.to_string()),
            repeatable: false,
        };
        let received = self.transport.send(&call).await?;
        let body = self.transport.collect(received.body, LONGEST_ANSWER).await?;
        parse(&self.transport, &body)
    }

    /// Whether the permit is for this object, in the cluster that is on the other side.
    fn check(&self, permit: &Permit, object: &ObjectReference) -> Result<(), ApiError> {
        let permitted = permit.subject().object();
        let same = permitted.is_some_and(|permitted| {
            permitted.cluster == object.cluster
                && permitted.kind == object.kind
                && permitted.namespace == object.namespace
                && permitted.name == object.name
                && !matches!((permitted.uid, object.uid), (Some(left), Some(right)) if left != right)
        });
        if !same {
            let permitted =
                permitted.map_or("nothing here".to_owned(), |other| format!("{other} in {}", other.cluster));
            let reason = format!("the permit is for {permitted}, not for {object} in {}", object.cluster);
            return Err(ApiError::Refused(reason));
        }
        if object.cluster != self.context {
            let reason = format!("{object} is in {}, not in {}", object.cluster, self.context);
            return Err(ApiError::Refused(reason));
        }
        Ok(())
    }
}
