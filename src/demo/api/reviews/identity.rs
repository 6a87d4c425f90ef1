//! Reviews of identity: who one is, whose a token is, and new tokens of service accounts.

use k8s_pb::api::core::v1::{Node, Pod, Secret, ServiceAccount};
use serde_json::{Value, json};

use super::Question;
use crate::demo::access::{AUDIENCE, BoundObject, Claims, Named, TokenError, UserInfo};
use crate::demo::api::error::{ApiError, Cause};
use crate::demo::store::{Key, Kind, Store, Stored as _};

/// The seconds that a token holds where nothing is said, and that it holds at least.
const USUAL_SECONDS: i64 = 3600;
const LEAST_SECONDS: i64 = 600;

/// Who is it that asks?
pub fn own(question: &Question<'_>, _: Value) -> Result<Value, ApiError> {
    let now = question.state.clock.now().rfc3339();
    Ok(json!({"metadata": {"creationTimestamp": now}, "status": {"userInfo": shown(question.user)}}))
}

/// Whose is a token?
pub fn of_token(question: &Question<'_>, mut review: Value) -> Result<Value, ApiError> {
    let token = review["spec"]["token"].as_str().unwrap_or_default();
    if token.is_empty() {
        return Err(ApiError::bad_request("token is required for TokenReview in authentication"));
    }
    let mut audiences = strings(&review["spec"]["audiences"]);
    if audiences.is_empty() {
        audiences.push(AUDIENCE.to_owned());
    }
    let state = question.state;
    let holder = state.credentials.holder(token, &audiences, &state.store.lock(), state.clock.now());
    review["status"] = match holder {
        Ok((user, audiences)) => {
            json!({"authenticated": true, "user": shown(&user), "audiences": audiences})
        }
        Err(error) => json!({"user": {}, "error": error.to_string()}),
    };
    if !review["metadata"].is_object() {
        review["metadata"] = json!({});
    }
    Ok(review)
}

/// A new token of a service account.
pub fn new_token(question: &Question<'_>, review: Value) -> Result<Value, ApiError> {
    let (namespace, name) = (&question.asked.namespace, &question.asked.name);
    let text = |key: &str| review["metadata"][key].as_str().unwrap_or_default();
    for (key, own) in [("name", name), ("namespace", namespace)] {
        if !text(key).is_empty() && text(key) != own {
            let detail = format!("must match the service account {key} if specified");
            let cause = Cause::invalid(&format!("metadata.{key}"), &json!(text(key)), &detail);
            return Err(ApiError::invalid_question("authentication.k8s.io", "TokenRequest", vec![cause]));
        }
    }
    let state = question.state;
    let store = state.store.lock();
    let account: ServiceAccount = store
        .read(&Key::new(namespace, name))
        .ok_or_else(|| ApiError::not_found(ServiceAccount::info(), name))?;
    let seconds = review["spec"]["expirationSeconds"].as_i64().unwrap_or(USUAL_SECONDS);
    check_seconds(seconds)?;
    let bound = bound_object(&store, &review["spec"]["boundObjectRef"], (namespace, name))?;
    drop(store);
    let mut audiences = strings(&review["spec"]["audiences"]);
    if audiences.is_empty() {
        audiences.push(AUDIENCE.to_owned());
    }
    let now = state.clock.now();
    let failed = |error: TokenError| ApiError::internal(&error.to_string());
    let identifier = state.credentials.identifier().map_err(failed)?;
    let claims = Claims::new(&account, bound, audiences.clone(), (now, seconds), identifier);
    let token = state.credentials.issue(&claims).map_err(failed)?;
    let expires = now.plus_millis(seconds.saturating_mul(1000)).rfc3339();
    let uid = account.metadata.and_then(|metadata| metadata.uid).unwrap_or_default();
    Ok(json!({
        "metadata": {"name": name, "namespace": namespace, "uid": uid, "creationTimestamp": now.rfc3339()},
        "spec": {
            "audiences": audiences,
            "expirationSeconds": seconds,
            "boundObjectRef": review["spec"]["boundObjectRef"],
        },
        "status": {"token": token, "expirationTimestamp": expires},
    }))
}

fn check_seconds(seconds: i64) -> Result<(), ApiError> {
    let detail = if seconds < LEAST_SECONDS {
        "may not specify a duration less than 10 minutes"
    } else if seconds > 1 << 32 {
        "may not specify a duration larger than 2^32 seconds"
    } else {
        return Ok(());
    };
    let cause = Cause::invalid("spec.expirationSeconds", &json!(seconds), detail);
    Err(ApiError::invalid_question("authentication.k8s.io", "TokenRequest", vec![cause]))
}

/// The object with which the token is to end.
fn bound_object(
    store: &Store,
    reference: &Value,
    (namespace, account): (&str, &str),
) -> Result<Option<BoundObject>, ApiError> {
    if !reference.is_object() {
        return Ok(None);
    }
    let text = |key: &str| reference[key].as_str().unwrap_or_default();
    let (api_version, kind, name) = (text("apiVersion"), text("kind"), text("name"));
    let (info, of) = match (api_version, kind) {
        ("v1", "Pod") => (Pod::info(), namespace),
        ("v1", "Secret") => (Secret::info(), namespace),
        ("v1", "Node") => (Node::info(), ""),
        _ => {
            let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
            let message = format!("cannot bind token to object of type {group}/{version}, Kind={kind}");
            return Err(ApiError::bad_request(message));
        }
    };
    let uid = |kind: Kind, of: &str, name: &str| {
        store.get(kind, &Key::new(of, name)).map(|object| object.uid.to_string())
    };
    let found = uid(info.stored, of, name).ok_or_else(|| ApiError::not_found(info, name))?;
    if !text("uid").is_empty() && text("uid") != found {
        return Err(ApiError::bound_to_another(info, name, text("uid")));
    }
    let object = Named { name: name.to_owned(), uid: found };
    Ok(Some(match info.stored {
        Kind::Secret => BoundObject::Secret(object),
        Kind::Node => BoundObject::Node(object),
        _ => {
            let pod: Pod = store.read(&Key::new(of, name)).unwrap_or_default();
            let spec = pod.spec.unwrap_or_default();
            if spec.service_account_name.as_deref() != Some(account) {
                let message = format!(
                    "cannot bind token for serviceaccount \"{account}\" to pod running with different serviceaccount name."
                );
                return Err(ApiError::bad_request(message));
            }
            let node = spec
                .node_name
                .and_then(|node| uid(Kind::Node, "", &node).map(|uid| Named { name: node, uid }));
            BoundObject::Pod(object, node)
        }
    }))
}

/// A user as reviews show them.
fn shown(user: &UserInfo) -> Value {
    let mut shown = json!({"username": user.name});
    if !user.uid.is_empty() {
        shown["uid"] = json!(user.uid);
    }
    if !user.groups.is_empty() {
        shown["groups"] = json!(user.groups);
    }
    if !user.extra.is_empty() {
        shown["extra"] = json!(user.extra);
    }
    shown
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
