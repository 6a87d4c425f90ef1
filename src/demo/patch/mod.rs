//! Patches of all kinds, as plain functions on JSON values.

mod configuration;
mod json;
mod merge;
mod strategic;

pub use configuration::Configuration;
pub use strategic::go_value;

use serde_json::Value;
use thiserror::Error;

use super::wire::{MessageId, Schema};

/// The most operations that a JSON patch may have.
const MOST_OPERATIONS: usize = 10_000;

/// The kinds of patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchKind {
    /// RFC 6902.
    Json,
    /// RFC 7386.
    Merge,
    /// Kubernetes' own, which merges lists by the keys of their items.
    Strategic,
    /// Server-side apply of a configuration in YAML.
    Apply,
}

/// Why a patch can't be applied.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PatchError {
    /// Its media type is none that a built-in kind takes.
    #[error("415: Unsupported Media Type")]
    Unsupported,
    /// Its media type is none of these, which custom kinds take.
    #[error("the body of the request was in an unknown format - accepted media types include: {0}")]
    UnsupportedByCustomKinds(String),
    /// It isn't a patch of its kind.
    #[error("{0}")]
    Malformed(String),
    /// It is a patch, but doesn't fit the object.
    #[error("{0}")]
    Unfit(String),
    /// It has more operations than are allowed.
    #[error("The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {0}")]
    TooMany(usize),
    /// It contradicts itself or the kind's definition in a way that the server has no better word for.
    #[error("{0}")]
    Contradiction(String),
}

impl PatchKind {
    /// Every kind, in the order in which the server lists them.
    const ALL: [PatchKind; 4] = [PatchKind::Json, PatchKind::Merge, PatchKind::Strategic, PatchKind::Apply];

    /// The kind by its media type. The strategic merge patch needs a kind with a definition that is built in.
    ///
    /// # Errors
    /// When it is none that the kind of object takes.
    pub fn of(content_type: &str, built_in: bool) -> Result<Self, PatchError> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let found = Self::accepted(built_in).find(|kind| kind.media_type() == media_type);
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::accepted(built_in).map(PatchKind::media_type).collect();
            if built_in {
                PatchError::Unsupported
            } else {
                PatchError::UnsupportedByCustomKinds(names.join(", "))
            }
        })
    }

    /// The kinds that built-in or custom kinds of objects take.
    pub fn accepted(built_in: bool) -> impl Iterator<Item = PatchKind> {
        Self::ALL.into_iter().filter(move |kind| built_in || *kind != PatchKind::Strategic)
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            PatchKind::Json => "application/json-patch+json",
            PatchKind::Merge => "application/merge-patch+json",
            PatchKind::Strategic => "application/strategic-merge-patch+json",
            PatchKind::Apply => "application/apply-patch+yaml",
        }
    }
}

/// Applies a JSON patch to an object, which may be half changed where it fails.
///
/// # Errors
/// When it is malformed, or one of its operations fails.
pub fn apply_json_patch(object: &mut Value, body: &[u8]) -> Result<(), PatchError> {
    json::apply(object, body)
}

/// Applies a merge patch to an object.
///
/// # Errors
/// When it isn't a JSON object.
pub fn apply_merge_patch(object: &mut Value, body: &[u8]) -> Result<(), PatchError> {
    merge::apply(object, body)
}

/// Applies a strategic merge patch to an object of this message; without one, every list is replaced.
///
/// # Errors
/// When it is malformed, or contradicts the definition of the message.
pub fn apply_strategic_patch(
    schema: &Schema,
    message: Option<MessageId>,
    object: &mut Value,
    body: &[u8],
) -> Result<(), PatchError> {
    strategic::apply(schema, message, object, body)
}

/// What Go's decoder says of JSON that it can't read into a value of this type.
fn decoding_error(body: &[u8], wanted: &str) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => format!("json: cannot unmarshal {} into Go value of type {wanted}", go_kind(&value)),
        Err(error) if error.is_eof() => "unexpected end of JSON input".to_owned(),
        Err(error) => {
            let line = body.split(|byte| *byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or(body);
            let found = line.get(error.column().saturating_sub(1)).copied().map_or('?', char::from);
            format!("invalid character '{found}' looking for beginning of value")
        }
    }
}

fn go_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
