//! What is wrong with an object, field by field, in the words of the API server.

use std::fmt::Write as _;

use serde_json::Value;

use crate::demo::custom::Violations;

/// One thing that is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Its machine-readable reason, such as `FieldValueInvalid`.
    pub reason: &'static str,
    /// What is wrong.
    pub message: String,
    /// The field's path.
    pub field: String,
}

/// Everything that is wrong with an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Causes(Vec<Cause>);

impl Causes {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The causes, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Cause> {
        self.0.iter()
    }

    /// All causes as one sentence; several are listed in brackets, and none twice.
    pub fn summary(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for cause in &self.0 {
            let part = format!("{}: {}", cause.field, cause.message);
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        match parts.as_slice() {
            [only] => only.clone(),
            parts => format!("[{}]", parts.join(", ")),
        }
    }

    /// What a schema says is wrong besides.
    pub fn extend(&mut self, violations: Violations) {
        let causes = violations.0.into_iter();
        self.0.extend(causes.map(|it| Cause { reason: it.reason, message: it.message, field: it.field }));
    }

    fn add(&mut self, reason: &'static str, field: impl Into<String>, message: String) {
        self.0.push(Cause { reason, message, field: field.into() });
    }

    /// The field has to be given.
    pub fn required(&mut self, field: impl Into<String>, detail: &str) {
        self.add("FieldValueRequired", field, with_detail("Required value".to_owned(), detail));
    }

    /// The field's value can't be right.
    pub fn invalid(&mut self, field: impl Into<String>, value: &Value, detail: &str) {
        self.add("FieldValueInvalid", field, with_detail(format!("Invalid value: {}", shown(value)), detail));
    }

    /// The text of a field can't be right.
    pub fn invalid_text(&mut self, field: impl Into<String>, value: &str, detail: &str) {
        self.add(
            "FieldValueInvalid",
            field,
            with_detail(format!("Invalid value: {}", quoted(value)), detail),
        );
    }

    /// The field has a value that isn't one of those that there are.
    pub fn unsupported(&mut self, field: impl Into<String>, value: &str, supported: &[&str]) {
        self.unsupported_value(field, &Value::from(value), supported);
    }

    /// The field has a value of any type that isn't one of those that there are.
    pub fn unsupported_value(&mut self, field: impl Into<String>, value: &Value, supported: &[&str]) {
        let supported: Vec<String> = supported.iter().map(|value| quoted(value)).collect();
        let detail = format!("supported values: {}", supported.join(", "));
        let message = with_detail(format!("Unsupported value: {}", shown(value)), &detail);
        self.add("FieldValueNotSupported", field, message);
    }

    /// The field may not be set, or not like this.
    pub fn forbidden(&mut self, field: impl Into<String>, detail: &str) {
        self.add("FieldValueForbidden", field, with_detail("Forbidden".to_owned(), detail));
    }

    /// Something else has this value already.
    pub fn duplicate(&mut self, field: impl Into<String>, value: &Value) {
        self.add("FieldValueDuplicate", field, format!("Duplicate value: {}", shown(value)));
    }

    /// The field names something that isn't there.
    pub fn not_found(&mut self, field: impl Into<String>, value: &str) {
        self.add("FieldValueNotFound", field, format!("Not found: {}", quoted(value)));
    }

    /// The field's text is longer than so many bytes.
    pub fn too_long(&mut self, field: impl Into<String>, most: usize) {
        self.add("FieldValueTooLong", field, format!("Too long: may not be more than {most} bytes"));
    }
}

fn with_detail(text: String, detail: &str) -> String {
    if detail.is_empty() { text } else { format!("{text}: {detail}") }
}

/// A value as errors show it: text in quotes, anything else as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// Text in double quotes, with what isn't printable escaped as Go does.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\x{:02x}", letter as u32);
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
