//! Reviews of access: may someone do something, and what may one do at all.

use std::collections::BTreeMap;

use k8s_pb::api::rbac::v1::PolicyRule;
use serde_json::{Map, Value, json};

use super::Question;
use crate::demo::access::{Attributes, Authorizer, ResourceAttributes, UserInfo};
use crate::demo::api::error::{ApiError, Cause};

const GROUP: &str = "authorization.k8s.io";

/// What is wrong with a question.
type Causes = Vec<Cause>;

/// May the one who asks do something?
pub fn own(question: &Question<'_>, review: Value) -> Result<Value, ApiError> {
    let mut causes = attribute_causes(&review["spec"]);
    causes.extend(metadata_cause(&review, "must be empty"));
    refuse(causes)?;
    Ok(decided(question, review, question.user))
}

/// May someone else do something?
pub fn of_subject(question: &Question<'_>, review: Value) -> Result<Value, ApiError> {
    let mut causes = subject_causes(&review["spec"]);
    causes.extend(metadata_cause(&review, "must be empty"));
    refuse(causes)?;
    let subject = subject(&review["spec"]);
    Ok(decided(question, review, &subject))
}

/// May someone else do something in one namespace?
pub fn local(question: &Question<'_>, mut review: Value) -> Result<Value, ApiError> {
    let namespace = &question.asked.namespace;
    match review["metadata"]["namespace"].as_str().unwrap_or_default() {
        "" => review["metadata"]["namespace"] = json!(namespace),
        own if own == namespace => {}
        _ => {
            let message =
                "the namespace of the provided object does not match the namespace sent on the request";
            return Err(ApiError::bad_request(message));
        }
    }
    let spec = &review["spec"];
    let mut causes = subject_causes(spec);
    let mut others = review.clone();
    if let Some(metadata) = others["metadata"].as_object_mut() {
        metadata.remove("namespace");
    }
    causes.extend(metadata_cause(&others, "must be empty except for namespace"));
    let asked = spec["resourceAttributes"]["namespace"].as_str().unwrap_or_default();
    if spec["resourceAttributes"].is_object() && asked != namespace {
        let field = "spec.resourceAttributes.namespace";
        causes.push(Cause::invalid(field, &json!(asked), "must match metadata.namespace"));
    }
    if spec["nonResourceAttributes"].is_object() {
        let (field, value) = ("spec.nonResourceAttributes", &internal(&spec["nonResourceAttributes"]));
        causes.push(Cause::invalid(field, value, "disallowed on this kind of request"));
    }
    refuse(causes)?;
    let subject = subject(&review["spec"]);
    Ok(decided(question, review, &subject))
}

/// What may the one who asks do in a namespace?
pub fn rules(question: &Question<'_>, review: Value) -> Result<Value, ApiError> {
    let namespace = review["spec"]["namespace"].as_str().unwrap_or_default();
    if namespace.is_empty() {
        return Err(ApiError::bad_request("no namespace on request"));
    }
    let store = question.state.store.lock();
    let authorizer = Authorizer::new(&store);
    let (rules, error) = authorizer.rules_for(question.user, namespace);
    let resources: Vec<Value> =
        rules.iter().filter(|rule| !rule.resources.is_empty()).map(|rule| resource_rule(rule)).collect();
    let paths: Vec<Value> = rules
        .iter()
        .filter(|rule| !rule.non_resource_ur_ls.is_empty())
        .map(|rule| json!({"verbs": rule.verbs, "nonResourceURLs": rule.non_resource_ur_ls}))
        .collect();
    let mut status = json!({"resourceRules": resources, "nonResourceRules": paths, "incomplete": false});
    if let Some(error) = error {
        status["evaluationError"] = json!(error);
    }
    Ok(json!({"metadata": {}, "spec": {}, "status": status}))
}

fn resource_rule(rule: &PolicyRule) -> Value {
    let mut shown = json!({"verbs": rule.verbs, "apiGroups": rule.api_groups, "resources": rule.resources});
    if !rule.resource_names.is_empty() {
        shown["resourceNames"] = json!(rule.resource_names);
    }
    shown
}

