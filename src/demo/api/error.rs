//! What goes wrong, worded as the API server words it.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::accept::Encoding;
use super::reply;
use crate::demo::access::{Denial, ImpersonationError, Refusal};
use crate::demo::admission::{self, Causes};
use crate::demo::document::DocumentError;
use crate::demo::fields::ApplyError;
use crate::demo::patch::PatchError;
use crate::demo::store::{Key, KindInfo, UnreadableObject};
use crate::demo::wire::{Schema, WireError, envelope};

/// A refused request.
#[derive(Debug)]
pub struct ApiError {
    code: StatusCode,
    reason: &'static str,
    message: String,
    details: Option<Value>,
    /// The token by which a list that has expired can be read on.
    next: Option<String>,
    /// Answered as plain text, as the server does for paths that it doesn't know.
    plain: bool,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    field: String,
    message: String,
}

impl Cause {
    /// The field has a value that it can't have.
    pub fn invalid(field: &str, value: &Value, detail: &str) -> Self {
        Cause { field: field.to_owned(), message: format!("Invalid value: {value}: {detail}") }
    }
}

impl ApiError {
    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        ApiError { code, reason, message: message.into(), details: None, next: None, plain: false }
    }

    fn about(mut self, kind: &KindInfo, name: &str) -> Self {
        self.details = Some(json!({"name": name, "group": kind.group, "kind": kind.plural}));
        self
    }

    /// No token, or a wrong one.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    /// A name in the Host header that isn't this server's: another site's page talks to it.
    pub fn foreign_host() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "the embedded platform answers only under its own loopback address",
        )
    }

    /// The user has no right to it.
    pub fn denied(denial: Denial) -> Self {
        let mut error = Self::new(StatusCode::FORBIDDEN, "Forbidden", denial.message);
        error.details = Some(json!({"name": denial.name, "group": denial.group, "kind": denial.resource}));
        error
    }

    /// The user may write such an object, but not this one.
    pub fn forbidden(kind: &KindInfo, name: &str, why: &str) -> Self {
        let message = format!("{} \"{name}\" is forbidden: {why}", kind.qualified());
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(kind, name)
    }

    /// A role or a binding would give more than its writer holds.
    pub fn escalation(kind: &KindInfo, name: &str, refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Escalation(why) => Self::forbidden(kind, name, why),
            Refusal::Missing(role) => Self::not_found(kind, role),
        }
    }

    /// A review that asks nothing, or more than one thing.
    pub fn invalid_question(group: &str, kind: &str, causes: Vec<Cause>) -> Self {
        let said: Vec<String> =
            causes.iter().map(|cause| format!("{}: {}", cause.field, cause.message)).collect();
        let said = if let [one] = said.as_slice() { one.clone() } else { format!("[{}]", said.join(", ")) };
        let message = format!("{kind}.{group} \"\" is invalid: {said}");
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        let causes: Vec<Value> = causes
            .iter()
            .map(|it| json!({"reason": "FieldValueInvalid", "message": it.message, "field": it.field}))
            .collect();
        error.details = Some(json!({"group": group, "kind": kind, "causes": causes}));
        error
    }

    /// A token is to end with an object that has come anew since.
    pub fn bound_to_another(kind: &KindInfo, name: &str, uid: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated",
            kind.name
        );
        let mut error = Self::new(StatusCode::CONFLICT, "Conflict", message);
        error.details = Some(json!({"name": name, "group": kind.group, "kind": kind.name}));
        error
    }

    /// Something in the server itself fails.
    pub fn internal(why: &str) -> Self {
        let message = format!("Internal error occurred: {why}");
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message);
        error.details = Some(json!({"causes": [{"message": why}]}));
        error
    }

    /// There is no such object.
    pub fn not_found(kind: &KindInfo, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", kind.qualified());
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).about(kind, name)
    }

    /// There is nothing under the path.
    pub fn no_such_path() -> Self {
        ApiError { plain: true, ..Self::new(StatusCode::NOT_FOUND, "NotFound", "404 page not found\n") }
    }

    /// The kind has no such subresource.
    pub fn no_such_subresource() -> Self {
        let message = "the server could not find the requested resource";
        let mut error = Self::new(StatusCode::NOT_FOUND, "NotFound", message);
        error.details = Some(json!({}));
        error
    }

    /// There is no such object of a kind that has no objects of its own.
    pub fn not_found_as(group: &str, plural: &str, name: &str) -> Self {
        let message = format!("{plural}.{group} \"{name}\" not found");
        let mut error = Self::new(StatusCode::NOT_FOUND, "NotFound", message);
        error.details = Some(json!({"name": name, "group": group, "kind": plural}));
        error
    }

    /// What is behind the server doesn't answer.
    pub fn unavailable(message: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", message)
    }

    /// The embedded platform has nothing that could do this.
    pub fn not_implemented(message: &str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// The version that a watch asks for is none: the server has no better answer than a failure.
    pub fn unreadable_version(message: String) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "", message)
    }

    /// The client wants one object's form where there are many, or the other way round.
    pub fn other_form(kind: &KindInfo, is_list: bool) -> Self {
        let group = match &*kind.group {
            "" => "core",
            group => group.split('.').next().unwrap_or_default(),
        };
        let (asked, found, name) = if is_list {
            ("PartialObjectMetadata", "a list", &kind.list_name)
        } else {
            ("PartialObjectMetadataList", "not a list", &kind.name)
        };
        let message = format!("you requested {asked}, but the requested object is {found} (*{group}.{name})");
        Self::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message)
    }

    /// The path doesn't take the method.
    pub fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        let mut error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message);
        error.details = Some(json!({}));
        error
    }

    /// The client accepts nothing that the server has.
    pub fn not_acceptable() -> Self {
        let message = "only the following media types are accepted: application/json, application/vnd.kubernetes.protobuf";
        Self::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message)
    }

    /// The body of an object is in a form that isn't taken.
    pub fn unsupported_body() -> Self {
        let message = "the body of the request was in an unknown format - accepted media types include: application/json, application/vnd.kubernetes.protobuf";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    /// The object says another namespace than the path.
    pub fn other_namespace() -> Self {
        Self::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        )
    }

    /// The body is too large.
    pub fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            "Request entity too large: limit is 3145728",
        )
    }

    /// The request makes no sense.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// A patch that doesn't apply, such as one with a test that fails.
    pub fn patch_refused() -> Self {
        let message = "the server rejected our request due to an error in our request";
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        error.details = Some(json!({}));
        error
    }

    /// A patch whose result isn't an object of its kind.
    pub fn invalid_patch(patch: &str, cause: &str) -> Self {
        let cause = format!("Invalid value: {patch:?}: {cause}");
        let message = format!(" \"\" is invalid: patch: {cause}");
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        error.details = Some(json!({
            "causes": [{"reason": "FieldValueInvalid", "message": cause, "field": "patch"}],
        }));
        error
    }

    /// Fields have values that they can't have.
    pub fn invalid_fields(kind: &str, group: &str, name: &str, wrong: &Causes) -> Self {
        let qualified = if group.is_empty() { kind.to_owned() } else { format!("{kind}.{group}") };
        let message = format!("{qualified} \"{name}\" is invalid: {}", wrong.summary());
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        let causes: Vec<Value> = wrong.iter().map(cause).collect();
        error.details = Some(json!({"name": name, "group": group, "kind": kind, "causes": causes}));
        error
    }

    /// What admission refuses of an object of this kind and name.
    pub fn refused(kind: &KindInfo, name: &str, refusal: &admission::Refusal) -> Self {
        match refusal {
            admission::Refusal::Invalid(wrong) => Self::invalid_fields(&kind.name, &kind.group, name, wrong),
            admission::Refusal::Forbidden { message, causes } => {
                let subject = if name.is_empty() {
                    kind.qualified()
                } else {
                    format!("{} \"{name}\"", kind.qualified())
                };
                let message = format!("{subject} is forbidden: {message}");
                let mut error = Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(kind, name);
                if let (Some(details), false) = (&mut error.details, causes.is_empty()) {
                    details["causes"] = causes.iter().map(cause).collect();
                }
                error
            }
            admission::Refusal::NotFound { resource, name } => {
                let message = format!("{resource} \"{name}\" not found");
                let mut error = Self::new(StatusCode::NOT_FOUND, "NotFound", message);
                error.details = Some(json!({"name": name, "kind": resource}));
                error
            }
        }
    }

    /// A pod's disruption budget doesn't allow its eviction; after so many seconds it may, where they aren't 0.
    pub fn disruption_refused(cause: &str, retry_seconds: u32) -> Self {
        let message = "Cannot evict pod as it would violate the pod's disruption budget.";
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
        let mut details = json!({"causes": [{"reason": "DisruptionBudget", "message": cause}]});
        if retry_seconds > 0 {
            details["retryAfterSeconds"] = json!(retry_seconds);
        }
        error.details = Some(details);
        error
    }

    /// More than one disruption budget guards a pod, which evictions can't do with.
    pub fn several_budgets() -> Self {
        let message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "", message)
    }

    /// A pod can't be bound to a node.
    pub fn binding_refused(kind: &KindInfo, name: &str, why: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on pods/binding \"{name}\": {why}");
        let mut error = Self::new(StatusCode::CONFLICT, "Conflict", message).about(kind, name);
        if let Some(details) = &mut error.details {
            details["kind"] = json!("pods/binding");
        }
        error
    }

    /// There is such an object already, or still.
    pub fn already_exists(kind: &KindInfo, name: &str, going: bool) -> Self {
        let going = if going { "object is being deleted: " } else { "" };
        let message = format!("{going}{} \"{name}\" already exists", kind.qualified());
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).about(kind, name)
    }

    /// The object isn't the one, or not the version, that is to be deleted.
    pub fn not_the_one(kind: &KindInfo, name: &str, why: &str) -> Self {
        let qualified = if kind.group.is_empty() {
            kind.name.to_string()
        } else {
            format!("{}.{}", kind.name, kind.group)
        };
        let message = format!("Operation cannot be fulfilled on {qualified} \"{name}\": {why}");
        let mut error = Self::new(StatusCode::CONFLICT, "Conflict", message);
        error.details = Some(json!({"name": name, "group": kind.group, "kind": kind.name}));
        error
    }

    /// Someone else changed the object meanwhile.
    pub fn conflict(kind: &KindInfo, name: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": the object has been modified; please apply your changes to the latest version and try again",
            kind.qualified()
        );
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(kind, name)
    }

    /// The object isn't the one that was meant.
    pub fn precondition(kind: &KindInfo, at: &Key, wanted: &str, found: &str) -> Self {
        let name = &*at.name;
        let namespace = if at.namespace.is_empty() { String::new() } else { format!("{}/", at.namespace) };
        let key = format!("/registry/{}/{namespace}{name}", kind.plural);
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}",
            kind.qualified()
        );
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(kind, name)
    }

    /// An apply names the uid of an object that isn't there.
    pub fn absent_uid(kind: &KindInfo, name: &str, uid: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": uid mismatch: the provided object specified uid {uid}, and no existing object was found",
            kind.qualified()
        );
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(kind, name)
    }

    /// The version is older than the history.
    pub fn expired(asked: u64, oldest: u64) -> Self {
        Self::new(StatusCode::GONE, "Expired", format!("too old resource version: {asked} ({oldest})"))
    }

    /// The next page of a list is no longer the same list's.
    pub fn page_expired(next: String) -> Self {
        let message = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";
        ApiError { next: Some(next), ..Self::new(StatusCode::GONE, "Expired", message) }
    }

    /// The state that a list asks for is no longer kept.
    pub fn list_expired() -> Self {
        let message = "The resourceVersion for the provided list is too old.";
        Self::new(StatusCode::GONE, "Expired", message)
    }

    /// Options contradict each other: each cause is a field, the kind of its fault, and the fault.
    pub fn invalid_options((kind, group, name): (&str, &str, &str), causes: &[(&str, &str, String)]) -> Self {
        let all: Vec<String> = causes.iter().map(|(field, _, wrong)| format!("{field}: {wrong}")).collect();
        let all = if all.len() == 1 { all.join("") } else { format!("[{}]", all.join(", ")) };
        let qualified = if group.is_empty() { kind.to_owned() } else { format!("{kind}.{group}") };
        let message = format!("{qualified} \"{name}\" is invalid: {all}");
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        let causes = causes
            .iter()
            .map(|(field, reason, wrong)| json!({"reason": reason, "message": wrong, "field": field}));
        error.details =
            Some(json!({"name": name, "group": group, "kind": kind, "causes": causes.collect::<Vec<_>>()}));
        error
    }

    /// The version hasn't been yet.
    pub fn future_version(asked: u64, current: u64) -> Self {
        let message = format!("Timeout: Too large resource version: {asked}, current: {current}");
        let mut error = Self::new(StatusCode::GATEWAY_TIMEOUT, "Timeout", message);
        error.details = Some(json!({
            "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
            "retryAfterSeconds": 1,
        }));
        error
    }

    /// The `Status` that says it.
    pub fn status(&self) -> Value {
        let mut status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code.as_u16(),
        });
        if self.reason.is_empty()
            && let Some(status) = status.as_object_mut()
        {
            status.remove("reason");
        }
        if let Some(next) = &self.next {
            status["metadata"]["continue"] = json!(next);
        }
        if let Some(details) = &self.details {
            let mut details = details.clone();
            if let Some(details) = details.as_object_mut() {
                details.retain(|_, value| value.as_str() != Some(""));
            }
            status["details"] = details;
        }
        status
    }

    /// The answer.
    pub fn respond(&self, schema: &Schema, encoding: Encoding) -> Response<Body> {
        if self.plain {
            let mut response = reply(self.code, Encoding::Json, self.message.clone());
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
            return response;
        }
        let status = self.status();
        match encoding {
            Encoding::Protobuf => {
                match schema.find("meta.v1.Status").and_then(|id| schema.encode_json(id, &status)) {
                    Ok(bytes) => reply(self.code, Encoding::Protobuf, envelope("v1", "Status", &bytes)),
                    Err(_) => reply(self.code, Encoding::Json, status.to_string()),
                }
            }
            Encoding::Json => reply(self.code, Encoding::Json, status.to_string()),
        }
    }
}

