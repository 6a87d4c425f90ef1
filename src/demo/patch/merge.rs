//! The merge patch, RFC 7386.

use serde_json::{Map, Value};

use super::{PatchError, decoding_error};

/// Applies the patch in a body.
pub fn apply(object: &mut Value, body: &[u8]) -> Result<(), PatchError> {
    let patch: Map<String, Value> = serde_json::from_slice(body).map_err(|_| {
        let cause = decoding_error(body, "map[string]interface {}");
        PatchError::Malformed(format!("error decoding patch: {cause}"))
    })?;
    json_patch::merge(object, &Value::Object(patch));
    Ok(())
}
