//! Lists in both encodings: cut anywhere, ordered anyhow, half, or no lists at all.

use proptest::prelude::*;
use quarterdeck::clients::kubernetes::wire::{Encoding, ListDecoder, Message, Pod, WireError};
use serde_json::{Value, json};

use super::decoding::{cuts, items, portions};
use crate::support::protobuf::{enveloped, field, list};

const BOTH: [Encoding; 2] = [Encoding::Protobuf, Encoding::Json];

/// Texts that a scanner of JSON may stumble over.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::sample::select(vec!["items", "metadata", "{", "}]", "\\", "\"", "\\\"", "],\"items\":[{", ""])
            .prop_map(str::to_owned),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            object(inner).prop_map(Value::from),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = serde_json::Map<String, Value>> {
    prop::collection::vec((text(), inner), 0..4).prop_map(|pairs| pairs.into_iter().collect())
}

/// A list as JSON, its items first or last, written close or wide.
fn written(objects: &[Value], items_first: bool, wide: bool) -> String {
    let write = |value: &Value| {
        if wide { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) }.unwrap()
    };
    let meta = write(&json!({ "resourceVersion": "7", "continue": "next", "items": ["no item"] }));
    let items = write(&Value::from(objects.to_vec()));
    let head = r#""kind" : "PodList", "apiVersion":"v1""#;
    if items_first {
        format!("{{{head}, \"items\" : {items}, \"metadata\": {meta}}}\n")
    } else {
        format!("{{\"metadata\":{meta},\"items\":{items},{head}}}")
    }
}

proptest! {
    #[test]
    fn json_cut_anywhere_gives_the_same_items(
        objects in prop::collection::vec(object(value()).prop_map(Value::from), 0..6),
        items_first: bool,
        wide: bool,
        cuts in cuts(),
    ) {
        let text = written(&objects, items_first, wide);
        let (found, meta) = items(Encoding::Json, portions(text.as_bytes(), &cuts)).unwrap();
        let found: Vec<Value> = found.iter().map(|item| serde_json::from_slice(item).unwrap()).collect();
        prop_assert_eq!(found, objects);
        prop_assert_eq!((meta.resource_version.as_str(), meta.continue_token.as_str()), ("7", "next"));
    }

    #[test]
    fn json_that_ends_too_soon_is_truncated(
        objects in prop::collection::vec(object(value()).prop_map(Value::from), 0..4),
        items_first: bool,
        end: prop::sample::Index,
    ) {
        let text = written(&objects, items_first, false);
        let whole = text.trim_end().as_bytes();
        prop_assert_eq!(items(Encoding::Json, [&whole[..end.index(whole.len())]]), Err(WireError::Truncated));
    }

    #[test]
    fn garbage_is_no_list_and_does_no_harm(bytes: Vec<u8>, cuts in cuts()) {
        for encoding in BOTH {
            prop_assert!(items(encoding, portions(&bytes, &cuts)).is_err());
        }
    }

    #[test]
    fn garbage_within_a_list_does_no_harm(bytes: Vec<u8>, place: prop::sample::Index, cuts in cuts()) {
        let good = [
            (Encoding::Protobuf, list("PodList", "7", "", &[field(1, &field(1, b"a")), field(1, b"")])),
            (Encoding::Json, written(&[json!({ "a": ["b"] })], true, false).into_bytes()),
        ];
        for (encoding, mut list) in good {
            let place = place.index(list.len());
            list.splice(place..place, bytes.iter().copied());
            // It may pass for a list by chance; it must not panic.
            let _ = items(encoding, portions(&list, &cuts));
        }
    }
}

#[test]
fn a_list_without_items_is_a_list() {
    for text in [
        r#"{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":[]}"#,
        r#"{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":null}"#,
        r#"{"kind":"PodList","metadata":{"resourceVersion":"7"}}"#,
        r#"{"items":[ ],"metadata":{"resourceVersion":"7","continue":null}}"#,
    ] {
        let (found, meta) = items(Encoding::Json, [text.as_bytes()]).unwrap();
        assert_eq!((found.len(), meta.resource_version.as_str()), (0, "7"), "{text}");
    }
    let empty = list("PodList", "7", "", &[]);
    let (found, meta) = items(Encoding::Protobuf, [empty.as_slice()]).unwrap();
    assert_eq!((found.len(), meta.resource_version.as_str()), (0, "7"));
}

