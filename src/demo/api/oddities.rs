//! Fields of a body that its kind doesn't have, and fields that are there twice.

use serde_json::Value;

use super::patch::PatchRequest;
use super::{Call, body};
use crate::demo::admission::Part;
use crate::demo::fields::{Oddity, Reading, Shape, shape_of};
use crate::demo::patch::PatchKind;

/// What an operation of a JSON patch may have.
const OPERATION_FIELDS: [&str; 4] = ["op", "path", "from", "value"];

/// What is odd in an object that was sent whole.
pub fn of_object(call: &Call<'_>, part: Part, bytes: &[u8], content_type: &str) -> Vec<Oddity> {
    if body::is_protobuf(bytes, content_type) {
        return Vec::new();
    }
    read(bytes, shape(call, part))
}

/// What is odd in a patch, and in what it has made of the object.
pub fn of_patch(call: &Call<'_>, part: Part, patch: PatchRequest<'_>, patched: &Value) -> Vec<Oddity> {
    let mut found = match patch.kind {
        PatchKind::Json => in_operations(patch.body),
        _ => read(patch.body, None),
    };
    found.extend(read(patched.to_string().as_bytes(), shape(call, part)));
    found
}

fn read(text: &[u8], shape: Option<Shape<'_>>) -> Vec<Oddity> {
    Reading::json(text, shape).map(|reading| reading.oddities).unwrap_or_default()
}

fn in_operations(patch: &[u8]) -> Vec<Oddity> {
    let operations: Vec<Value> = serde_json::from_slice(patch).unwrap_or_default();
    let fields = operations.iter().enumerate().flat_map(|(position, operation)| {
        let keys = operation.as_object().into_iter().flat_map(|operation| operation.keys());
        keys.map(move |key| (position, key))
    });
    fields
        .filter(|(_, key)| !OPERATION_FIELDS.contains(&key.as_str()))
        .map(|(position, key)| Oddity::UnknownInPatch(format!("[{position}].{key}")))
        .collect()
}

fn shape<'a>(call: &Call<'a>, part: Part) -> Option<Shape<'a>> {
    let schema = &call.state.schema;
    match part {
        Part::Scale => Some(Shape::object(schema, schema.find("autoscaling.v1.Scale").ok()?)),
        _ => Some(shape_of(schema, &call.target.kind)),
    }
}
