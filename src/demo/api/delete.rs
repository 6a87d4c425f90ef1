//! Deleting objects: one, or all that are selected; at once, gracefully, or when their last finalizer goes.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use super::encode::Made;
use super::error::ApiError;
use super::read::Selection;
use super::{Call, body, pipeline, write};
use crate::demo::admission::{Causes, PERMANENT_NAMESPACES, Refusal};
use crate::demo::deletion::{self, Deleted, Deletion, Propagation};
use crate::demo::store::{Key, Kind, KindInfo, Store, StoredObject};

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

/// How something is to be deleted, and what it has to be.
#[derive(Debug, Clone, Default)]
pub struct DeleteOptions {
    /// How it is to be deleted.
    pub deletion: Deletion,
    uid: Option<String>,
    version: Option<String>,
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
    let now = call.state.clock.now();
    let deleted = deletion::delete(store, &call.state.schema, &form, key, options.deletion, now)?;
    if !options.deletion.dry {
        call.state.store.wake_controllers();
    }
    Ok(deleted.unwrap_or(Deleted { object: stored, gone: true }))
}

impl DeleteOptions {
    /// The options of a request, from its body or else its query.
    ///
    /// # Errors
    /// When they make no sense.
    pub fn of(call: &Call<'_>, bytes: &[u8], content_type: &str) -> Result<Self, ApiError> {
        if let Some(text) = call.query.get("gracePeriodSeconds").filter(|text| text.parse::<i64>().is_err()) {
            let why = format!("strconv.ParseInt: parsing \"{text}\": invalid syntax");
            return Err(ApiError::bad_request(why));
        }
        let stated = match bytes.is_empty() {
            true => from_query(call),
            false => body::read(&call.state.schema, "meta.v1.DeleteOptions", bytes, content_type)?,
        };
        let mut options = Self::read(&stated)?;
        options.deletion.dry |= write::dry_run(call, "DeleteOptions")?;
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
        let seconds = stated["gracePeriodSeconds"].as_i64();
        Ok(DeleteOptions {
            deletion: Deletion {
                // A negative period is taken for the shortest one.
                grace_seconds: seconds.map(|seconds| if seconds < 0 { 1 } else { seconds }),
                propagation,
                dry: !dry.is_empty(),
            },
            uid: text("uid"),
            version: text("resourceVersion"),
        })
    }

    /// No longer asks for a version, once it has been found.
    pub fn forget_version(&mut self) {
        self.version = None;
    }

    /// Refuses an object that isn't the one that is meant.
    ///
    /// # Errors
    /// When its uid or version is another than the one that the options name.
    pub fn check_identity(&self, kind: &KindInfo, stored: &StoredObject) -> Result<(), ApiError> {
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
