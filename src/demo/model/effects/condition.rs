//! What has to hold of the platform's own objects, so that the operation that fixes a thing really fixes it.

use base64::Engine as _;
use serde::Deserialize;
use serde_json::Value;

use super::objects::Objects;
use crate::demo::quantity;
use crate::platform::time::Instant;

/// The object that is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectName {
    /// Its kind, such as `Secret`, or the resource with its group, such as `certificates.cert-manager.io`.
    pub kind: String,
    /// Its namespace; empty for the cluster's own.
    #[serde(default)]
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// Something that holds of an object, or doesn't. An object that isn't there has no values: it is `present = false`, differs
/// from everything, lacks everything, and is neither below nor at least anything.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Condition {
    /// The object.
    pub object: ObjectName,
    /// Which of its values, as a JSON pointer such as `/spec/replicas`. A Secret's data is compared decoded.
    #[serde(default)]
    pub at: String,
    /// What of it.
    #[serde(flatten)]
    pub test: Test,
}

/// What is asked of an object or its value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// Whether the object, or the value, is there.
    Present(bool),
    /// Whether the object is still the one that was there when the effect began.
    Unreplaced(bool),
    /// The value is this.
    Is(String),
    /// The value isn't this.
    IsNot(String),
    /// The value has this in it.
    Contains(String),
    /// The value doesn't have this in it.
    Lacks(String),
    /// The value, a number or a quantity, is less.
    Below(String),
    /// The value, a number or a quantity, is as much or more.
    AtLeast(String),
}

impl Condition {
    /// Whether it holds of the objects, for something that began at `since`.
    pub fn holds(&self, objects: &mut Objects<'_>, since: Instant) -> bool {
        let object = objects.find(&self.object);
        if let Test::Unreplaced(wanted) = self.test {
            return object.is_some_and(|object| created(&object) <= since) == wanted;
        }
        let value = object.as_ref().and_then(|object| object.pointer(&self.at));
        let text = value.map(|value| self.text(value));
        let amount = || text.as_deref().and_then(quantity::thousandths);
        match &self.test {
            Test::Present(wanted) => value.is_some() == *wanted,
            Test::Unreplaced(_) => false,
            Test::Is(wanted) => text.as_ref() == Some(wanted),
            Test::IsNot(wanted) => text.as_ref() != Some(wanted),
            Test::Contains(part) => text.is_some_and(|text| text.contains(part)),
            Test::Lacks(part) => !text.is_some_and(|text| text.contains(part)),
            Test::Below(bound) => {
                amount().zip(quantity::thousandths(bound)).is_some_and(|(value, bound)| value < bound)
            }
            Test::AtLeast(bound) => {
                amount().zip(quantity::thousandths(bound)).is_some_and(|(value, bound)| value >= bound)
            }
        }
    }

    /// The condition in words, such as `Secret storage/cloud-credentials /data/cloud lacks "AKIA"`.
    pub fn words(&self) -> String {
        let ObjectName { kind, namespace, name } = &self.object;
        let place = if namespace.is_empty() { name.clone() } else { format!("{namespace}/{name}") };
        let at = if self.at.is_empty() { String::new() } else { format!(" {}", self.at) };
        let test = match &self.test {
            Test::Present(true) => "is there".to_owned(),
            Test::Present(false) => "is not there".to_owned(),
            Test::Unreplaced(true) => "has not been replaced".to_owned(),
            Test::Unreplaced(false) => "has been replaced".to_owned(),
            Test::Is(value) => format!("is {value:?}"),
            Test::IsNot(value) => format!("is not {value:?}"),
            Test::Contains(part) => format!("has {part:?} in it"),
            Test::Lacks(part) => format!("lacks {part:?}"),
            Test::Below(bound) => format!("is below {bound}"),
            Test::AtLeast(bound) => format!("is at least {bound}"),
        };
        format!("{kind} {place}{at} {test}")
    }

    fn text(&self, value: &Value) -> String {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if self.object.kind != "Secret" || !self.at.starts_with("/data/") {
            return text;
        }
        let decoded = base64::engine::general_purpose::STANDARD.decode(&text).ok();
        decoded.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text)
    }
}

fn created(object: &Value) -> Instant {
    let stamp = object.pointer("/metadata/creationTimestamp").and_then(Value::as_str);
    stamp.and_then(Instant::parse).unwrap_or_default()
}
