//! From the bytes of objects and events to rows.

use super::rows::Intake;
use super::sink::Sink;
use crate::clients::kubernetes::wire::{Encoding, EventKind, Message, WatchEvent};
use crate::picture::model::RowChange;
use crate::platform::object::Uid;

/// How far the events of one portion of bytes led.
#[derive(Default)]
pub(super) struct Position {
    pub(super) version: Option<String>,
    pub(super) bookmark: bool,
    pub(super) error: Option<Vec<u8>>,
}

/// Takes one object of a list.
pub(super) fn take_object<K: Intake>(sink: &mut Sink<K>, encoding: Encoding, object: &[u8]) {
    match K::Message::read(encoding, object) {
        Ok(message) => sink.put(message),
        Err(error) => sink.unreadable(error.to_string()),
    }
}

/// Takes one event of a watch, and notes how far it led.
pub(super) fn take_event<K: Intake>(
    sink: &mut Sink<K>,
    encoding: Encoding,
    event: WatchEvent<'_>,
    position: &mut Position,
) {
    if position.error.is_some() {
        return;
    }
    if event.kind == EventKind::Error {
        position.error = Some(event.object.to_vec());
        return;
    }
    let message = match K::Message::read(encoding, event.object) {
        Ok(message) => message,
        Err(error) => return sink.unreadable(error.to_string()),
    };
    let (version, uid) = K::identity(&message);
    if !version.is_empty() {
        position.version = Some(version.to_owned());
    }
    match event.kind {
        EventKind::Bookmark => position.bookmark = true,
        EventKind::Deleted => sink.change(RowChange::Remove(Uid::parse(uid))),
        _ => sink.put(message),
    }
}
