//! Reads the configuration that is applied: YAML, and JSON as the part of it that most clients send.

use serde_json::Value;
use serde_saphyr::options::DuplicateKeyPolicy;

use super::PatchError;
use crate::demo::fields::{Oddity, Reading};

/// A configuration, and which of its keys are there twice, in the server's words.
#[derive(Debug, Default, PartialEq)]
pub struct Configuration {
    /// The object.
    pub value: Value,
    /// Keys that are there twice.
    pub duplicates: Vec<String>,
}

impl Configuration {
    /// Reads it.
    ///
    /// # Errors
    /// When it is neither YAML nor JSON, or no object.
    pub fn read(text: &[u8]) -> Result<Self, PatchError> {
        let reading = match Reading::json(text, None) {
            Ok(reading) => reading,
            Err(_) => read_yaml(text)?,
        };
        if !reading.value.is_object() && !reading.value.is_null() {
            return Err(malformed("json: cannot unmarshal into Go value of type map[string]interface {}"));
        }
        let duplicates = reading.oddities.iter().filter_map(|oddity| match oddity {
            Oddity::Duplicate(path) => Some(already_set(text, path)),
            Oddity::Unknown(_) | Oddity::UnknownInPatch(_) => None,
        });
        let duplicates = duplicates.collect();
        Ok(Configuration { value: reading.value, duplicates })
    }
}

fn read_yaml(text: &[u8]) -> Result<Reading, PatchError> {
    // What is there twice is said by the reading itself.
    let options =
        serde_saphyr::options! { duplicate_keys: DuplicateKeyPolicy::PassThrough, with_snippet: false };
    serde_saphyr::with_deserializer_from_slice_with_options(text, options, |yaml| Reading::read(yaml, None))
        .map_err(|error| malformed(&format!("yaml: {error}")))
}

fn malformed(cause: &str) -> PatchError {
    PatchError::Malformed(format!("error decoding YAML: error converting YAML to JSON: {cause}"))
}

/// Names a key by the last line that has it, which is where it is there again.
fn already_set(text: &[u8], path: &str) -> String {
    let key = path.rsplit(['.', ']']).next().unwrap_or(path);
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().enumerate().filter(|(_, line)| line.contains(key));
    let line = lines.last().map_or(1, |(line, _)| line + 1);
    format!("line {line}: key {key:?} already set in map")
}
