//! The protobuf form of a list: `k8s\0`, a `runtime.Unknown`, and in its `raw` field the list.
//!
//! The list arrives with its items one after the other, so only the item at hand is kept.

use bytes::{Buf, BytesMut};
use prost::encoding::{WireType, decode_varint};

use super::list::{ListMeta, Piece};
use super::{LARGEST_OBJECT, MAGIC, WireError};

/// `runtime.Unknown.typeMeta`, and `runtime.TypeMeta.kind`.
const UNKNOWN_TYPE: u64 = 1;
const TYPE_KIND: u64 = 2;
/// `runtime.Unknown.raw`.
const UNKNOWN_RAW: u64 = 2;
/// `metadata` of every list.
const LIST_METADATA: u64 = 1;
/// `items` of every list.
const LIST_ITEMS: u64 = 2;
/// `metav1.ListMeta.resourceVersion`.
const META_RESOURCE_VERSION: u64 = 2;
/// `metav1.ListMeta.continue`.
const META_CONTINUE: u64 = 3;

#[derive(Debug, Default)]
pub(super) struct ProtobufList {
    buffer: BytesMut,
    stage: Stage,
    meta: ListMeta,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Stage {
    /// Before the magic.
    #[default]
    Start,
    /// Among the fields of `Unknown`.
    Envelope,
    /// Within the list, with so many bytes of it to come.
    List { left: u64 },
    /// Within the fields of `Unknown` behind the list.
    After,
}

impl ProtobufList {
    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(Piece<'_>)) -> Result<(), WireError> {
        self.buffer.extend_from_slice(bytes);
        while self.step(take)? {}
        Ok(())
    }

