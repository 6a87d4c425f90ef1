//! Kubernetes messages between JSON and protobuf, by the complete message definitions in `schema/`.
//!
//! Objects are kept as protobuf; JSON is made from it, and read into it, at the edge. So both
//! encodings always say the same.

mod empty;
mod envelope;
mod from_json;
mod rules;
mod scan;
mod schema;
mod to_json;

pub use envelope::{
    ENVELOPE_END, MAGIC, delimited, envelope, envelope_start, field_start, unwrap_envelope, watch_frame,
};
pub use rules::Sharing;
pub use scan::metadata_slice;
pub use schema::{Field, FieldKind, Label, MessageId, Schema};

use thiserror::Error;

/// Why a message could not be read or written.
#[derive(Debug, Error)]
pub enum WireError {
    /// The definitions themselves can't be read.
    #[error("message definition {0}")]
    Definition(String),
    /// The bytes aren't the protobuf message that they should be.
    #[error("malformed protobuf in {0}")]
    Malformed(&'static str),
    /// The JSON value is of another type than the field.
    #[error("json: cannot unmarshal {found} into field {field} of type {wanted}")]
    WrongType {
        /// What kind of JSON value was found.
        found: &'static str,
        /// The field's JSON name.
        field: String,
        /// The field's type.
        wanted: &'static str,
    },
}
