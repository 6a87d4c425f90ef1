//! What all writes have in common: dry runs, and the answer with the object as it is then.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::WARNING;
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::json;

use super::accept::{Encoding, Shape};
use super::pipeline::Written;
use super::{Call, error::ApiError, scale};
use crate::demo::admission::{Causes, Part};
use crate::demo::store::StoredObject;

/// Whether nothing is to be stored; `options` is the kind of options that errors name.
///
/// # Errors
/// When the parameter says anything but `All`.
pub fn dry_run(call: &Call<'_>, options: &str) -> Result<bool, ApiError> {
    match call.query.get("dryRun") {
        None => Ok(false),
        Some("All") => Ok(true),
        Some(other) => {
            let mut wrong = Causes::default();
            wrong.unsupported_value("dryRun", &json!([other]), &["All"]);
            Err(ApiError::invalid_fields(options, "meta.k8s.io", "", &wrong))
        }
    }
}

/// The answer to a write of a part of an object.
pub fn answer(
    call: &Call<'_>,
    part: Part,
    code: StatusCode,
    written: &Written,
) -> Result<Response<Body>, ApiError> {
    let mut response = if part == Part::Scale {
        scale::get(call, &written.object)?
    } else {
        object(call, code, &written.object)?
    };
    for warning in &written.warnings {
        let text = warning.replace('\\', "\\\\").replace('"', "\\\"");
        if let Ok(value) = HeaderValue::from_str(&format!("299 - \"{text}\"")) {
            response.headers_mut().append(WARNING, value);
        }
    }
    Ok(response)
}

/// The answer with one object.
pub fn object(
    call: &Call<'_>,
    code: StatusCode,
    object: &Arc<StoredObject>,
) -> Result<Response<Body>, ApiError> {
    let mut writer = call.writer();
    if writer.format.shape == Shape::Discovery {
        writer.format.shape = Shape::Whole;
        writer.format.encoding = Encoding::Json;
    }
    Ok(call.reply(code, writer.object(object)?))
}
