//! Deleting objects: one, or all that are selected; at once, gracefully, or when their last finalizer goes.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use super::encode::{self, Made};
use super::error::ApiError;
use super::read::Selection;
use super::{Call, body, pipeline, write};
use crate::demo::admission::{Causes, PERMANENT_NAMESPACES, Refusal};
use crate::demo::store::{Key, Kind, KindInfo, Store, StoredObject};
use crate::platform::time::Instant;

/// Kinds whose deletion is answered with the object even where it is gone at once.
const ANSWERED: [Kind; 8] = [
    Kind::Pod,
    Kind::Service,
    Kind::ServiceAccount,
    Kind::PersistentVolumeClaim,
    Kind::PersistentVolume,
    Kind::ResourceQuota,
    Kind::StorageClass,
    Kind::Namespace,
];

/// What becomes of the objects that the deleted one owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Propagation {
    /// They are deleted after it.
    Background,
    /// They are deleted before it.
    Foreground,
    /// They stay.
    Orphan,
}

/// How something is to be deleted.
#[derive(Debug, Clone, Default)]
pub struct DeleteOptions {
    grace_seconds: Option<i64>,
    propagation: Option<Propagation>,
    uid: Option<String>,
    version: Option<String>,
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

/// Deletes the object that the path names.
///
/// # Errors
/// What the API server would refuse it for.
pub fn delete(call: &Call<'_>, bytes: &[u8], content_type: &str) -> Result<Response<Body>, ApiError> {
    let kind = &*call.target.kind;
    if call.target.subresource.is_some() {
        return Err(ApiError::method_not_allowed());
    }
    let options = DeleteOptions::of(call, bytes, content_type)?;
    let mut store = call.state.store.lock();
    let deleted = delete_one(call, &mut store, &call.key(), &options)?;
    drop(store);
    if !deleted.gone || ANSWERED.contains(&kind.stored) {
        return write::object(call, StatusCode::OK, &deleted.object);
    }
    let status = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": details(kind, &deleted.object),
    });
    let made = Made { value: status, message: Some("meta.v1.Status") };
    made.respond(&call.state.schema, call.format.encoding, StatusCode::OK)
}

/// Deletes all objects that the request selects, and answers with them.
///
/// # Errors
/// What the API server would refuse it for.
pub fn delete_collection(
    call: &Call<'_>,
    bytes: &[u8],
    content_type: &str,
) -> Result<Response<Body>, ApiError> {
    let options = DeleteOptions::of(call, bytes, content_type)?;
    let selection = Selection::of(call)?;
    let kind = call.target.kind.stored;
    let mut store = call.state.store.lock();
    let keys: Vec<Key> = store
        .list(kind, selection.namespace.as_deref(), None)
        .filter(|object| selection.has(object))
        .map(|object| object.key.clone())
        .collect();
    let mut deleted = Vec::with_capacity(keys.len());
    for key in &keys {
        deleted.push(delete_one(call, &mut store, key, &options)?.object);
    }
    let version = store.version();
    drop(store);
    super::read::respond_list(call, &deleted, version)
}

