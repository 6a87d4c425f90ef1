//! Changing objects: replacing them, and patching them.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::Value;

use super::error::ApiError;
use super::options::WriteOptions;
use super::patch::{PatchRequest, check_uid};
use super::pipeline::{self, Ownership, Write};
use super::{Call, apply, body, encode, oddities, scale, views, write};
use crate::demo::admission::Part;
use crate::demo::patch::PatchKind;
use crate::demo::store::{Kind, KindInfo};
use crate::demo::wire::WireError;

/// Kinds whose objects a replacement creates where there are none.
const CREATED: [Kind; 8] = [
    Kind::Role,
    Kind::RoleBinding,
    Kind::ClusterRole,
    Kind::ClusterRoleBinding,
    Kind::Lease,
    Kind::LimitRange,
    Kind::Service,
    Kind::Endpoints,
];

/// Replaces an object, its status or its scale by what the body says.
///
/// # Errors
/// What the API server would refuse it for.
pub fn replace(call: &Call<'_>, bytes: &[u8], content_type: &str) -> Result<Response<Body>, ApiError> {
    let kind = &*call.target.kind;
    let part = part_of(call)?;
    let options = WriteOptions::of(call, "UpdateOptions")?;
    let wanted = body::read_object(
        &call.state.schema,
        &call.kinds(),
        expected(part, kind, &kind.api_version()),
        bytes,
        content_type,
    )?;
    let key = call.key();
    let odd = oddities::of_object(call, part, bytes, content_type);
    let odd = options.validation.of_object(&odd, expected(part, kind, "").1, &kind.version)?;
    check_identity(call, &wanted)?;
    let wanted = views::to_stored(kind, wanted);
    let mut store = call.state.store.lock();
    let before = store.get(kind.stored, &key).cloned();
    if before.is_none() && !(part == Part::Whole && CREATED.contains(&kind.stored)) {
        return Err(ApiError::not_found(kind, &key.name));
    }
    let code = if before.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    let write = Write { part, before, wanted, ownership: Ownership::Update, dry: options.dry };
    let mut written = pipeline::carry_out(call, &mut store, write)?;
    drop(store);
    written.warnings.splice(0..0, odd);
    write::answer(call, part, code, &written)
}

/// Patches an object, its status or its scale.
///
/// # Errors
/// What the API server would refuse it for.
pub fn patch(call: &Call<'_>, bytes: &[u8], content_type: &str) -> Result<Response<Body>, ApiError> {
    let kind = &*call.target.kind;
    let patch_kind = PatchKind::of(content_type, !matches!(kind.stored, Kind::Custom(_)))?;
    if patch_kind == PatchKind::Apply {
        return apply::apply(call, bytes);
    }
    let part = part_of(call)?;
    let options = WriteOptions::of(call, "PatchOptions")?;
    let key = call.key();
    let mut store = call.state.store.lock();
    let before = store.get(kind.stored, &key).cloned().ok_or_else(|| ApiError::not_found(kind, &key.name))?;
    let form = pipeline::form(&store, kind)?;
    let value = encode::value(&call.state.schema, &form, &before)?;
    let shown = if part == Part::Scale { scale::scale_of(&value) } else { views::from_stored(kind, value) };
    let patch = PatchRequest { kind: patch_kind, body: bytes };
    let (_, _, message) = expected(part, kind, "");
    let patched = patch.apply(&call.state.schema, message, &shown)?;
    check_uid(kind, &key.name, &shown, &patched)?;
    if let Ok(id) = call.state.schema.find(message) {
        let unfit = |error: WireError| ApiError::invalid_patch(&patch.shown(&patched), &error.to_string());
        call.state.schema.encode_json(id, &patched).map_err(unfit)?;
    }
    let odd = oddities::of_patch(call, part, patch, &patched);
    let odd = options.validation.of_patch(&odd, || patch.shown(&patched))?;
    let wanted = views::to_stored(kind, patched);
    let write = Write { part, before: Some(before), wanted, ownership: Ownership::Update, dry: options.dry };
    let mut written = pipeline::carry_out(call, &mut store, write)?;
    drop(store);
    written.warnings.splice(0..0, odd);
    write::answer(call, part, StatusCode::OK, &written)
}

/// The part that a request is about.
///
/// # Errors
/// When the kind has no such subresource.
pub fn part_of(call: &Call<'_>) -> Result<Part, ApiError> {
    Part::of(&call.target.kind, call.target.subresource.as_deref()).ok_or_else(ApiError::no_such_subresource)
}

/// The version, kind and message of a body for this part.
fn expected<'a>(part: Part, kind: &'a KindInfo, api_version: &'a str) -> (&'a str, &'a str, &'static str) {
    match part {
        Part::Scale => ("autoscaling/v1", "Scale", "autoscaling.v1.Scale"),
        _ => (api_version, &kind.name, kind.message),
    }
}

/// Refuses an object with another name or namespace than the path's.
///
/// # Errors
/// When it has.
pub fn check_identity(call: &Call<'_>, wanted: &Value) -> Result<(), ApiError> {
    let name = call.target.name.as_deref().unwrap_or_default();
    match wanted["metadata"]["name"].as_str() {
        None | Some("") => {
            return Err(ApiError::bad_request(format!(
                "the name of the object ({name} based on URL) was undeterminable: name must be provided"
            )));
        }
        Some(own) if own != name => {
            return Err(ApiError::bad_request(format!(
                "the name of the object ({own}) does not match the name on the URL ({name})"
            )));
        }
        Some(_) => {}
    }
    match wanted["metadata"]["namespace"].as_str() {
        Some(own) if !own.is_empty() && Some(own) != call.target.namespace.as_deref() => {
            Err(ApiError::other_namespace())
        }
        _ => Ok(()),
    }
}
