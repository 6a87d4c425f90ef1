//! Watches in both encodings.

use proptest::prelude::*;
use quarterdeck::clients::kubernetes::ApiError;
use quarterdeck::clients::kubernetes::wire::{Encoding, EventKind, Message, Pod, WatchDecoder, WireError};

use super::decoding::{cuts, events, portions};
use crate::support::fault_server::{status_json, status_protobuf};
use crate::support::protobuf::{enveloped, field, frame};

const WORDS: [(&str, Option<EventKind>); 6] = [
    ("ADDED", Some(EventKind::Added)),
    ("MODIFIED", Some(EventKind::Modified)),
    ("DELETED", Some(EventKind::Deleted)),
    ("BOOKMARK", Some(EventKind::Bookmark)),
    ("ERROR", Some(EventKind::Error)),
    ("SOMETHING-OF-LATER", None),
];

fn pod(name: &str) -> Vec<u8> {
    field(1, &field(1, name.as_bytes()))
}

proptest! {
    #[test]
    fn events_cut_anywhere_are_the_same(
        happened in prop::collection::vec((0..WORDS.len(), "[a-z{}\"\\\\\u{e4}]{0,40}"), 0..12),
        cuts in cuts(),
    ) {
        let (mut frames, mut lines) = (Vec::new(), Vec::new());
        let (mut from_frames, mut from_lines) = (Vec::new(), Vec::new());
        for (word, name) in &happened {
            let (word, kind) = WORDS[*word];
            let message = enveloped("Pod", &pod(name));
            frames.extend(frame(word, &message));
            let object = serde_json::json!({ "metadata": { "name": name } }).to_string();
            lines.extend(format!("{{\"type\":\"{word}\",\"object\":{object}}}\n").into_bytes());
            if let Some(kind) = kind {
                let bytes = if kind == EventKind::Error { message } else { pod(name) };
                from_frames.push((kind, bytes));
                from_lines.push((kind, object.into_bytes()));
            }
        }
        prop_assert_eq!(events(Encoding::Protobuf, portions(&frames, &cuts)).unwrap(), from_frames);
        prop_assert_eq!(events(Encoding::Json, portions(&lines, &cuts)).unwrap(), from_lines);
    }

    #[test]
    fn garbage_does_no_harm(bytes: Vec<u8>, cuts in cuts()) {
        for encoding in [Encoding::Protobuf, Encoding::Json] {
            let _ = events(encoding, portions(&bytes, &cuts));
        }
        // Within a frame of the right length it is no event.
        let framed = [u32::try_from(bytes.len()).unwrap().to_be_bytes().to_vec(), bytes].concat();
        if let Ok(events) = events(Encoding::Protobuf, portions(&framed, &cuts)) {
            prop_assert_eq!(events, []);
        }
    }
}

#[test]
fn an_error_says_what_it_is_in_both_encodings() {
    let gone = "too old resource version: 4 (7)";
    let protobuf = frame("ERROR", &status_protobuf(410, "Expired", gone));
    let json = format!("{{\"type\":\"ERROR\",\"object\":{}}}\n", status_json(410, "Expired", gone));
    for (encoding, bytes) in [(Encoding::Protobuf, protobuf), (Encoding::Json, json.into_bytes())] {
        let events = events(encoding, [bytes.as_slice()]).unwrap();
        let [(EventKind::Error, object)] = events.as_slice() else { panic!("{events:?}") };
        let error = ApiError::from_event("https://one", object);
        assert!(error.is_gone() && error.to_string().contains(gone), "{encoding:?}: {error}");
    }
}

#[test]
fn a_bookmark_carries_its_version() {
    let bytes = frame("BOOKMARK", &enveloped("Pod", &field(1, &field(6, b"4711"))));
    let events = events(Encoding::Protobuf, [bytes.as_slice()]).unwrap();
    let pod = Pod::read(Encoding::Protobuf, &events[0].1).unwrap();
    assert_eq!((events[0].0, pod.metadata.unwrap().resource_version.as_str()), (EventKind::Bookmark, "4711"));
}

#[test]
fn what_is_no_watch_is_garbage() {
    let too_long = 0x7fff_ffff_u32.to_be_bytes().to_vec();
    let bare_object = frame("ADDED", b"no envelope");
    for (encoding, bytes) in [
        (Encoding::Protobuf, too_long),
        (Encoding::Protobuf, bare_object),
        (Encoding::Protobuf, b"HTTP/1.1 502 Bad Gateway".to_vec()),
        (Encoding::Json, b"<html>\n".to_vec()),
        (Encoding::Json, b"{\"type\":\"ADDED\"}\n".to_vec()),
    ] {
        let found = events(encoding, [bytes.as_slice()]);
        assert!(matches!(found, Err(WireError::Garbage(_))), "{bytes:?}: {found:?}");
    }
}

#[test]
fn a_line_without_end_is_given_up() {
    let mut decoder = WatchDecoder::new(Encoding::Json);
    let portion = vec![b' '; 4 << 20];
    let refused = (0..17).find_map(|_| decoder.push(&portion, &mut |_| {}).err());
    assert!(matches!(refused, Some(WireError::Garbage(_))), "{refused:?}");
}
