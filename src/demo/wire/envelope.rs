//! What goes around messages: the `k8s\0` envelope, frames of a watch, length-delimited fields.

use super::scan::{Raw, next_field};
use prost::encoding::{encode_varint, encoded_len_varint};

/// What every enveloped message starts with.
pub const MAGIC: &[u8; 4] = b"k8s\0";

/// What follows the raw message in an envelope: an empty content encoding and type, as the API server writes them.
pub const ENVELOPE_END: &[u8] = &[0x1a, 0, 0x22, 0];

/// The start of a length-delimited field: its key and the length that follows.
pub fn field_start(number: u32, length: usize, out: &mut Vec<u8>) {
    encode_varint(u64::from(number << 3 | 2), out);
    encode_varint(length as u64, out);
}

/// The size of a length-delimited field with its key, for a content of `length` bytes.
pub fn delimited(number: u32, length: usize) -> usize {
    encoded_len_varint(u64::from(number << 3 | 2)) + encoded_len_varint(length as u64) + length
}

/// The magic and the `runtime.Unknown` up to where its raw message of `raw_length` bytes starts.
pub fn envelope_start(api_version: &str, kind: &str, raw_length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    out.extend_from_slice(MAGIC);
    field_start(1, delimited(1, api_version.len()) + delimited(2, kind.len()), &mut out);
    field_start(1, api_version.len(), &mut out);
    out.extend_from_slice(api_version.as_bytes());
    field_start(2, kind.len(), &mut out);
    out.extend_from_slice(kind.as_bytes());
    field_start(2, raw_length, &mut out);
    out
}

/// One whole message in its envelope.
pub fn envelope(api_version: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
    let mut out = envelope_start(api_version, kind, raw.len());
    out.extend_from_slice(raw);
    out.extend_from_slice(ENVELOPE_END);
    out
}

/// The raw message in an envelope; `None` when it isn't one.
pub fn unwrap_envelope(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    while let Some((number, raw)) = next_field(&mut rest) {
        if let (2, Raw::Bytes(message)) = (number, raw) {
            return Some(message);
        }
    }
    None
}

/// One frame of a protobuf watch: the big-endian length, and a bare `WatchEvent` around the enveloped object.
pub fn watch_frame(event: &str, enveloped: &[u8]) -> Vec<u8> {
    let extension = delimited(1, enveloped.len());
    let length = delimited(1, event.len()) + delimited(2, extension);
    let mut out = Vec::with_capacity(length + 4);
    out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    field_start(1, event.len(), &mut out);
    out.extend_from_slice(event.as_bytes());
    field_start(2, extension, &mut out);
    field_start(1, enveloped.len(), &mut out);
    out.extend_from_slice(enveloped);
    out
}