    /// Consumes one whole element; false when more bytes are needed.
    fn step(&mut self, take: &mut dyn FnMut(Piece<'_>)) -> Result<bool, WireError> {
        match self.stage {
            Stage::Start => {
                if self.buffer.len() < MAGIC.len() {
                    return Ok(false);
                }
                if self.buffer[..MAGIC.len()] != MAGIC[..] {
                    return Err(WireError::Garbage("no Kubernetes protobuf".to_owned()));
                }
                self.buffer.advance(MAGIC.len());
                self.stage = Stage::Envelope;
                Ok(true)
            }
            Stage::Envelope => {
                let Some(field) = field(&self.buffer)? else { return Ok(false) };
                if field.number == UNKNOWN_RAW && field.length.is_some() {
                    self.buffer.advance(field.header);
                    self.stage = Stage::List { left: field.length.unwrap_or_default() };
                    return Ok(true);
                }
                let whole = self.whole(&field)?;
                if let Some(bytes) = whole.filter(|_| field.number == UNKNOWN_TYPE) {
                    is_list(bytes)?;
                }
                Ok(self.consume(&field))
            }
            Stage::List { left: 0 } => {
                self.stage = Stage::After;
                Ok(true)
            }
            Stage::List { left } => self.list_field(left, take),
            Stage::After => {
                let Some(field) = field(&self.buffer)? else { return Ok(false) };
                self.whole(&field)?;
                Ok(self.consume(&field))
            }
        }
    }

    fn list_field(&mut self, left: u64, take: &mut dyn FnMut(Piece<'_>)) -> Result<bool, WireError> {
        let Some(field) = field(&self.buffer)? else { return Ok(false) };
        let size = field.size();
        if size > left {
            return Err(WireError::Garbage("a field is longer than its list".to_owned()));
        }
        let Some(value) = self.whole(&field)? else { return Ok(false) };
        match field.number {
            LIST_ITEMS | LIST_METADATA if field.length.is_none() => {
                return Err(WireError::Garbage("a list without messages in it".to_owned()));
            }
            LIST_ITEMS => take(Piece::Item(value)),
            LIST_METADATA => self.meta = list_meta(value)?,
            _ => {}
        }
        self.stage = Stage::List { left: left - size };
        Ok(self.consume(&field))
    }

    /// The value of the field at the start of the buffer, once it is there as a whole.
    fn whole(&self, field: &Field) -> Result<Option<&[u8]>, WireError> {
        let size = field.size();
        if size > LARGEST_OBJECT as u64 {
            return Err(WireError::Garbage("an object is too large".to_owned()));
        }
        Ok(self.buffer.get(field.header..size as usize))
    }

    /// Drops the field from the start of the buffer; false when it is not there as a whole yet.
    fn consume(&mut self, field: &Field) -> bool {
        let whole = field.size() <= self.buffer.len() as u64;
        if whole {
            self.buffer.advance(field.size() as usize);
        }
        whole
    }

    pub(super) fn finish(self) -> Result<ListMeta, WireError> {
        if self.stage == Stage::After && self.buffer.is_empty() || self.stage == (Stage::List { left: 0 }) {
            Ok(self.meta)
        } else {
            Err(WireError::Truncated)
        }
    }
}

/// Refuses the type of anything but a list: an object with other fields would look like one without items.
fn is_list(type_meta: &[u8]) -> Result<(), WireError> {
    let mut list = true;
    each_field(type_meta, |number, value| {
        if number == TYPE_KIND {
            list = value.ends_with(b"List");
        }
    })?;
    if list { Ok(()) } else { Err(WireError::Garbage("no list".to_owned())) }
}

fn list_meta(bytes: &[u8]) -> Result<ListMeta, WireError> {
    let mut meta = ListMeta::default();
    each_field(bytes, |number, value| match number {
        META_RESOURCE_VERSION => meta.resource_version = String::from_utf8_lossy(value).into_owned(),
        META_CONTINUE => meta.continue_token = String::from_utf8_lossy(value).into_owned(),
        _ => {}
    })?;
    Ok(meta)
}

/// The head of one field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) number: u64,
    /// Bytes of the key, and of the length where there is one.
    pub(super) header: usize,
    /// The length of a length-delimited field.
    pub(super) length: Option<u64>,
    /// Bytes of the value of any other field.
    scalar: usize,
}

impl Field {
    /// Bytes of the field as a whole.
    pub(super) fn size(&self) -> u64 {
        (self.header as u64).saturating_add(self.length.unwrap_or(self.scalar as u64))
    }
}

/// Reads the head of the field at the start of the bytes; none when it is not whole yet.
pub(super) fn field(bytes: &[u8]) -> Result<Option<Field>, WireError> {
    let garbage = |what: &str| WireError::Garbage(what.to_owned());
    let mut rest = bytes;
    let Some(key) = varint(&mut rest)? else { return Ok(None) };
    let kind = WireType::try_from(key & 7).map_err(|_| garbage("an unknown wire type"))?;
    let number = key >> 3;
    let mut field = Field { number, header: bytes.len() - rest.len(), length: None, scalar: 0 };
    match kind {
        WireType::Varint => {
            let before = rest.len();
            if varint(&mut rest)?.is_none() {
                return Ok(None);
            }
            field.scalar = before - rest.len();
        }
        WireType::ThirtyTwoBit => field.scalar = 4,
        WireType::SixtyFourBit => field.scalar = 8,
        WireType::LengthDelimited => {
            let Some(length) = varint(&mut rest)? else { return Ok(None) };
            field.header = bytes.len() - rest.len();
            field.length = Some(length);
        }
        WireType::StartGroup | WireType::EndGroup => return Err(garbage("a group")),
    }
    Ok(Some(field))
}

fn varint(bytes: &mut &[u8]) -> Result<Option<u64>, WireError> {
    let whole = bytes.iter().take(10).any(|byte| byte & 0x80 == 0);
    if !whole {
        return if bytes.len() < 10 {
            Ok(None)
        } else {
            Err(WireError::Garbage("an endless number".to_owned()))
        };
    }
    decode_varint(bytes).map(Some).map_err(|error| WireError::Garbage(error.to_string()))
}

/// Calls `take` with each length-delimited field of a whole message.
pub(super) fn each_field<'a>(
    mut bytes: &'a [u8],
    mut take: impl FnMut(u64, &'a [u8]),
) -> Result<(), WireError> {
    while !bytes.is_empty() {
        let cut = || WireError::Garbage("a field is longer than its message".to_owned());
        let head = field(bytes)?.ok_or_else(cut)?;
        let size = head.size();
        if size > bytes.len() as u64 {
            return Err(cut());
        }
        if head.length.is_some() {
            take(head.number, &bytes[head.header..size as usize]);
        }
        bytes = &bytes[size as usize..];
    }
    Ok(())
}
