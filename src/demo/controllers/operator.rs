//! What the platform's operators have in common: they work on custom objects, and only while a pod of theirs is ready.

use std::sync::Arc;

use k8s_pb::api::core::v1::ObjectReference;
use serde_json::{Value, json};

use crate::demo::store::{Facts, Key, Kind, Store};
use crate::platform::time::Instant;

/// How long an operator that doesn't run is waited for before its work is looked at again, in milliseconds.
pub(super) const WAIT: i64 = 15_000;

/// Whether a pod of the workload is ready.
pub(super) fn runs(store: &Store, namespace: &str, workload: &str) -> bool {
    store.list(Kind::Pod, Some(namespace), None).any(|pod| {
        pod.label("app.kubernetes.io/name") == Some(workload)
            && matches!(&pod.facts, Facts::Pod(facts) if facts.ready())
    })
}

/// A custom object, where its kind is served and it is there.
pub(super) fn read(store: &Store, (group, plural): (&str, &str), key: &Key) -> Option<(Kind, Value)> {
    let kind = store.kinds().custom(group, plural)?;
    Some((kind, store.get(kind, key)?.json()))
}

/// Writes a custom object where it has changed.
pub(super) fn write(store: &mut Store, kind: Kind, mut object: Value, before: &Value) {
    if object != *before {
        store.put_json(kind, &mut object);
    }
}

/// A new custom object.
pub fn make(
    store: &mut Store,
    (group, plural): (&str, &str),
    metadata: Value,
    fill: impl FnOnce(&mut Value),
) {
    let kinds = Arc::clone(store.kinds());
    let Some(kind) = kinds.custom(group, plural) else { return };
    let Some(info) = kinds.of(kind) else { return };
    let mut object = json!({"apiVersion": info.api_version(), "kind": info.name, "metadata": metadata});
    fill(&mut object);
    store.put_json(kind, &mut object);
}

/// The reference to a custom object, for events about it.
pub(super) fn about(object: &Value) -> ObjectReference {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    ObjectReference {
        kind: text("/kind"),
        namespace: text("/metadata/namespace"),
        name: text("/metadata/name"),
        uid: text("/metadata/uid"),
        api_version: text("/apiVersion"),
        resource_version: text("/metadata/resourceVersion"),
        field_path: None,
    }
}

/// The reference of an owner that controls a custom object.
pub(super) fn owner(object: &Value) -> Value {
    json!({
        "apiVersion": object["apiVersion"],
        "kind": object["kind"],
        "name": object["metadata"]["name"],
        "uid": object["metadata"]["uid"],
        "controller": true,
        "blockOwnerDeletion": true,
    })
}

/// An instant in a field of an object.
pub(super) fn instant(object: &Value, pointer: &str) -> Option<Instant> {
    object.pointer(pointer).and_then(Value::as_str).and_then(Instant::parse)
}

/// The condition of a type, where the object has one.
pub(super) fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    object["status"]["conditions"].as_array()?.iter().find(|it| it["type"] == kind)
}

/// Sets a condition; the time of its transition moves only when its status does.
pub(super) fn set_condition(
    object: &mut Value,
    (kind, holds): (&str, bool),
    (reason, message): (&str, &str),
    now: Instant,
) {
    let status = if holds { "True" } else { "False" };
    let generation = object["metadata"]["generation"].clone();
    if !object["status"]["conditions"].is_array() {
        object["status"]["conditions"] = json!([]);
    }
    let Some(conditions) = object["status"]["conditions"].as_array_mut() else { return };
    let position = conditions.iter().position(|it| it["type"] == kind);
    let since = position
        .and_then(|position| conditions.get(position))
        .filter(|it| it["status"] == status)
        .map_or_else(|| json!(now.rfc3339()), |it| it["lastTransitionTime"].clone());
    let next = json!({
        "type": kind,
        "status": status,
        "observedGeneration": generation,
        "reason": reason,
        "message": message,
        "lastTransitionTime": since,
    });
    match position {
        Some(position) => conditions[position] = next,
        None => conditions.push(next),
    }
}
