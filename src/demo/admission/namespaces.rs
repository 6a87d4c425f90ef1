//! Whether a namespace takes new objects.

use k8s_pb::api::core::v1::Namespace;

use super::causes::Cause;
use super::refusal::Refusal;
use super::review::Review;
use crate::demo::store::Key;

/// Namespaces that are never deleted.
pub const PERMANENT: [&str; 3] = ["default", "kube-system", "kube-public"];

/// Refuses new objects in a namespace that isn't there, or that is going.
pub fn check_content(review: &Review<'_>) -> Result<(), Refusal> {
    if !review.kind.namespaced {
        return Ok(());
    }
    let name = review.namespace;
    let Some(namespace) = review.store.read::<Namespace>(&Key::new("", name)) else {
        return Err(Refusal::NotFound { resource: "namespaces".to_owned(), name: name.to_owned() });
    };
    let going = namespace.metadata.is_some_and(|metadata| metadata.deletion_timestamp.is_some());
    if !going {
        return Ok(());
    }
    Err(Refusal::Forbidden {
        message: format!("unable to create new content in namespace {name} because it is being terminated"),
        causes: vec![Cause {
            reason: "NamespaceTerminating",
            message: format!("namespace {name} is being terminated"),
            field: "metadata.namespace".to_owned(),
        }],
    })
}
