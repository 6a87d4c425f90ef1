//! The JSON form of a list, cut into its items as it arrives.
//!
//! A scanner follows strings and nesting, without looking at what the values mean: the objects of the
//! `items` array of the outermost object are handed on whole, and the rest is kept as the envelope.

use bytes::{Buf, BytesMut};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::list::{ListMeta, Piece};
use super::primitives::nullable;
use super::{LARGEST_OBJECT, WireError};

#[derive(Debug, Default)]
pub(super) struct JsonList {
    /// Bytes of the item at hand; outside items, bytes of the envelope.
    buffer: BytesMut,
    /// The outermost object without its items.
    envelope: Vec<u8>,
    depth: u32,
    string: bool,
    escaped: bool,
    /// The latest string on the outermost level, which may be a key.
    key: Vec<u8>,
    within_items: bool,
    ended: bool,
}

impl JsonList {
    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(Piece<'_>)) -> Result<(), WireError> {
        let from = self.buffer.len();
        self.buffer.extend_from_slice(bytes);
        let mut position = from;
        let mut start = 0;
        while position < self.buffer.len() {
            let byte = self.buffer[position];
            position += 1;
            if self.ended {
                if byte.is_ascii_whitespace() {
                    continue;
                }
                return Err(WireError::Garbage("something follows the list".to_owned()));
            }
            if self.string {
                self.within_string(byte);
                continue;
            }
            match byte {
                byte if self.within_items && self.depth == 2 && !may_surround_items(byte) => {
                    return Err(WireError::Garbage("an item of the list is no object".to_owned()));
                }
                b'"' => {
                    self.string = true;
                    if self.depth == 1 {
                        self.key.clear();
                    }
                }
                b'{' | b'[' => {
                    if self.depth == 1 && byte == b'[' && self.key == b"items" {
                        self.envelope.extend_from_slice(&self.buffer[start..position]);
                        start = position;
                        self.within_items = true;
                    } else if self.within_items && self.depth == 2 {
                        start = position - 1;
                    }
                    self.depth += 1;
                }
                b'}' | b']' => {
                    self.depth = self
                        .depth
                        .checked_sub(1)
                        .ok_or_else(|| WireError::Garbage("no JSON list".to_owned()))?;
                    if self.within_items && self.depth == 2 {
                        take(Piece::Item(&self.buffer[start..position]));
                        start = position;
                    } else if self.within_items && self.depth == 1 {
                        self.within_items = false;
                        start = position - 1;
                    } else if self.depth == 0 {
                        self.envelope.extend_from_slice(&self.buffer[start..position]);
                        start = position;
                        self.ended = true;
                    }
                }
                byte if self.depth == 0 && !byte.is_ascii_whitespace() => {
                    return Err(WireError::Garbage("no JSON object".to_owned()));
                }
                _ => {}
            }
        }
        if !self.within_items && !self.ended {
            self.envelope.extend_from_slice(&self.buffer[start..]);
            start = self.buffer.len();
        } else if self.within_items && self.depth == 2 {
            start = self.buffer.len();
        }
        self.buffer.advance(start);
        if self.buffer.len() > LARGEST_OBJECT || self.envelope.len() > LARGEST_OBJECT {
            return Err(WireError::Garbage("an object is too large".to_owned()));
        }
        Ok(())
    }

    fn within_string(&mut self, byte: u8) {
        if self.escaped {
            self.escaped = false;
        } else if byte == b'\\' {
            self.escaped = true;
        } else if byte == b'"' {
            self.string = false;
            return;
        }
        if self.depth == 1 && self.key.len() < 64 {
            self.key.push(byte);
        }
    }

    pub(super) fn finish(self) -> Result<ListMeta, WireError> {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Envelope {
            kind: String,
            #[serde(deserialize_with = "nullable")]
            metadata: Metadata,
            #[serde(deserialize_with = "is_there")]
            items: bool,
        }
        #[derive(Deserialize, Default)]
        #[serde(default, rename_all = "camelCase")]
        struct Metadata {
            #[serde(deserialize_with = "nullable")]
            resource_version: String,
            #[serde(rename = "continue", deserialize_with = "nullable")]
            continue_token: String,
        }
        if !self.ended {
            return Err(WireError::Truncated);
        }
        let envelope: Envelope =
            serde_json::from_slice(&self.envelope).map_err(|error| WireError::Garbage(error.to_string()))?;
        if !envelope.items && !envelope.kind.ends_with("List") {
            return Err(WireError::Garbage("no list".to_owned()));
        }
        let Metadata { resource_version, continue_token } = envelope.metadata;
        Ok(ListMeta { resource_version, continue_token })
    }
}

/// Whether a byte may stand among the items of a list, outside of each.
fn may_surround_items(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'{' | b'}' | b']' | b',')
}

/// Notes that there is a list of items, be it null as Go writes an empty one.
fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Option::<Vec<IgnoredAny>>::deserialize(deserializer).map(|_| true)
}
