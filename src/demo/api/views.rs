//! Kinds that are served under two groups and kept as one: `events.k8s.io` shows the core's events.

use serde_json::Value;

use crate::demo::store::{Kind, KindInfo};

/// What `events.k8s.io/v1` calls the core's fields.
const EVENT_FIELDS: [(&str, &str); 8] = [
    ("regarding", "involvedObject"),
    ("note", "message"),
    ("reportingController", "reportingComponent"),
    ("deprecatedSource", "source"),
    ("deprecatedFirstTimestamp", "firstTimestamp"),
    ("deprecatedLastTimestamp", "lastTimestamp"),
    ("deprecatedCount", "count"),
    ("series", "series"),
];

/// An object of this kind as the store keeps it.
pub fn to_stored(kind: &KindInfo, mut object: Value) -> Value {
    if kind.stored == Kind::Event && !kind.group.is_empty() {
        rename(&mut object, EVENT_FIELDS.iter().copied());
    }
    object
}

/// A stored object as this kind shows it.
pub fn from_stored(kind: &KindInfo, mut object: Value) -> Value {
    if kind.stored == Kind::Event && !kind.group.is_empty() {
        rename(&mut object, EVENT_FIELDS.iter().map(|(new, old)| (*old, *new)));
    }
    object
}

fn rename<'a>(object: &mut Value, fields: impl Iterator<Item = (&'a str, &'a str)>) {
    let Some(object) = object.as_object_mut() else { return };
    for (from, to) in fields {
        if let Some(value) = object.remove(from) {
            object.insert(to.to_owned(), value);
        }
    }
}
