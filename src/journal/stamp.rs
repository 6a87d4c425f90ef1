//! Instants as RFC 3339 text in the journal.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

use crate::platform::time::Instant;

pub(super) fn serialize<S: Serializer>(instant: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&instant.rfc3339())
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    let text = String::deserialize(deserializer)?;
    Instant::parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no RFC 3339 time")))
}
