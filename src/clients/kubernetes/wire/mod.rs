//! What Kubernetes puts on the wire, in the two encodings that the console reads.
//!
//! The messages declare only the fields in use; each derives its protobuf and its JSON form from one
//! struct. The framings are decoded as the bytes arrive, so that a list is shown while it downloads.

mod json_list;
mod list;
mod messages;
mod primitives;
mod protobuf_list;
mod watch;

pub use list::{ListDecoder, ListMeta, Piece};
pub use messages::*;
pub use primitives::{Quantity, Time};
pub use watch::{EventKind, WatchDecoder, WatchEvent};

use thiserror::Error;

/// The media type of protobuf lists and objects.
pub const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// What precedes every protobuf answer that is not a watch frame.
pub(crate) const MAGIC: &[u8; 4] = b"k8s\0";

/// No single object or frame is larger than this: etcd's own limit is 1.5 MiB by default.
pub(crate) const LARGEST_OBJECT: usize = 64 << 20;

/// How an answer is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/vnd.kubernetes.protobuf`.
    Protobuf,
    /// `application/json`.
    Json,
}

/// Why bytes could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// The bytes are no answer of Kubernetes in this encoding.
    #[error("the answer is not what a Kubernetes server sends: {0}")]
    Garbage(String),
    /// The answer ended in the middle.
    #[error("the answer ended in the middle")]
    Truncated,
    /// One object could not be read; the others can.
    #[error("an object could not be read: {0}")]
    BadObject(String),
}

/// A message that arrives in both encodings.
pub trait Message: prost::Message + serde::de::DeserializeOwned + Default {
    /// Decodes one object.
    ///
    /// # Errors
    /// [`WireError::BadObject`] with the decoder's reason.
    fn read(encoding: Encoding, bytes: &[u8]) -> Result<Self, WireError> {
        match encoding {
            Encoding::Protobuf => {
                Self::decode(bytes).map_err(|error| WireError::BadObject(error.to_string()))
            }
            Encoding::Json => {
                serde_json::from_slice(bytes).map_err(|error| WireError::BadObject(error.to_string()))
            }
        }
    }
}

impl<T: prost::Message + serde::de::DeserializeOwned + Default> Message for T {}
