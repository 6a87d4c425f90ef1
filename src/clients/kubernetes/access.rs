//! Whether this user may do something: a SelfSubjectAccessReview.

use serde::{Deserialize, Serialize};

use crate::platform::object::{Kind, ObjectReference};

/// What this user would like to do. Empty texts mean all, as in Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct AccessReview {
    /// The verb, such as `patch`.
    pub verb: String,
    /// The API group; empty for the core group.
    pub group: String,
    /// The resource: lower case, plural.
    pub resource: String,
    /// The subresource, such as `scale`.
    pub subresource: String,
    /// The namespace; empty for all, and for what has none.
    pub namespace: String,
    /// The name; empty for all.
    pub name: String,
}

impl AccessReview {
    /// A verb on all objects of a kind, in a namespace or everywhere.
    pub fn of_kind(verb: &str, kind: Kind, namespace: Option<&str>) -> Self {
        AccessReview {
            verb: verb.to_owned(),
            group: kind.group().to_owned(),
            resource: kind.resource().to_owned(),
            namespace: namespace.unwrap_or_default().to_owned(),
            ..AccessReview::default()
        }
    }

    /// A verb on one object.
    pub fn of_object(verb: &str, object: &ObjectReference) -> Self {
        AccessReview {
            name: object.name.to_string(),
            ..Self::of_kind(verb, object.kind, Some(&object.namespace))
        }
    }

    /// The same on a subresource.
    pub fn with_subresource(mut self, subresource: &str) -> Self {
        self.subresource = subresource.to_owned();
        self
    }

    /// The body of the request.
    pub(super) fn body(&self) -> serde_json::Value {
        serde_json::json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": self },
        })
    }
}

/// What the server says to an [`AccessReview`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccessAnswer {
    /// Whether the user may.
    pub allowed: bool,
    /// Why, or why not, where the server says so.
    pub reason: String,
    /// What kept the server from a full evaluation.
    pub evaluation_error: String,
}

/// The answer as it is on the wire.
#[derive(Deserialize)]
pub(super) struct ReviewedAccess {
    status: Option<ReviewStatus>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReviewStatus {
    allowed: Option<bool>,
    reason: Option<String>,
    evaluation_error: Option<String>,
}

impl ReviewedAccess {
    /// The answer; `None` when the server gave none.
    pub fn answer(self) -> Option<AccessAnswer> {
        let status = self.status?;
        Some(AccessAnswer {
            allowed: status.allowed.unwrap_or_default(),
            reason: super::text::presentable(&status.reason.unwrap_or_default()),
            evaluation_error: super::text::presentable(&status.evaluation_error.unwrap_or_default()),
        })
    }
}
