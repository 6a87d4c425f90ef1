//! Reviews: what the user may do, and who they are.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use super::accept::Encoding;
use super::access::{self, Attributes, DemoUser};
use super::encode::Made;
use super::error::ApiError;
use super::{reply, write};
use crate::demo::wire::Schema;

/// The answer to a review; `None` when the path takes none.
pub fn answer(
    path: &str,
    user: DemoUser,
    body: &[u8],
    content_type: &str,
    schema: &Schema,
) -> Option<Result<Made, ApiError>> {
    let (message, review): (&str, fn(DemoUser, Value) -> Value) = match path {
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" => {
            ("authorization.v1.SelfSubjectAccessReview", access)
        }
        "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews" => {
            ("authorization.v1.SelfSubjectRulesReview", rules)
        }
        "/apis/authentication.k8s.io/v1/selfsubjectreviews" => {
            ("authentication.v1.SelfSubjectReview", identity)
        }
        _ => return None,
    };
    let made = write::read_body(schema, message, body, content_type)
        .map(|question| Made { value: review(user, question), message: Some(message) });
    Some(made)
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

fn access(user: DemoUser, mut review: Value) -> Value {
    let asked = &review["spec"]["resourceAttributes"];
    let text = |key: &str| asked[key].as_str().unwrap_or_default();
    let attributes = Attributes {
        verb: text("verb"),
        group: text("group"),
        resource: text("resource"),
        subresource: text("subresource"),
        namespace: text("namespace"),
        name: text("name"),
    };
    let allowed = !asked.is_object() || access::allowed(user, &attributes);
    let reason =
        if allowed { format!("allowed by the built-in role \"{}\"", user.name()) } else { String::new() };
    review["kind"] = json!("SelfSubjectAccessReview");
    review["apiVersion"] = json!("authorization.k8s.io/v1");
    review["status"] = json!({"allowed": allowed});
    if allowed {
        review["status"]["reason"] = json!(reason);
    }
    review
}

fn rules(user: DemoUser, mut review: Value) -> Value {
    let namespace = review["spec"]["namespace"].as_str().unwrap_or_default();
    let rules: Vec<Value> = access::rules(user, namespace)
        .into_iter()
        .map(
            |(verbs, groups, resources)| json!({"verbs": verbs, "apiGroups": groups, "resources": resources}),
        )
        .collect();
    review["kind"] = json!("SelfSubjectRulesReview");
    review["apiVersion"] = json!("authorization.k8s.io/v1");
    review["status"] = json!({
        "resourceRules": rules,
        "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/readyz", "/version"]}],
        "incomplete": false,
    });
    review
}

fn identity(user: DemoUser, mut review: Value) -> Value {
    review["kind"] = json!("SelfSubjectReview");
    review["apiVersion"] = json!("authentication.k8s.io/v1");
    review["status"] = json!({"userInfo": {
        "username": user.name(),
        "uid": format!("demo-{}", user.name()),
        "groups": user.groups(),
    }});
    review
}
