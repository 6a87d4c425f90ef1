//! How objects are deleted, by clients and by controllers alike: at once, gracefully, or when their last finalizer goes.

use std::sync::Arc;

use serde_json::{Value, json};

use super::document::{self, DocumentError};
use super::store::{Key, Kind, KindInfo, Store, StoredObject};
use super::wire::Schema;
use crate::platform::time::Instant;

/// The finalizer of an object whose dependents are to lose it as their owner first.
pub const ORPHAN: &str = "orphan";
/// The finalizer of an object whose dependents are to be deleted first.
pub const FOREGROUND: &str = "foregroundDeletion";

/// What becomes of the objects that the deleted one owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Propagation {
    /// They are deleted after it.
    Background,
    /// They are deleted before it.
    Foreground,
    /// They stay.
    Orphan,
}

/// How an object is to be deleted; what isn't said follows from the object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deletion {
    /// How long a pod has to end, in seconds.
    pub grace_seconds: Option<i64>,
    /// What becomes of its dependents.
    pub propagation: Option<Propagation>,
    /// Whether nothing is to be deleted in fact.
    pub dry: bool,
}

/// What a deletion came to.
#[derive(Debug)]
pub struct Deleted {
    /// The object's last state.
    pub object: Arc<StoredObject>,
    /// Whether it is gone already.
    pub gone: bool,
}

/// What a deletion does to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It goes at once.
    Now,
    /// It is marked, and goes later.
    Marked,
    /// It had been marked already, and nothing changes.
    Pending,
}

/// Deletes an object, or marks it; `None` where there is none.
///
/// # Errors
/// When it can't be read.
pub fn delete(
    store: &mut Store,
    schema: &Schema,
    kind: &KindInfo,
    key: &Key,
    deletion: Deletion,
    now: Instant,
) -> Result<Option<Deleted>, DocumentError> {
    let Some(stored) = store.get(kind.stored, key).cloned() else { return Ok(None) };
    let before = document::read(schema, kind, &stored)?;
    let mut object = before.clone();
    let outcome = deletion.mark(kind.stored, &mut object, now);
    let encoded = document::encode(schema, kind, &object)?;
    let deleted = match outcome {
        Outcome::Pending => Deleted { object: stored, gone: false },
        Outcome::Now if deletion.dry => Deleted { object: stored, gone: true },
        Outcome::Now => {
            let last = if object == before { stored } else { store.put_encoded(kind.stored, &encoded)? };
            Deleted { object: store.remove_kind(kind.stored, key).unwrap_or(last), gone: true }
        }
        Outcome::Marked if deletion.dry => {
            Deleted { object: Store::preview(kind.stored, &encoded, stored.version)?, gone: false }
        }
        Outcome::Marked if object == before => Deleted { object: stored, gone: false },
        Outcome::Marked => Deleted { object: store.put_encoded(kind.stored, &encoded)?, gone: false },
    };
    Ok(Some(deleted))
}

/// Stores a changed document, or removes the object where nothing holds it any more.
///
/// # Errors
/// When it doesn't fit its kind.
pub fn put_or_remove(
    store: &mut Store,
    schema: &Schema,
    kind: &KindInfo,
    key: &Key,
    object: &Value,
) -> Result<(), DocumentError> {
    if is_over(object) {
        store.remove_kind(kind.stored, key);
        return Ok(());
    }
    document::put(store, schema, kind, object).map(drop)
}

/// Whether an object is to be deleted, and nothing holds it any more.
pub fn is_over(object: &Value) -> bool {
    let metadata = &object["metadata"];
    let graceful = metadata["deletionGracePeriodSeconds"].as_i64().unwrap_or(0) > 0;
    !metadata["deletionTimestamp"].is_null() && !is_held(object) && !graceful
}

/// Whether finalizers hold an object, or its contents a namespace.
pub fn is_held(object: &Value) -> bool {
    let any = |list: &Value| list.as_array().is_some_and(|it| !it.is_empty());
    any(&object["metadata"]["finalizers"])
        || (object["kind"] == "Namespace" && any(&object["spec"]["finalizers"]))
}

