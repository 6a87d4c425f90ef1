//! Events about objects, counted where they repeat, as the event recorder does.

use k8s_pb::api::core::v1::{Event, EventSource, ObjectReference};
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::objects::{text, time};
use super::random::{Random, fnv};
use super::store::{Key, Store, Stored};
use crate::platform::time::Instant;

/// What an event says.
#[derive(Debug, Clone)]
pub struct Saying<'a> {
    /// Whether it is a `Warning` rather than `Normal`.
    pub warning: bool,
    /// The reason, in one word.
    pub reason: &'a str,
    /// The message.
    pub message: &'a str,
    /// The component that reports it.
    pub reporter: &'a str,
}

/// How often something was seen, and when first and last.
#[derive(Debug, Clone, Copy)]
pub struct Sightings {
    /// How often.
    pub count: i32,
    /// First.
    pub first: Instant,
    /// Last.
    pub last: Instant,
}

/// The reference to an object.
pub fn about<T: Stored>(object: &T) -> ObjectReference {
    let kind = T::info();
    let empty = ObjectMeta::default();
    let metadata = object.metadata().unwrap_or(&empty);
    ObjectReference {
        kind: text(kind.name.clone()),
        namespace: metadata.namespace.clone(),
        name: metadata.name.clone(),
        uid: metadata.uid.clone(),
        api_version: text(kind.api_version()),
        resource_version: metadata.resource_version.clone(),
        field_path: None,
    }
}

/// Records what has been seen now, by a component on a node or on none; gives the event's key.
pub fn record(
    store: &mut Store,
    about: ObjectReference,
    saying: &Saying<'_>,
    host: &str,
    now: Instant,
) -> Key {
    record_from(store, about, saying, host, Sightings { count: 1, first: now, last: now })
}

/// Records what has been seen several times; gives the event's key.
pub fn record_sightings(
    store: &mut Store,
    about: ObjectReference,
    saying: &Saying<'_>,
    seen: Sightings,
) -> Key {
    record_from(store, about, saying, "", seen)
}

fn record_from(
    store: &mut Store,
    about: ObjectReference,
    saying: &Saying<'_>,
    host: &str,
    seen: Sightings,
) -> Key {
    let name = about.name.clone().unwrap_or_default();
    // What belongs to no namespace has its events in `default`.
    let namespace = about.namespace.clone().unwrap_or_else(|| "default".to_owned());
    let identity = format!("{:?}/{:?}/{}/{}", about.uid, about.field_path, saying.reason, saying.message);
    let hash = fnv(identity.as_bytes());
    let key = Key::new(&namespace, &format!("{name}.{hash:016x}"));
    let mut event = store.read::<Event>(&key).unwrap_or_else(|| Event {
        metadata: Some(ObjectMeta {
            name: text(&*key.name),
            namespace: text(namespace),
            uid: text(Random::new(hash).uid()),
            creation_timestamp: time(seen.first),
            ..ObjectMeta::default()
        }),
        involved_object: Some(about),
        reason: text(saying.reason),
        message: text(saying.message),
        source: Some(EventSource {
            component: text(saying.reporter),
            host: (!host.is_empty()).then(|| host.to_owned()),
        }),
        first_timestamp: time(seen.first),
        count: Some(0),
        r#type: text(if saying.warning { "Warning" } else { "Normal" }),
        reporting_component: text(saying.reporter),
        reporting_instance: text(host),
        ..Event::default()
    });
    event.count = Some(event.count.unwrap_or(0) + seen.count);
    event.last_timestamp = time(seen.last);
    store.put(&mut event);
    key
}
