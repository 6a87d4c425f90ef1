//! Server-side apply as a request.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::Value;

use super::error::ApiError;
use super::options::WriteOptions;
use super::pipeline::{self, Ownership, Write};
use super::{Call, encode, ownership, update, views, write};
use crate::demo::access::{Attributes, Authorizer, Denial, ResourceAttributes};
use crate::demo::admission::Part;
use crate::demo::fields::{self, Applier, Managers};
use crate::demo::patch::Configuration;
use crate::demo::store::{KindInfo, Store, StoredObject};

/// Applies a configuration to an object, its status or its scale; the object is created where there is none.
///
/// # Errors
/// What the API server would refuse it for.
pub fn apply(call: &Call<'_>, body: &[u8]) -> Result<Response<Body>, ApiError> {
    let kind = &*call.target.kind;
    let part = update::part_of(call)?;
    let options = WriteOptions::of_apply(call)?;
    let configuration = Configuration::read(body)?;
    let key = call.key();
    let mut store = call.state.store.lock();
    let before = store.get(kind.stored, &key).cloned();
    if before.is_none() && part != Part::Whole {
        return Err(ApiError::not_found(kind, &key.name));
    }
    if before.is_none() {
        check_may_create(call, &store)?;
    }
    let code = if before.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    let (wanted, entries) = match (part, before.as_deref()) {
        (Part::Scale, Some(before)) => applied_scale(call, &store, before, &configuration.value, &options)?,
        (_, before) => applied(call, &store, part, before, &configuration.value, &options)?,
    };
    let odd = options.validation.of_duplicates(&configuration.duplicates)?;
    update::check_identity(call, &wanted)?;
    let wanted = views::to_stored(kind, wanted);
    let write = Write { part, before, wanted, ownership: Ownership::Stated(entries), dry: options.dry };
    let mut written = pipeline::carry_out(call, &mut store, write)?;
    drop(store);
    written.warnings.splice(0..0, odd);
    write::answer(call, part, code, &written)
}

/// The object after the apply, and its account of managers.
fn applied(
    call: &Call<'_>,
    store: &Store,
    part: Part,
    before: Option<&StoredObject>,
    config: &Value,
    options: &WriteOptions,
) -> Result<(Value, Value), ApiError> {
    let kind = &*call.target.kind;
    let schema = &call.state.schema;
    let empty = fields::empty_object(schema, kind);
    let live = match before {
        Some(before) => shown(call, store, kind, before)?,
        None => empty.clone(),
    };
    let version = kind.api_version();
    let tracker = fields::tracker_of(schema, kind, &version, part.name(), call.state.clock.now());
    let applier = Applier { manager: &options.manager, force: options.force, kind: &kind.name };
    let mut object = tracker.apply(&live, &empty, config, applier)?;
    if before.is_none() {
        check_uid(kind, &call.key().name, &object)?;
    }
    let entries = object["metadata"]["managedFields"].take();
    Ok((object, entries))
}

fn shown(call: &Call<'_>, store: &Store, kind: &KindInfo, object: &StoredObject) -> Result<Value, ApiError> {
    let form = pipeline::form(store, kind)?;
    let mut value = views::from_stored(kind, encode::value(&call.state.schema, &form, object)?);
    value["apiVersion"] = kind.api_version().into();
    Ok(value)
}

/// The scale after the apply, and the account of managers of its object.
fn applied_scale(
    call: &Call<'_>,
    store: &Store,
    before: &StoredObject,
    config: &Value,
    options: &WriteOptions,
) -> Result<(Value, Value), ApiError> {
    let form = pipeline::form(store, &call.target.kind)?;
    let object = encode::value(&call.state.schema, &form, before)?;
    let live = ownership::shown_scale(&form, &object);
    let applier = Applier { manager: &options.manager, force: options.force, kind: "Scale" };
    let scale = ownership::scale_tracker(call)?.apply(&live, &live, config, applier)?;
    let managers = ownership::own_scale(call, &form, &Managers::of(&object), &Managers::of(&scale));
    Ok((scale, managers.encode()))
}

/// Refuses to create an object for a user who may only patch.
fn check_may_create(call: &Call<'_>, store: &Store) -> Result<(), ApiError> {
    let asked = ResourceAttributes {
        group: &call.target.kind.group,
        resource: &call.target.kind.plural,
        subresource: "",
        namespace: call.target.namespace.as_deref().unwrap_or_default(),
        name: call.target.name.as_deref().unwrap_or_default(),
    };
    let attributes = Attributes::resource("create", asked);
    let decision = Authorizer::new(store).authorize(call.user, &attributes);
    if decision.allowed {
        return Ok(());
    }
    Err(ApiError::denied(Denial::new(call.user, &attributes, &decision.reason)))
}

/// Refuses a configuration that names the uid of an object that isn't there.
fn check_uid(kind: &KindInfo, name: &str, object: &Value) -> Result<(), ApiError> {
    match object["metadata"]["uid"].as_str().filter(|uid| !uid.is_empty()) {
        Some(uid) => Err(ApiError::absent_uid(kind, name, uid)),
        None => Ok(()),
    }
}