/// The review with the decision in its status.
fn decided(question: &Question<'_>, mut review: Value, user: &UserInfo) -> Value {
    let spec = &review["spec"];
    let text = |asked: &'static str, key: &str| spec[asked][key].as_str().unwrap_or_default().to_owned();
    let (verb, path) = (text("nonResourceAttributes", "verb"), text("nonResourceAttributes", "path"));
    let resource = |key: &str| text("resourceAttributes", key);
    let [own_verb, group, kind, subresource, namespace, name] =
        ["verb", "group", "resource", "subresource", "namespace", "name"].map(resource);
    let attributes = if spec["resourceAttributes"].is_object() {
        let asked = ResourceAttributes {
            group: &group,
            resource: &kind,
            subresource: &subresource,
            namespace: &namespace,
            name: &name,
        };
        Attributes::resource(&own_verb, asked)
    } else {
        Attributes::path(&verb, &path)
    };
    let decision = Authorizer::new(&question.state.store.lock()).authorize(user, &attributes);
    let mut status = json!({"allowed": decision.allowed});
    if !decision.reason.is_empty() {
        status["reason"] = json!(decision.reason);
    }
    if !review["metadata"].is_object() {
        review["metadata"] = json!({});
    }
    review["status"] = status;
    review
}

/// The one whom a review is about.
fn subject(spec: &Value) -> UserInfo {
    let text = |key: &str| spec[key].as_str().unwrap_or_default().to_owned();
    let strings = |value: &Value| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let extra: BTreeMap<String, Vec<String>> = spec["extra"]
        .as_object()
        .map(|extra| extra.iter().map(|(key, values)| (key.clone(), strings(values))).collect())
        .unwrap_or_default();
    UserInfo { name: text("user"), uid: text("uid"), groups: strings(&spec["groups"]), extra }
}

fn subject_causes(spec: &Value) -> Causes {
    let mut causes = attribute_causes(spec);
    let named = spec["user"].as_str().is_some_and(|user| !user.is_empty());
    if !named && spec["groups"].as_array().is_none_or(Vec::is_empty) {
        causes.push(Cause::invalid(
            "spec.user",
            &json!(""),
            "at least one of user or group must be specified",
        ));
    }
    causes
}

/// Exactly one of the two has to be asked about.
fn attribute_causes(spec: &Value) -> Causes {
    match (spec["resourceAttributes"].is_object(), spec["nonResourceAttributes"].is_object()) {
        (true, true) => vec![Cause::invalid(
            "spec.nonResourceAttributes",
            &internal(&spec["nonResourceAttributes"]),
            "cannot be specified in combination with resourceAttributes",
        )],
        (false, false) => vec![Cause::invalid(
            "spec.resourceAttributes",
            &Value::Null,
            "exactly one of nonResourceAttributes or resourceAttributes must be specified",
        )],
        _ => Vec::new(),
    }
}

fn metadata_cause(review: &Value, detail: &str) -> Option<Cause> {
    let mut metadata = review["metadata"].as_object().cloned().unwrap_or_default();
    metadata.retain(|key, value| key != "managedFields" && !is_nothing(value));
    (!metadata.is_empty()).then(|| Cause::invalid("metadata", &Value::Object(metadata), detail))
}

/// Whether a value says nothing: protobuf has one in every field of the metadata, a time of nothing being the epoch.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() || text == "1970-01-01T00:00:00Z",
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) => false,
    }
}

/// Attributes of a path as the server's own type writes them.
fn internal(attributes: &Value) -> Value {
    let text = |key: &str| attributes[key].as_str().unwrap_or_default();
    let mut shown = Map::new();
    shown.insert("Path".to_owned(), json!(text("path")));
    shown.insert("Verb".to_owned(), json!(text("verb")));
    Value::Object(shown)
}

fn refuse(causes: Causes) -> Result<(), ApiError> {
    if causes.is_empty() { Ok(()) } else { Err(ApiError::invalid_question(GROUP, "", causes)) }
}