impl Deletion {
    /// Marks an object as one that is to be deleted, where it doesn't go at once.
    fn mark(&self, kind: Kind, object: &mut Value, now: Instant) -> Outcome {
        if kind == Kind::Namespace {
            return terminate_namespace(object, now);
        }
        let graceful = if kind == Kind::Pod { self.mark_pod(object, now) } else { None };
        if graceful == Some(Outcome::Pending) {
            return Outcome::Pending;
        }
        if kind != Kind::Event {
            self.set_finalizers(object);
        }
        if graceful.is_some() {
            return Outcome::Marked;
        }
        if is_held(object) {
            set_deleted(object, now, 0);
            return Outcome::Marked;
        }
        Outcome::Now
    }

    /// A pod's graceful deletion; `None` where its kubelet has nothing to end any more.
    fn mark_pod(&self, pod: &mut Value, now: Instant) -> Option<Outcome> {
        let metadata = &pod["metadata"];
        if let Some(deleted) = metadata["deletionTimestamp"].as_str() {
            let period = metadata["deletionGracePeriodSeconds"].as_i64().unwrap_or(0);
            if period == 0 {
                return None;
            }
            let asked = self.grace_seconds.filter(|asked| *asked < period);
            let Some(asked) = asked else { return Some(Outcome::Pending) };
            let due = Instant::parse(deleted).unwrap_or(now).plus_millis((asked - period) * 1000).max(now);
            pod["metadata"]["deletionTimestamp"] = json!(due.rfc3339());
            pod["metadata"]["deletionGracePeriodSeconds"] = json!(asked);
            return (asked > 0).then_some(Outcome::Marked);
        }
        let finished = matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"));
        let bound = pod["spec"]["nodeName"].as_str().is_some_and(|node| !node.is_empty());
        let own = pod["spec"]["terminationGracePeriodSeconds"].as_i64().unwrap_or(0);
        let period = if finished || !bound { 0 } else { self.grace_seconds.unwrap_or(own).max(0) };
        set_deleted(pod, now, period);
        (period > 0).then_some(Outcome::Marked)
    }

    /// Sets the finalizers by which the garbage collector treats the object's dependents.
    fn set_finalizers(&self, object: &mut Value) {
        let finalizers: Vec<String> = object["metadata"]["finalizers"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        let has = |name: &str| finalizers.iter().any(|own| own == name);
        let wanted = match self.propagation {
            Some(Propagation::Orphan) => Some(ORPHAN),
            Some(Propagation::Foreground) => Some(FOREGROUND),
            Some(Propagation::Background) => None,
            None => [ORPHAN, FOREGROUND].into_iter().find(|name| has(name)),
        };
        let kept = finalizers.iter().map(String::as_str).filter(|name| ![ORPHAN, FOREGROUND].contains(name));
        let finalizers: Vec<&str> = kept.chain(wanted).collect();
        if !finalizers.is_empty() || !object["metadata"]["finalizers"].is_null() {
            object["metadata"]["finalizers"] = json!(finalizers);
        }
    }
}

/// Marks an object as deleted, to go after so many seconds; counts it as a change the first time.
fn set_deleted(object: &mut Value, now: Instant, grace_seconds: i64) {
    let metadata = &mut object["metadata"];
    if metadata["deletionTimestamp"].is_null() {
        if let Some(generation) = metadata["generation"].as_i64() {
            metadata["generation"] = json!(generation + 1);
        }
        metadata["deletionTimestamp"] = json!(now.plus_millis(grace_seconds * 1000).rfc3339());
    }
    metadata["deletionGracePeriodSeconds"] = json!(grace_seconds);
}

/// A namespace goes when its contents are gone, which its finalizer stands for.
fn terminate_namespace(namespace: &mut Value, now: Instant) -> Outcome {
    if !namespace["metadata"]["deletionTimestamp"].is_null() {
        return if is_held(namespace) { Outcome::Pending } else { Outcome::Now };
    }
    namespace["metadata"]["deletionTimestamp"] = json!(now.rfc3339());
    namespace["status"]["phase"] = json!("Terminating");
    Outcome::Marked
}
