//! A list, decoded as its bytes arrive.

use super::json_list::JsonList;
use super::protobuf_list::ProtobufList;
use super::{Encoding, WireError};

/// The metadata of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListMeta {
    /// Where a watch may go on from.
    pub resource_version: String,
    /// The token of the next page; empty at the end.
    pub continue_token: String,
}

/// Something whole in the bytes so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The bytes of one object, in the encoding of the list.
    Item(&'a [u8]),
}

/// Takes bytes in any portions, and hands on each object as soon as it is whole.
#[derive(Debug)]
pub struct ListDecoder(Decoder);

#[derive(Debug)]
enum Decoder {
    Protobuf(ProtobufList),
    Json(JsonList),
}

impl ListDecoder {
    /// A decoder at the start of an answer.
    pub fn new(encoding: Encoding) -> Self {
        ListDecoder(match encoding {
            Encoding::Protobuf => Decoder::Protobuf(ProtobufList::default()),
            Encoding::Json => Decoder::Json(JsonList::default()),
        })
    }

    /// Takes more bytes, and gives each whole object to `take`.
    ///
    /// # Errors
    /// [`WireError::Garbage`] when the bytes are no list.
    pub fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(Piece<'_>)) -> Result<(), WireError> {
        match &mut self.0 {
            Decoder::Protobuf(list) => list.push(bytes, take),
            Decoder::Json(list) => list.push(bytes, take),
        }
    }

    /// The metadata of the list, once it has ended.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when the list has not ended.
    pub fn finish(self) -> Result<ListMeta, WireError> {
        match self.0 {
            Decoder::Protobuf(list) => list.finish(),
            Decoder::Json(list) => list.finish(),
        }
    }
}
