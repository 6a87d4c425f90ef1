//! A watch, decoded frame by frame.
//!
//! Protobuf: four bytes of length, big-endian, and a bare `metav1.WatchEvent`, whose object is again
//! `k8s\0` and a `runtime.Unknown`. JSON: one event a line.

use bytes::{Buf, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::protobuf_list::each_field;
use super::{Encoding, LARGEST_OBJECT, MAGIC, WireError};

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// It is there.
    Added,
    /// It changed.
    Modified,
    /// It is gone.
    Deleted,
    /// Nothing happened up to a resource version.
    Bookmark,
    /// The watch can't go on; the object is a `Status`.
    Error,
}

/// One event, with its object in the encoding of the watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchEvent<'a> {
    /// What happened.
    pub kind: EventKind,
    /// The object, without the envelope of the protobuf encoding; the `Status` of an error keeps its envelope, which
    /// tells that it is one.
    pub object: &'a [u8],
}

/// Takes bytes in any portions, and hands on each event as soon as it is whole.
#[derive(Debug)]
pub struct WatchDecoder {
    encoding: Encoding,
    buffer: BytesMut,
    /// Bytes in which no line ends.
    searched: usize,
}

impl WatchDecoder {
    /// A decoder at the start of an answer.
    pub fn new(encoding: Encoding) -> Self {
        WatchDecoder { encoding, buffer: BytesMut::new(), searched: 0 }
    }

    /// Takes more bytes, and gives each whole event to `take`; events of kinds that are not known are passed over.
    ///
    /// # Errors
    /// [`WireError::Garbage`] when the bytes are no watch.
    pub fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(WatchEvent<'_>)) -> Result<(), WireError> {
        self.buffer.extend_from_slice(bytes);
        match self.encoding {
            Encoding::Protobuf => self.frames(take),
            Encoding::Json => self.lines(take),
        }
    }

    fn frames(&mut self, take: &mut dyn FnMut(WatchEvent<'_>)) -> Result<(), WireError> {
        while let Some(head) = self.buffer.first_chunk::<4>() {
            let length = u32::from_be_bytes(*head) as usize;
            if length > LARGEST_OBJECT {
                return Err(WireError::Garbage("a frame is too large".to_owned()));
            }
            if self.buffer.len() < 4 + length {
                break;
            }
            protobuf_event(&self.buffer[4..4 + length], take)?;
            self.buffer.advance(4 + length);
        }
        Ok(())
    }

    fn lines(&mut self, take: &mut dyn FnMut(WatchEvent<'_>)) -> Result<(), WireError> {
        while let Some(end) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') {
            let end = self.searched + end;
            let line = &self.buffer[..end];
            if !line.trim_ascii().is_empty() {
                json_event(line, take)?;
            }
            self.buffer.advance(end + 1);
            self.searched = 0;
        }
        self.searched = self.buffer.len();
        if self.searched > LARGEST_OBJECT {
            return Err(WireError::Garbage("a line is too long".to_owned()));
        }
        Ok(())
    }
}

fn kind(word: &[u8]) -> Option<EventKind> {
    Some(match word {
        b"ADDED" => EventKind::Added,
        b"MODIFIED" => EventKind::Modified,
        b"DELETED" => EventKind::Deleted,
        b"BOOKMARK" => EventKind::Bookmark,
        b"ERROR" => EventKind::Error,
        _ => return None,
    })
}

fn protobuf_event(frame: &[u8], take: &mut dyn FnMut(WatchEvent<'_>)) -> Result<(), WireError> {
    /// `metav1.WatchEvent.type` and `.object`, `runtime.RawExtension.raw`, `runtime.Unknown.raw`.
    const TYPE: u64 = 1;
    const OBJECT: u64 = 2;
    const EXTENSION_RAW: u64 = 1;
    const UNKNOWN_RAW: u64 = 2;
    let (mut word, mut extension) = (None, None);
    each_field(frame, |number, range| match number {
        TYPE => word = Some(range),
        OBJECT => extension = Some(range),
        _ => {}
    })?;
    let Some(kind) = word.and_then(kind) else { return Ok(()) };
    let mut object = None;
    each_field(extension.unwrap_or_default(), |number, value| {
        if number == EXTENSION_RAW {
            object = Some(value);
        }
    })?;
    let object = object.unwrap_or_default();
    let object = match object.strip_prefix(MAGIC) {
        Some(_) if kind == EventKind::Error => object,
        Some(unknown) => {
            let mut raw = None;
            each_field(unknown, |number, value| {
                if number == UNKNOWN_RAW {
                    raw = Some(value);
                }
            })?;
            raw.unwrap_or_default()
        }
        None => return Err(WireError::Garbage("an event's object is no Kubernetes protobuf".to_owned())),
    };
    take(WatchEvent { kind, object });
    Ok(())
}

fn json_event(line: &[u8], take: &mut dyn FnMut(WatchEvent<'_>)) -> Result<(), WireError> {
    #[derive(Deserialize)]
    struct Line<'a> {
        #[serde(rename = "type")]
        kind: &'a str,
        #[serde(borrow)]
        object: &'a RawValue,
    }
    let line: Line<'_> =
        serde_json::from_slice(line).map_err(|error| WireError::Garbage(error.to_string()))?;
    if let Some(kind) = kind(line.kind.as_bytes()) {
        take(WatchEvent { kind, object: line.object.get().as_bytes() });
    }
    Ok(())
}
