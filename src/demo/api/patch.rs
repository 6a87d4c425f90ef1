//! Patches as requests: which kinds an object takes, and what a patched object may not have become.

use serde_json::{Value, json};

use super::error::ApiError;
use crate::demo::admission::Causes;
use crate::demo::patch::{self, PatchError, PatchKind, go_value};
use crate::demo::store::KindInfo;
use crate::demo::wire::Schema;

/// A patch of an object, as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct PatchRequest<'a> {
    /// Its kind.
    pub kind: PatchKind,
    /// Its text.
    pub body: &'a [u8],
}

impl PatchRequest<'_> {
    /// The object with the patch applied. `message` is that of what is patched: the object's own, or a scale's; empty where it has none.
    ///
    /// # Errors
    /// When the patch is malformed, doesn't fit, or would make another object of it.
    pub fn apply(self, schema: &Schema, message: &str, object: &Value) -> Result<Value, ApiError> {
        let mut patched = object.clone();
        match self.kind {
            PatchKind::Json => patch::apply_json_patch(&mut patched, self.body)?,
            PatchKind::Merge => patch::apply_merge_patch(&mut patched, self.body)?,
            PatchKind::Strategic => {
                patch::apply_strategic_patch(schema, schema.find(message).ok(), &mut patched, self.body)?;
                // The types were taken from the definition, not from the patch.
                for field in ["kind", "apiVersion"] {
                    patched[field] = object[field].clone();
                }
            }
            PatchKind::Apply => return Err(PatchError::Unsupported.into()),
        }
        check_type(object, &patched)?;
        check_identity(object, &patched)?;
        Ok(patched)
    }

    /// The patch as an error shows it: for a strategic one the patch itself, for the others what it has made of the object.
    pub fn shown(self, patched: &Value) -> String {
        match self.kind {
            PatchKind::Strategic => go_value(&serde_json::from_slice(self.body).unwrap_or_default()),
            _ => patched.to_string(),
        }
    }
}

fn check_type(object: &Value, patched: &Value) -> Result<(), ApiError> {
    if object["kind"] == patched["kind"] && object["apiVersion"] == patched["apiVersion"] {
        return Ok(());
    }
    let text = |field: &str| patched[field].as_str().unwrap_or_default();
    let cause = match (text("kind"), text("apiVersion")) {
        ("", _) => "Object 'Kind' is missing".to_owned(),
        (kind, version) => format!(
            "no kind {kind:?} is registered for version {version:?} in scheme \"pkg/runtime/scheme.go:111\""
        ),
    };
    Err(ApiError::invalid_patch(&patched.to_string(), &cause))
}

/// Refuses a patch that moves or renames the object.
fn check_identity(object: &Value, patched: &Value) -> Result<(), ApiError> {
    let text =
        |value: &Value, field: &str| value["metadata"][field].as_str().map(str::to_owned).unwrap_or_default();
    let (name, wanted) = (text(object, "name"), text(patched, "name"));
    let (namespace, moved) = (text(object, "namespace"), text(patched, "namespace"));
    if !moved.is_empty() && moved != namespace {
        return Err(ApiError::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    if wanted.is_empty() {
        return Err(ApiError::bad_request(format!(
            "the name of the object ({name} based on URL) was undeterminable: name must be provided"
        )));
    }
    if wanted != name {
        return Err(ApiError::bad_request(format!(
            "the name of the object ({wanted}) does not match the name on the URL ({name})"
        )));
    }
    Ok(())
}

/// Refuses a patch that gives the object another uid.
pub fn check_uid(kind: &KindInfo, name: &str, object: &Value, patched: &Value) -> Result<(), ApiError> {
    match patched["metadata"]["uid"].as_str() {
        Some(uid) if json!(uid) != object["metadata"]["uid"] && !uid.is_empty() => {
            let mut wrong = Causes::default();
            wrong.invalid_text("metadata.uid", uid, "field is immutable");
            Err(ApiError::invalid_fields(&kind.name, &kind.group, name, &wrong))
        }
        _ => Ok(()),
    }
}
