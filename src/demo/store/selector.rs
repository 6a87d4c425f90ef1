//! Label and field selectors, as they come in queries and in specifications.

use k8s_pb::apimachinery::pkg::apis::meta::v1 as meta;
use serde_json::Value;
use thiserror::Error;

use super::facts::Facts;
use super::kinds::{Kind, KindInfo};
use super::object::StoredObject;

/// A selector that can't be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SelectorError {
    /// The text isn't a selector.
    #[error("unable to parse requirement: {0}")]
    Syntax(String),
    /// The kind has no such field to select by.
    #[error("field label not supported: {0}")]
    Field(String),
}

/// What a label has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Missing,
}

/// A label selector: all requirements have to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelSelector(Vec<(String, Test)>);

impl LabelSelector {
    /// Reads `a=b,c!=d,e in (f,g),h,!i`.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut requirements = Vec::new();
        for part in split_outside_parentheses(text) {
            let part = part.trim();
            if !part.is_empty() {
                requirements.push(requirement(part).ok_or_else(|| SelectorError::Syntax(part.to_owned()))?);
            }
        }
        Ok(LabelSelector(requirements))
    }

    /// Whether the labels satisfy it.
    pub fn matches(&self, object: &StoredObject) -> bool {
        self.0.iter().all(|(key, test)| test.holds(object.label(key)))
    }
}

impl Test {
    fn holds(&self, value: Option<&str>) -> bool {
        match self {
            Test::In(values) => value.is_some_and(|value| values.iter().any(|wanted| wanted == value)),
            Test::NotIn(values) => {
                !value.is_some_and(|value| values.iter().any(|unwanted| unwanted == value))
            }
            Test::Exists => value.is_some(),
            Test::Missing => value.is_none(),
        }
    }
}

fn requirement(part: &str) -> Option<(String, Test)> {
    let one = |value: &str| vec![value.trim().to_owned()];
    if let Some(key) = part.strip_prefix('!') {
        return Some((key.trim().to_owned(), Test::Missing));
    }
    if let Some((key, value)) = part.split_once("!=") {
        return Some((key.trim().to_owned(), Test::NotIn(one(value))));
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return Some((key.trim().to_owned(), Test::In(one(value))));
    }
    let Some((key, rest)) = part.split_once(char::is_whitespace) else {
        return Some((part.to_owned(), Test::Exists));
    };
    let (word, values) = rest.trim().split_once('(')?;
    let values = values.strip_suffix(')')?.split(',').map(|value| value.trim().to_owned()).collect();
    match word.trim() {
        "in" => Some((key.to_owned(), Test::In(values))),
        "notin" => Some((key.to_owned(), Test::NotIn(values))),
        _ => None,
    }
}

fn split_outside_parentheses(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0u32, 0);
    for (position, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Whether an object's labels satisfy the selector of a specification; an absent one selects nothing.
pub fn matches_labels(selector: Option<&meta::LabelSelector>, object: &StoredObject) -> bool {
    let Some(selector) = selector else { return false };
    selector.match_labels.iter().all(|(key, value)| object.label(key) == Some(value))
        && selector.match_expressions.iter().all(|requirement| {
            let value = object.label(requirement.key.as_deref().unwrap_or_default());
            let values = requirement.values.clone();
            match requirement.operator.as_deref() {
                Some("In") => Test::In(values).holds(value),
                Some("NotIn") => Test::NotIn(values).holds(value),
                Some("Exists") => Test::Exists.holds(value),
                Some("DoesNotExist") => Test::Missing.holds(value),
                _ => false,
            }
        })
}

/// A field selector: all fields have to be equal, or different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSelector(Vec<(String, bool, String)>);

impl FieldSelector {
    /// Reads `status.phase!=Running,spec.nodeName=a` for a kind.
    pub fn parse(text: &str, kind: &KindInfo) -> Result<Self, SelectorError> {
        let mut requirements = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (field, equal, value) = if let Some((field, value)) = part.split_once("!=") {
                (field, false, value)
            } else if let Some((field, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
                (field, true, value)
            } else {
                return Err(SelectorError::Syntax(format!(
                    "invalid selector: '{text}'; can't understand '{part}'"
                )));
            };
            let field = stored_name(field.trim(), kind);
            if !selectable(&field, kind) {
                return Err(SelectorError::Field(field));
            }
            requirements.push((field, equal, value.trim().to_owned()));
        }
        Ok(FieldSelector(requirements))
    }

    /// Whether the object's fields satisfy it.
    pub fn matches(&self, object: &StoredObject) -> bool {
        self.0.iter().all(|(field, equal, value)| (field_of(object, field) == *value) == *equal)
    }
}

/// `events.k8s.io` calls `regarding` what the core calls `involvedObject`.
fn stored_name(field: &str, kind: &KindInfo) -> String {
    match field.strip_prefix("regarding.") {
        Some(rest) if kind.group == "events.k8s.io" => format!("involvedObject.{rest}"),
        _ => field.to_owned(),
    }
}

fn selectable(field: &str, kind: &KindInfo) -> bool {
    if let Some(custom) = &kind.custom
        && custom.selectable.iter().any(|path| path.strip_prefix('.') == Some(field))
    {
        return true;
    }
    match (kind.stored, field) {
        (_, "metadata.name" | "metadata.namespace") => true,
        (
            Kind::Pod,
            "spec.nodeName"
            | "spec.restartPolicy"
            | "spec.schedulerName"
            | "spec.serviceAccountName"
            | "spec.hostNetwork"
            | "status.phase"
            | "status.podIP"
            | "status.podIPs"
            | "status.nominatedNodeName",
        ) => true,
        (Kind::Node, "spec.unschedulable") | (Kind::Namespace, "status.phase") => true,
        (Kind::Event, "reason" | "type" | "source" | "reportingComponent") => true,
        (Kind::Event, field) => matches!(
            field.strip_prefix("involvedObject."),
            Some("kind" | "namespace" | "name" | "uid" | "apiVersion" | "resourceVersion" | "fieldPath")
        ),
        _ => false,
    }
}

fn field_of<'a>(object: &'a StoredObject, field: &str) -> std::borrow::Cow<'a, str> {
    match (field, &object.facts) {
        ("metadata.name", _) => (&*object.key.name).into(),
        ("metadata.namespace", _) => (&*object.key.namespace).into(),
        ("status.phase", Facts::Pod(pod)) => (&*pod.phase).into(),
        ("spec.nodeName", Facts::Pod(pod)) => (&*pod.node).into(),
        ("status.podIP" | "status.podIPs", Facts::Pod(pod)) => (&*pod.address).into(),
        ("spec.restartPolicy", Facts::Pod(pod)) => (&*pod.restart_policy).into(),
        ("spec.serviceAccountName", Facts::Pod(pod)) => (&*pod.service_account).into(),
        ("spec.hostNetwork", Facts::Pod(pod)) => pod.host_network.to_string().into(),
        ("spec.schedulerName", Facts::Pod(_)) => "default-scheduler".into(),
        (path, Facts::None) if object.kind.is_json() => json_field(&object.json(), path).into(),
        ("status.phase", Facts::None) => "Active".into(),
        (field, Facts::Fields(fields)) => fields
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, value)| &**value)
            .unwrap_or_default()
            .into(),
        _ => "".into(),
    }
}

/// The scalar under a path of names joined by dots, as text; empty where there is none.
fn json_field(object: &Value, path: &str) -> String {
    match path.split('.').try_fold(object, |value, name| value.get(name)) {
        Some(Value::String(text)) => text.clone(),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
        _ => String::new(),
    }
}