impl From<ApplyError> for ApiError {
    fn from(error: ApplyError) -> Self {
        let message = error.to_string();
        match error {
            ApplyError::Malformed(_) => Self::bad_request(message),
            ApplyError::Unfit(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "", message),
            ApplyError::Conflict(conflicts) => {
                let mut error = Self::new(StatusCode::CONFLICT, "Conflict", message);
                error.details = Some(json!({"causes": conflicts.causes()}));
                error
            }
        }
    }
}

impl From<PatchError> for ApiError {
    fn from(error: PatchError) -> Self {
        let message = error.to_string();
        match error {
            PatchError::Unsupported => {
                let mut error =
                    Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message);
                error.details = Some(json!({}));
                error
            }
            PatchError::UnsupportedByCustomKinds(_) => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
            }
            PatchError::Malformed(_) => Self::bad_request(message),
            PatchError::Unfit(_) => Self::patch_refused(),
            PatchError::TooMany(_) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message)
            }
            PatchError::Contradiction(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "", message),
        }
    }
}

impl From<ImpersonationError> for ApiError {
    fn from(error: ImpersonationError) -> Self {
        match error {
            ImpersonationError::Unclear(message) => ApiError::bad_request(message),
            ImpersonationError::Denied(denial) => ApiError::denied(denial),
        }
    }
}

fn cause(cause: &admission::Cause) -> Value {
    json!({"reason": cause.reason, "message": cause.message, "field": cause.field})
}

impl From<WireError> for ApiError {
    fn from(error: WireError) -> Self {
        ApiError::bad_request(error.to_string())
    }
}

impl From<DocumentError> for ApiError {
    fn from(error: DocumentError) -> Self {
        ApiError::bad_request(error.to_string())
    }
}

impl From<UnreadableObject> for ApiError {
    fn from(error: UnreadableObject) -> Self {
        ApiError::bad_request(error.to_string())
    }
}

impl From<prost::DecodeError> for ApiError {
    fn from(error: prost::DecodeError) -> Self {
        ApiError::bad_request(error.to_string())
    }
}
