//! The one way in which an object is written, whoever asks and however: admission, managed fields, dry run, the store.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::error::ApiError;
use super::{Call, encode, ownership, scale};
use crate::demo::access::{Grant, refuse_escalation};
use crate::demo::admission::{self, Part, Refusal, Review};
use crate::demo::deletion;
use crate::demo::random::{Random, fnv};
use crate::demo::store::{Key, Kind, KindInfo, Store, StoredObject};
use crate::demo::wire::Schema;

/// What only the server sets in the metadata of an object.
const FIXED: [&str; 5] =
    ["creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"];

/// How often a name that is taken is drawn again.
const DRAWS: u32 = 8;

/// One write of one object.
#[derive(Debug)]
pub struct Write {
    /// The part that is written.
    pub part: Part,
    /// The object before; none where it is to be created.
    pub before: Option<Arc<StoredObject>>,
    /// The whole object as it is wanted, or the Scale, as JSON with or without its type.
    pub wanted: Value,
    /// Who owns which of its fields afterwards.
    pub ownership: Ownership,
    /// Whether nothing is to be stored.
    pub dry: bool,
}

/// How the fields' owners are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ownership {
    /// The manager of the request owns what it changes.
    Update,
    /// These are the entries of `managedFields`, as server-side apply has found them.
    Stated(Value),
}

/// What a write came to.
#[derive(Debug)]
pub struct Written {
    /// The object after it, as it is stored or would be.
    pub object: Arc<StoredObject>,
    /// What the client is told besides.
    pub warnings: Vec<String>,
}

/// Carries out a write.
///
/// # Errors
/// What the API server would refuse it for; nothing has been changed then.
pub fn carry_out(call: &Call<'_>, store: &mut Store, write: Write) -> Result<Written, ApiError> {
    let kind = &*call.target.kind;
    let form = &*form(store, kind)?;
    let schema = &call.state.schema;
    let before = write.before.as_deref().map(|stored| encode::value(schema, form, stored)).transpose()?;
    let wanted = match (&before, write.part) {
        (Some(before), Part::Scale) => scaled(kind, before, &write.wanted)?,
        _ => write.wanted,
    };
    let thrown_away = ownership::is_thrown_away(&wanted);
    let mut object = clean(schema, form, wanted)?;
    match (&before, write.before.as_deref()) {
        (Some(before), Some(stored)) => carry_over(kind, &mut object, before, stored)?,
        _ => begin(call, store, &mut object)?,
    }
    if thrown_away {
        object["metadata"]["managedFields"] = json!([]);
    }
    admission::default_values(form, write.part, &mut object);
    // What admission adds afterwards is nobody's.
    match write.ownership {
        Ownership::Update => ownership::record(call, form, write.part, before.as_ref(), &mut object)?,
        Ownership::Stated(entries) => object["metadata"]["managedFields"] = entries,
    }
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let mut review = Review {
        store,
        kind: form,
        namespace: call.target.namespace.as_deref().unwrap_or_default(),
        part: write.part,
        before: before.as_ref(),
        now: call.state.clock.now(),
        warnings: Vec::new(),
    };
    let admitted = admission::admit(&mut review, &mut object);
    let warnings = review.warnings;
    admitted.map_err(|refusal| refused(kind, write.part, &name, &refusal))?;
    let object = clean(schema, form, object)?;
    let key = Key::new(call.target.namespace.as_deref().unwrap_or_default(), &name);
    if before.is_none()
        && let Some(there) = store.get(kind.stored, &key)
    {
        let there = encode::value(schema, form, there)?;
        let going = !there["metadata"]["deletionTimestamp"].is_null();
        return Err(ApiError::already_exists(kind, &name, going));
    }
    if let (Some(before), Some(stored)) = (&before, &write.before)
        && (object == *before || ownership::differs_in_times_alone(before, &object))
    {
        return Ok(Written { object: Arc::clone(stored), warnings });
    }
    let encoded = encode::encoded(schema, form, &object)?;
    let grant = Store::preview(kind.stored, &encoded, write.before.as_ref().map_or(0, |it| it.version))?;
    refuse_escalation(store, call.user, Grant { before: write.before.as_deref(), after: &grant })
        .map_err(|refusal| ApiError::escalation(kind, &name, &refusal))?;
    let object = match (write.dry, write.before) {
        (false, Some(stored)) if deletion::is_over(&object) => {
            let last = Store::preview(kind.stored, &encoded, stored.version)?;
            store.remove_kind(kind.stored, &key);
            last
        }
        (false, _) => store.put_encoded(kind.stored, &encoded)?,
        (true, Some(stored)) => Store::preview(kind.stored, &encoded, stored.version)?,
        (true, None) => unversioned(kind.stored, &encoded)?,
    };
    if !write.dry {
        call.state.store.wake_controllers();
    }
    Ok(Written { object, warnings })
}

/// The form in which objects of a kind are kept and looked at: that of its first view, or of its stored version.
///
/// # Errors
/// When the kind isn't served any more.
pub fn form(store: &Store, kind: &KindInfo) -> Result<Arc<KindInfo>, ApiError> {
    store.kinds().of(kind.stored).cloned().ok_or_else(ApiError::no_such_path)
}

/// The object as its message has it: what the kind doesn't know is dropped, as the server does.
fn clean(schema: &Schema, kind: &KindInfo, mut object: Value) -> Result<Value, ApiError> {
    if !object["metadata"].is_object() {
        object["metadata"] = json!({});
    }
    if kind.stored.is_json() {
        return clean_json(schema, kind, object);
    }
    let id = schema.find(kind.message)?;
    let unfit = |error: &dyn std::fmt::Display| {
        ApiError::bad_request(format!(
            "{} in version \"{}\" cannot be handled as a {}: {error}",
            kind.name, kind.version, kind.name
        ))
    };
    let encoded = schema.encode_json(id, &object).map_err(|error| unfit(&error))?;
    let bytes = schema.object_json(id, &kind.api_version(), &kind.name, &encoded)?;
    serde_json::from_slice(&bytes).map_err(|error| unfit(&error))
}