#[test]
fn what_is_no_list_does_not_pass_for_an_empty_one() {
    for text in [
        "{}",
        r#"{"kind":"Status","status":"Failure","code":500}"#,
        r#"{"kind":"Pod","metadata":{"resourceVersion":"7"}}"#,
        r#"{"items":{},"metadata":{}}"#,
        r#"{"items":[1,"two",null]}"#,
        r#"{"items":[[]]}"#,
        r#"{"items":[{}]} {"items":[]}"#,
        "[]",
        "<html>sign in</html>",
        "null",
    ] {
        let found = items(Encoding::Json, [text.as_bytes()]);
        assert!(matches!(found, Err(WireError::Garbage(_))), "{text}: {found:?}");
    }
    let status = enveloped("Status", &[field(2, b"Failure"), field(3, b"no")].concat());
    let number_for_items = enveloped("PodList", &[2 << 3, 1]);
    let group = enveloped("PodList", &[2 << 3 | 3]);
    for bytes in [status, number_for_items, group, b"{\"kind\":\"PodList\"}".to_vec()] {
        let found = items(Encoding::Protobuf, [bytes.as_slice()]);
        assert!(matches!(found, Err(WireError::Garbage(_))), "{bytes:?}: {found:?}");
    }
}

#[test]
fn protobuf_that_ends_too_soon_is_truncated() {
    let whole = list("PodList", "7", "next", &[field(1, &field(1, b"a")), field(1, &field(1, b"b"))]);
    // The two empty fields of the envelope that follow the list are four bytes.
    for end in 0..whole.len() - 4 {
        assert_eq!(items(Encoding::Protobuf, [&whole[..end]]), Err(WireError::Truncated), "{end}");
    }
}

#[test]
fn a_length_beyond_all_bounds_is_refused_at_once() {
    let lengths: [&[u8]; 3] = [
        &[0xff, 0xff, 0xff, 0xff, 0x0f],
        &[0xff; 10],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
    ];
    for length in lengths {
        let envelope = [b"k8s\0", &[1 << 3 | 2][..], length].concat();
        let item =
            [b"k8s\0", &[2 << 3 | 2][..], &[0xff, 0xff, 0xff, 0xff, 0x7f], &[2 << 3 | 2], length].concat();
        for bytes in [envelope, item] {
            let found = ListDecoder::new(Encoding::Protobuf).push(&bytes, &mut |_| {});
            assert!(matches!(found, Err(WireError::Garbage(_))), "{bytes:?}: {found:?}");
        }
    }
}

#[test]
fn an_object_without_end_is_given_up() {
    let mut decoder = ListDecoder::new(Encoding::Json);
    decoder.push(br#"{"items":[{"metadata":{"name":""#, &mut |_| {}).unwrap();
    let portion = vec![b'a'; 4 << 20];
    let refused = (0..17).find_map(|_| decoder.push(&portion, &mut |_| {}).err());
    assert!(matches!(refused, Some(WireError::Garbage(_))), "{refused:?}");
}

#[test]
fn an_object_with_nulls_for_empty_lists_is_read() {
    let text = br#"{"metadata":{"name":"web","labels":null,"ownerReferences":null,"creationTimestamp":null},
        "spec":{"containers":null,"initContainers":null,"nodeName":null},
        "status":{"phase":null,"conditions":null,"containerStatuses":null,"podIP":null}}"#;
    let pod = Pod::read(Encoding::Json, text).unwrap();
    assert_eq!(pod.metadata.unwrap().name, "web");
    assert!(pod.spec.unwrap().containers.is_empty());
    let nothing = Pod::read(Encoding::Json, br#"{"metadata":null,"spec":null,"status":null}"#).unwrap();
    assert_eq!(nothing, Pod::default());
}

#[test]
fn a_bad_object_is_told_apart() {
    for (encoding, bytes) in [
        (Encoding::Json, &br#"{"metadata":{"name":7}}"#[..]),
        (Encoding::Json, br#"{"metadata":{"creationTimestamp":"yesterday"}}"#),
        (Encoding::Protobuf, &[0x0a, 0x7f]),
        (Encoding::Protobuf, &[0x0a, 0x04, 0x0a, 0x02, 0xff, 0xfe]),
    ] {
        assert!(matches!(Pod::read(encoding, bytes), Err(WireError::BadObject(_))), "{bytes:?}");
    }
}
