//! Reviews: questions that are put as objects, and are answered without being kept.

mod access;
mod identity;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::Value;

use super::accept::Encoding;
use super::encode::Made;
use super::error::ApiError;
use super::request_info::{RequestInfo, RequestedResource};
use super::{ApiState, body, reply};
use crate::demo::access::UserInfo;
use crate::demo::wire::Schema;

/// One kind of review.
#[derive(Debug, Clone, Copy)]
pub struct ReviewKind {
    /// The API group whose review it is.
    pub group: &'static str,
    /// Its name in paths.
    pub plural: &'static str,
    /// The subresource under which it is taken, or empty.
    pub subresource: &'static str,
    /// The kind's name.
    pub name: &'static str,
    /// Whether it is put in a namespace.
    pub namespaced: bool,
    message: &'static str,
    answer: fn(&Question<'_>, Value) -> Result<Value, ApiError>,
}

/// Every kind of review, all of version `v1`.
pub const REVIEWS: [ReviewKind; 7] = [
    ReviewKind {
        group: "authentication.k8s.io",
        plural: "selfsubjectreviews",
        subresource: "",
        name: "SelfSubjectReview",
        namespaced: false,
        message: "authentication.v1.SelfSubjectReview",
        answer: identity::own,
    },
    ReviewKind {
        group: "authentication.k8s.io",
        plural: "tokenreviews",
        subresource: "",
        name: "TokenReview",
        namespaced: false,
        message: "authentication.v1.TokenReview",
        answer: identity::of_token,
    },
    ReviewKind {
        group: "authorization.k8s.io",
        plural: "localsubjectaccessreviews",
        subresource: "",
        name: "LocalSubjectAccessReview",
        namespaced: true,
        message: "authorization.v1.LocalSubjectAccessReview",
        answer: access::local,
    },
    ReviewKind {
        group: "authorization.k8s.io",
        plural: "selfsubjectaccessreviews",
        subresource: "",
        name: "SelfSubjectAccessReview",
        namespaced: false,
        message: "authorization.v1.SelfSubjectAccessReview",
        answer: access::own,
    },
    ReviewKind {
        group: "authorization.k8s.io",
        plural: "selfsubjectrulesreviews",
        subresource: "",
        name: "SelfSubjectRulesReview",
        namespaced: false,
        message: "authorization.v1.SelfSubjectRulesReview",
        answer: access::rules,
    },
    ReviewKind {
        group: "authorization.k8s.io",
        plural: "subjectaccessreviews",
        subresource: "",
        name: "SubjectAccessReview",
        namespaced: false,
        message: "authorization.v1.SubjectAccessReview",
        answer: access::of_subject,
    },
    ReviewKind {
        group: "",
        plural: "serviceaccounts",
        subresource: "token",
        name: "TokenRequest",
        namespaced: true,
        message: "authentication.v1.TokenRequest",
        answer: identity::new_token,
    },
];

/// Who asks, and under which path.
struct Question<'a> {
    state: &'a ApiState,
    user: &'a UserInfo,
    asked: &'a RequestedResource,
}

/// The answer to a review; `None` when the request isn't one.
pub fn answer(
    state: &ApiState,
    user: &UserInfo,
    info: &RequestInfo,
    body: &[u8],
    content_type: &str,
) -> Option<Result<Made, ApiError>> {
    let asked = info.resource.as_ref().filter(|it| info.verb == "create" && it.version == "v1")?;
    let kind = REVIEWS.iter().find(|kind| kind.is(asked))?;
    let question = Question { state, user, asked };
    let answer = body::read(&state.schema, kind.message, body, content_type)
        .and_then(|review| (kind.answer)(&question, review))
        .map(|mut value| {
            let group = if kind.message.starts_with("authentication") {
                "authentication.k8s.io"
            } else {
                "authorization.k8s.io"
            };
            value["kind"] = kind.name.into();
            value["apiVersion"] = format!("{group}/v1").into();
            Made { value, message: Some(kind.message) }
        });
    Some(answer)
}

impl ReviewKind {
    fn is(&self, asked: &RequestedResource) -> bool {
        (self.group, self.plural, self.subresource) == (&asked.group, &asked.resource, &asked.subresource)
            && self.namespaced != asked.namespace.is_empty()
    }
}

impl Made {
    /// The answer in this encoding.
    pub fn respond(
        &self,
        schema: &Schema,
        encoding: Encoding,
        code: StatusCode,
    ) -> Result<Response<Body>, ApiError> {
        let (bytes, encoding) = self.bytes(schema, encoding)?;
        Ok(reply(code, encoding, bytes))
    }
}
