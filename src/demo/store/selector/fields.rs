//! Field selectors, and which fields a kind's objects can be selected by.

use std::borrow::Cow;

use serde_json::Value;

use super::SelectorError;
use crate::demo::store::facts::Facts;
use crate::demo::store::kinds::{Kind, KindInfo};
use crate::demo::store::object::StoredObject;

/// A field selector: all fields have to be equal, or different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSelector(Vec<(String, bool, String)>);

impl FieldSelector {
    /// Reads `status.phase!=Running,spec.nodeName=a` for a kind.
    ///
    /// # Errors
    /// When the text isn't a selector, or the kind's objects can't be selected by one of its fields.
    pub fn parse(text: &str, kind: &KindInfo) -> Result<Self, SelectorError> {
        let mut requirements = Vec::new();
        for part in split_unescaped(text).into_iter().filter(|part| !part.is_empty()) {
            let (field, equal, value) = split_operator(part).ok_or_else(|| {
                SelectorError(format!("invalid selector: '{text}'; can't understand '{part}'"))
            })?;
            let field = stored_name(field, kind);
            if !selectable(&field, kind) {
                return Err(SelectorError(refusal(&field, kind)));
            }
            requirements.push((field, equal, unescape(value)));
        }
        Ok(FieldSelector(requirements))
    }

    /// Whether the object's fields satisfy it.
    pub fn matches(&self, object: &StoredObject) -> bool {
        self.0.iter().all(|(field, equal, value)| (field_of(object, field) == *value) == *equal)
    }

    /// The one value that a field has to have, where the selector says so.
    pub fn exactly(&self, field: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, equal, _)| name == field && *equal);
        found.map(|(_, _, value)| value.as_str())
    }
}

/// The parts between commas that no backslash stands before.
fn split_unescaped(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (position, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                parts.push(&text[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn split_operator(part: &str) -> Option<(&str, bool, &str)> {
    let position = part.find(['=', '!'])?;
    let (field, rest) = part.split_at(position);
    if let Some(value) = rest.strip_prefix("!=") {
        return Some((field, false, value));
    }
    let value = rest.strip_prefix("==").or_else(|| rest.strip_prefix('='))?;
    Some((field, true, value))
}

fn unescape(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        plain.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    plain
}

/// The field's name among the facts: `events.k8s.io` has names of its own, and pods an old one.
fn stored_name(field: &str, kind: &KindInfo) -> String {
    if kind.stored == Kind::Pod && field == "spec.host" {
        return "spec.nodeName".to_owned();
    }
    if kind.group == "events.k8s.io" {
        if let Some(rest) = field.strip_prefix("regarding.") {
            return format!("involvedObject.{rest}");
        }
        if field == "reportingController" {
            return "reportingComponent".to_owned();
        }
    }
    field.to_owned()
}

/// The fields beside the name and the namespace.
fn own_fields(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Pod => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ],
        Kind::Node => &["spec.unschedulable"],
        Kind::Namespace => &["status.phase"],
        Kind::Secret => &["type"],
        Kind::Service => &["spec.clusterIP", "spec.type"],
        Kind::Job => &["status.successful"],
        Kind::Event => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "type",
            "source",
            "reportingComponent",
        ],
        _ => &[],
    }
}

fn selectable(field: &str, kind: &KindInfo) -> bool {
    let declared = kind.custom.iter().flat_map(|custom| &custom.selectable);
    match field {
        "metadata.name" => true,
        // Nodes and namespaces have none.
        "metadata.namespace" => !matches!(kind.stored, Kind::Node | Kind::Namespace),
        field => {
            own_fields(kind.stored).contains(&field)
                || declared.into_iter().any(|path| path.strip_prefix('.') == Some(field))
        }
    }
}

fn refusal(field: &str, kind: &KindInfo) -> String {
    match kind.stored {
        Kind::Job => format!("field label \"{field}\" not supported for Job"),
        Kind::Custom(_) => format!("field label not supported: {field}"),
        stored if own_fields(stored).is_empty() => {
            format!(
                "\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
            )
        }
        _ => format!("field label not supported: {field}"),
    }
}

fn field_of<'a>(object: &'a StoredObject, field: &str) -> Cow<'a, str> {
    match (field, &object.facts) {
        ("metadata.name", _) => (&*object.key.name).into(),
        ("metadata.namespace", _) => (&*object.key.namespace).into(),
        ("status.phase", Facts::Pod(pod)) => (&*pod.phase).into(),
        ("spec.nodeName", Facts::Pod(pod)) => (&*pod.node).into(),
        ("status.podIP" | "status.podIPs", Facts::Pod(pod)) => (&*pod.address).into(),
        ("spec.restartPolicy", Facts::Pod(pod)) => (&*pod.restart_policy).into(),
        ("spec.serviceAccountName", Facts::Pod(pod)) => (&*pod.service_account).into(),
        ("spec.schedulerName", Facts::Pod(pod)) => (&*pod.scheduler).into(),
        ("status.nominatedNodeName", Facts::Pod(pod)) => (&*pod.nominated_node).into(),
        ("spec.hostNetwork", Facts::Pod(pod)) => pod.host_network.to_string().into(),
        (path, Facts::None) if object.kind.is_json() => json_field(&object.json(), path).into(),
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