/// An object that is kept as JSON, with metadata of the form that all have.
fn clean_json(schema: &Schema, kind: &KindInfo, mut object: Value) -> Result<Value, ApiError> {
    let id = schema.find("meta.v1.ObjectMeta")?;
    let mut metadata = Vec::new();
    schema.item_json(id, &schema.encode_json(id, &object["metadata"])?, &mut metadata)?;
    object["metadata"] =
        serde_json::from_slice(&metadata).map_err(|error| ApiError::bad_request(error.to_string()))?;
    object["apiVersion"] = json!(kind.api_version());
    object["kind"] = json!(kind.name);
    Ok(object)
}

/// The object with the count that its scale is to have.
fn scaled(kind: &KindInfo, before: &Value, wanted: &Value) -> Result<Value, ApiError> {
    let mut object = before.clone();
    for field in ["resourceVersion", "uid"] {
        object["metadata"][field] = wanted["metadata"][field].clone();
    }
    let replicas = wanted["spec"]["replicas"].as_i64().unwrap_or(0);
    if i32::try_from(replicas).is_err() {
        let error = format!(
            "json: cannot unmarshal number {replicas} into Go struct field ScaleSpec.spec.replicas of type int32"
        );
        return Err(ApiError::bad_request(format!(
            "Scale in version \"v1\" cannot be handled as a {}: {error}",
            kind.name
        )));
    }
    scale::set_scale(&mut object, wanted);
    Ok(object)
}

/// Checks that the client has seen the object as it is, and keeps what only the server sets.
fn carry_over(
    kind: &KindInfo,
    object: &mut Value,
    before: &Value,
    stored: &StoredObject,
) -> Result<(), ApiError> {
    let (new, old) = (&mut object["metadata"], &before["metadata"]);
    let version = new["resourceVersion"].as_str().unwrap_or_default();
    if !version.is_empty() && Some(version) != old["resourceVersion"].as_str() {
        return Err(ApiError::conflict(kind, &stored.key.name));
    }
    if let Some(uid) = new["uid"].as_str().filter(|uid| !uid.is_empty() && *uid != &*stored.uid) {
        return Err(ApiError::precondition(kind, &stored.key, uid, &stored.uid));
    }
    for field in FIXED.iter().chain(&["resourceVersion", "uid", "namespace"]) {
        match old.get(*field) {
            Some(value) => new[*field] = value.clone(),
            None => {
                if let Some(new) = new.as_object_mut() {
                    new.remove(*field);
                }
            }
        }
    }
    if new["managedFields"].is_null() {
        new["managedFields"] = old["managedFields"].clone();
    }
    Ok(())
}

/// Gives a new object what only the server sets.
fn begin(call: &Call<'_>, store: &Store, object: &mut Value) -> Result<(), ApiError> {
    let kind = &*call.target.kind;
    let metadata = &mut object["metadata"];
    if metadata["resourceVersion"].as_str().is_some_and(|version| !version.is_empty()) {
        return Err(ApiError::bad_request("resourceVersion should not be set on objects to be created"));
    }
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.retain(|field, _| !FIXED.contains(&field.as_str()) && field != "managedFields");
    }
    let namespace = call.target.namespace.as_deref();
    match (namespace, metadata["namespace"].as_str().filter(|own| !own.is_empty())) {
        (Some(wanted), Some(own)) if own != wanted => return Err(ApiError::other_namespace()),
        (Some(wanted), _) => metadata["namespace"] = json!(wanted),
        (None, Some(_)) => return Err(ApiError::other_namespace()),
        (None, None) => {}
    }
    let seed = format!("{}/{}/{}", call.state.seed, store.version(), metadata);
    let mut random = Random::new(fnv(seed.as_bytes()));
    if let (None | Some(""), Some(prefix)) =
        (metadata["name"].as_str(), metadata["generateName"].as_str().filter(|prefix| !prefix.is_empty()))
    {
        let prefix: String = prefix.chars().take(58).collect();
        let mut names = (0..DRAWS).map(|_| format!("{prefix}{}", random.suffix(5)));
        let free =
            |name: &String| store.get(kind.stored, &Key::new(namespace.unwrap_or_default(), name)).is_none();
        if let Some(name) = names.find(free) {
            metadata["name"] = json!(name);
        }
    }
    metadata["uid"] = json!(random.uid());
    metadata["creationTimestamp"] = json!(call.state.clock.now().rfc3339());
    Ok(())
}

/// The object as a dry run of its creation answers with it: without a version.
fn unversioned(kind: Kind, encoded: &[u8]) -> Result<Arc<StoredObject>, ApiError> {
    let preview = Store::preview(kind, encoded, 0)?;
    Ok(match Arc::try_unwrap(preview) {
        Ok(preview) => Arc::new(StoredObject { encoded: Bytes::copy_from_slice(encoded), ..preview }),
        Err(shared) => shared,
    })
}

fn refused(kind: &KindInfo, part: Part, name: &str, refusal: &Refusal) -> ApiError {
    match refusal {
        Refusal::Invalid(wrong) if part == Part::Scale => {
            ApiError::invalid_fields("Scale", "autoscaling", name, wrong)
        }
        refusal => ApiError::refused(kind, name, refusal),
    }
}
