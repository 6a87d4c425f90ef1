//! Reads the bodies of requests: an object of a kind, as JSON or protobuf.

use serde_json::Value;

use super::error::ApiError;
use crate::demo::store::Kinds;
use crate::demo::wire::{MAGIC, Schema, unwrap_envelope};

/// How many bytes of a body that can't be read are shown.
const SHOWN: usize = 30;

/// Reads a body of this message, as JSON or protobuf.
///
/// # Errors
/// When it is neither.
pub fn read(schema: &Schema, message: &str, body: &[u8], content_type: &str) -> Result<Value, ApiError> {
    let unreadable =
        |error: serde_json::Error| ApiError::bad_request(format!("error decoding request body: {error}"));
    if is_protobuf(body, content_type) {
        let raw = unwrap_envelope(body)
            .ok_or_else(|| ApiError::bad_request("error decoding request body: not protobuf"))?;
        let mut json = Vec::new();
        schema.item_json(schema.find(message)?, raw, &mut json)?;
        return serde_json::from_slice(&json).map_err(unreadable);
    }
    serde_json::from_slice(body).map_err(unreadable)
}

/// Reads a body that has to be an object of this kind and version.
///
/// # Errors
/// When it can't be read, or is of another kind.
pub fn read_object(
    schema: &Schema,
    kinds: &Kinds,
    (api_version, kind, message): (&str, &str, &str),
    body: &[u8],
    content_type: &str,
) -> Result<Value, ApiError> {
    let media = content_type.split(';').next().unwrap_or_default().trim();
    if !is_protobuf(body, media) && !matches!(media, "" | "application/json" | "*/*") {
        return Err(ApiError::unsupported_body());
    }
    if is_protobuf(body, media) && message.is_empty() {
        return Err(ApiError::unsupported_body());
    }
    let object = match is_protobuf(body, media) {
        true => read(schema, message, body, content_type)?,
        false => serde_json::from_slice(body).map_err(|error| unrecognized(kind, body, &error))?,
    };
    if !object.is_object() {
        let error = "couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";
        return Err(unrecognized(kind, body, &error));
    }
    let own = |field: &str, default: &str| match object[field].as_str() {
        None | Some("") => default.to_owned(),
        Some(text) => text.to_owned(),
    };
    check_type(&own("apiVersion", api_version), &own("kind", kind), (api_version, kind), kinds)?;
    Ok(object)
}

/// Whether a body is protobuf, as its type says or as it starts.
pub fn is_protobuf(body: &[u8], content_type: &str) -> bool {
    body.starts_with(MAGIC) || content_type.starts_with("application/vnd.kubernetes.protobuf")
}

fn unrecognized(kind: &str, body: &[u8], error: &dyn std::fmt::Display) -> ApiError {
    let shown: String = body.iter().take(SHOWN).map(|byte| format!("{byte:02x}")).collect();
    let more = if body.len() > SHOWN { " ..." } else { "" };
    ApiError::bad_request(format!(
        "the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: {error} ({shown}{more})"
    ))
}

/// Refuses an object of another kind or version than the one that the path takes.
fn check_type(
    api_version: &str,
    kind: &str,
    (wanted_version, wanted): (&str, &str),
    kinds: &Kinds,
) -> Result<(), ApiError> {
    if (api_version, kind) == (wanted_version, wanted) {
        return Ok(());
    }
    let version = |text: &str| text.rsplit_once('/').map_or(text, |(_, version)| version).to_owned();
    let group = |text: &str| match text.split_once('/') {
        Some((group, _)) => group.split('.').next().unwrap_or_default().to_owned(),
        None => "core".to_owned(),
    };
    let known = kinds.find_kind(api_version, kind).is_some();
    let why = if known {
        format!(
            "converting ({}.{kind}) to ({}.{wanted}): unknown conversion",
            version(api_version),
            group(wanted_version)
        )
    } else {
        format!(
            "no kind \"{kind}\" is registered for version \"{api_version}\" in scheme \"pkg/runtime/scheme.go:111\""
        )
    };
    Err(ApiError::bad_request(format!(
        "{kind} in version \"{}\" cannot be handled as a {wanted}: {why}",
        version(api_version)
    )))
}
