//! The JSON patch, RFC 6902, as the API server's library reads it.

use json_patch::PatchOperation;
use serde_json::Value;

use super::{MOST_OPERATIONS, PatchError, decoding_error};

/// Applies the patch in a body. The object may be half changed where it fails.
pub fn apply(object: &mut Value, body: &[u8]) -> Result<(), PatchError> {
    let operations: Vec<Value> = serde_json::from_slice(body).map_err(|_| malformed(body))?;
    if operations.iter().any(|operation| !operation.is_object()) {
        return Err(malformed(body));
    }
    if operations.len() > MOST_OPERATIONS {
        return Err(PatchError::TooMany(operations.len()));
    }
    operations.iter().try_for_each(|operation| apply_one(object, operation))
}

fn malformed(body: &[u8]) -> PatchError {
    let cause = decoding_error(body, "[]handlers.jsonPatchOp");
    PatchError::Malformed(format!("error decoding patch: {cause}"))
}

fn apply_one(object: &mut Value, operation: &Value) -> Result<(), PatchError> {
    let text = |key: &str| operation.get(key).and_then(Value::as_str).unwrap_or_default();
    // The library takes a test for null as passed where there is nothing.
    if text("op") == "test" && operation.get("value").is_none_or(Value::is_null) {
        return match object.pointer(text("path")) {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(unfit(format!("testing value {} failed", text("path")))),
        };
    }
    let mut operation = operation.clone();
    for key in ["path", "from"] {
        if let Some(path) = operation.get(key).and_then(Value::as_str) {
            operation[key] = Value::String(from_the_end(object, path));
        }
    }
    let operation: PatchOperation =
        serde_json::from_value(operation).map_err(|_| unfit(format!("Unexpected kind: {}", text("op"))))?;
    json_patch::patch(object, &[operation]).map_err(|error| unfit(error.to_string()))
}

/// A path in which negative indices, which count from the end of a list, are replaced.
fn from_the_end(object: &Value, path: &str) -> String {
    let mut done = String::new();
    for segment in path.split('/').skip(1) {
        let length = object.pointer(&done).and_then(Value::as_array).map(Vec::len);
        let counted = segment.strip_prefix('-').and_then(|count| count.parse::<usize>().ok());
        done.push('/');
        match (length, counted) {
            (Some(length), Some(count)) if count > 0 && count <= length => {
                done.push_str(&(length - count).to_string());
            }
            _ => done.push_str(segment),
        }
    }
    if path.is_empty() { path.to_owned() } else { done }
}

fn unfit(cause: String) -> PatchError {
    PatchError::Unfit(cause)
}