/// Deletes one object.
///
/// # Errors
/// When it isn't there, isn't the one that is meant, or may not be deleted.
pub fn delete_one(
    call: &Call<'_>,
    store: &mut Store,
    key: &Key,
    options: &DeleteOptions,
) -> Result<Deleted, ApiError> {
    let kind = &*call.target.kind;
    let stored = store.get(kind.stored, key).cloned().ok_or_else(|| ApiError::not_found(kind, &key.name))?;
    if kind.stored == Kind::Namespace && PERMANENT_NAMESPACES.contains(&&*key.name) {
        let refusal = Refusal::forbidden("this namespace may not be deleted");
        return Err(ApiError::refused(kind, &key.name, &refusal));
    }
    options.check_identity(kind, &stored)?;
    let form = pipeline::form(store, kind)?;
    let before = encode::value(&call.state.schema, &form, &stored)?;
    let mut object = before.clone();
    let outcome = match kind.stored {
        Kind::Namespace => terminate_namespace(&mut object, call.state.clock.now()),
        _ => options.mark(kind, &mut object, call.state.clock.now()),
    };
    let encoded = encode::encoded(&call.state.schema, &form, &object)?;
    let deleted = match outcome {
        Outcome::Pending => Deleted { object: stored, gone: false },
        Outcome::Now if options.dry => Deleted { object: stored, gone: true },
        Outcome::Now if object != before => {
            let last = store.put_encoded(kind.stored, &encoded)?;
            Deleted { object: store.remove_kind(kind.stored, key).unwrap_or(last), gone: true }
        }
        Outcome::Now => Deleted { object: store.remove_kind(kind.stored, key).unwrap_or(stored), gone: true },
        Outcome::Marked if options.dry => {
            Deleted { object: Store::preview(kind.stored, &encoded, stored.version)?, gone: false }
        }
        Outcome::Marked if object == before => Deleted { object: stored, gone: false },
        Outcome::Marked => Deleted { object: store.put_encoded(kind.stored, &encoded)?, gone: false },
    };
    if !options.dry {
        call.state.store.wake_controllers();
    }
    Ok(deleted)
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

impl DeleteOptions {
    /// The options of a request, from its body or else its query.
    ///
    /// # Errors
    /// When they make no sense.
    pub fn of(call: &Call<'_>, bytes: &[u8], content_type: &str) -> Result<Self, ApiError> {
        let stated = match bytes.is_empty() {
            true => from_query(call),
            false => body::read(&call.state.schema, "meta.v1.DeleteOptions", bytes, content_type)?,
        };
        let mut options = Self::read(&stated)?;
        options.dry |= write::dry_run(call, "DeleteOptions")?;
        Ok(options)
    }

    /// Options as JSON.
    ///
    /// # Errors
    /// When they make no sense.
    pub fn read(stated: &Value) -> Result<Self, ApiError> {
        let mut wrong = Causes::default();
        let policy = stated["propagationPolicy"].as_str();
        let propagation = match (policy, stated["orphanDependents"].as_bool()) {
            (Some(policy), Some(_)) => {
                let detail = "orphanDependents and deletionPropagation cannot be both set";
                wrong.invalid_text("propagationPolicy", policy, detail);
                None
            }
            (Some("Background"), None) | (None, Some(false)) => Some(Propagation::Background),
            (Some("Foreground"), None) => Some(Propagation::Foreground),
            (Some("Orphan"), None) | (None, Some(true)) => Some(Propagation::Orphan),
            (Some(other), None) => {
                let supported = ["Foreground", "Background", "Orphan", "nil"];
                wrong.unsupported("propagationPolicy", other, &supported);
                None
            }
            (None, None) => None,
        };
        let dry: Vec<&str> =
            stated["dryRun"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if dry.iter().any(|word| *word != "All") {
            wrong.unsupported_value("dryRun", &stated["dryRun"], &["All"]);
        }
        if !wrong.is_empty() {
            return Err(ApiError::invalid_fields("DeleteOptions", "meta.k8s.io", "", &wrong));
        }
        let text = |field: &str| stated["preconditions"][field].as_str().map(str::to_owned);
        Ok(DeleteOptions {
            // A negative period is taken for the shortest one.
            grace_seconds: stated["gracePeriodSeconds"]
                .as_i64()
                .map(|seconds| if seconds < 0 { 1 } else { seconds }),
            propagation,
            uid: text("uid"),
            version: text("resourceVersion"),
            dry: !dry.is_empty(),
        })
    }

    /// Refuses an object that isn't the one that is meant.
    fn check_identity(&self, kind: &KindInfo, stored: &StoredObject) -> Result<(), ApiError> {
        if let Some(uid) = self.uid.as_deref().filter(|uid| *uid != &*stored.uid) {
            let why = format!(
                "the UID in the precondition ({uid}) does not match the UID in record ({}). The object might have been deleted and then recreated",
                stored.uid
            );
            return Err(ApiError::not_the_one(kind, &stored.key.name, &why));
        }
        let found = stored.version.to_string();
        if let Some(version) = self.version.as_deref().filter(|version| *version != found) {
            let why = format!(
                "the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({found}). The object might have been modified"
            );
            return Err(ApiError::not_the_one(kind, &stored.key.name, &why));
        }
        Ok(())
    }

    /// Marks an object as one that is to be deleted, where it doesn't go at once.
    fn mark(&self, kind: &KindInfo, object: &mut Value, now: Instant) -> Outcome {
        let graceful = match kind.stored {
            Kind::Pod => self.mark_pod(object, now),
            _ => None,
        };
        if graceful == Some(Outcome::Pending) {
            return Outcome::Pending;
        }
        if kind.stored != Kind::Event {
            self.set_finalizers(object);
        }
        let held = object["metadata"]["finalizers"].as_array().is_some_and(|it| !it.is_empty());
        match graceful {
            Some(outcome) if outcome == Outcome::Marked || held => Outcome::Marked,
            _ if held => {
                set_deleted(object, now, 0);
                Outcome::Marked
            }
            _ => Outcome::Now,
        }
    }

    /// A pod's graceful deletion; `None` where its kubelet has nothing to end any more.
    fn mark_pod(&self, pod: &mut Value, now: Instant) -> Option<Outcome> {
        let metadata = &pod["metadata"];
        if let Some(deleted) = metadata["deletionTimestamp"].as_str() {
            let period = metadata["deletionGracePeriodSeconds"].as_i64().unwrap_or(0);
            let Some(asked) = self.grace_seconds else {
                return (period > 0).then_some(Outcome::Pending);
            };
            if period == 0 {
                return None;
            }
            if asked >= period {
                return Some(Outcome::Pending);
            }
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
        const GARBAGE: [&str; 2] = ["orphan", "foregroundDeletion"];
        let finalizers: Vec<String> = object["metadata"]["finalizers"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        let has = |name: &str| finalizers.iter().any(|own| own == name);
        let wanted = match self.propagation {
            Some(Propagation::Orphan) => Some("orphan"),
            Some(Propagation::Foreground) => Some("foregroundDeletion"),
            Some(Propagation::Background) => None,
            None if has("orphan") => Some("orphan"),
            None if has("foregroundDeletion") => Some("foregroundDeletion"),
            None => None,
        };
        let kept = finalizers.iter().map(String::as_str).filter(|name| !GARBAGE.contains(name));
        let finalizers: Vec<&str> = kept.chain(wanted).collect();
        object["metadata"]["finalizers"] = json!(finalizers);
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
        return if pipeline::is_held(namespace) { Outcome::Pending } else { Outcome::Now };
    }
    namespace["metadata"]["deletionTimestamp"] = json!(now.rfc3339());
    namespace["status"]["phase"] = json!("Terminating");
    Outcome::Marked
}

fn from_query(call: &Call<'_>) -> Value {
    let mut options = json!({});
    for field in ["propagationPolicy"] {
        if let Some(text) = call.query.get(field) {
            options[field] = json!(text);
        }
    }
    if let Some(seconds) = call.query.get("gracePeriodSeconds").and_then(|text| text.parse::<i64>().ok()) {
        options["gracePeriodSeconds"] = json!(seconds);
    }
    if let Some(orphan) = call.query.get("orphanDependents") {
        options["orphanDependents"] = json!(matches!(orphan, "true" | "1"));
    }
    options
}

fn details(kind: &KindInfo, object: &StoredObject) -> Value {
    let mut details = json!({"name": &*object.key.name});
    if !kind.group.is_empty() {
        details["group"] = json!(kind.group);
    }
    details["kind"] = json!(kind.plural);
    details["uid"] = json!(&*object.uid);
    details
}
