//! Changing objects: patches, replacement, deletion; dry or for good.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use k8s_pb::api::core::v1::Pod;
use prost::Message as _;
use serde_json::{Value, json};

use super::accept::{Encoding, Shape};
use super::patch::{PatchRequest, check_uid};
use super::request::Verb;
use super::{Call, encode, error::ApiError, scale};
use crate::demo::access::{Grant, refuse_escalation};
use crate::demo::controllers::kubelet;
use crate::demo::managed_fields;
use crate::demo::patch::PatchKind;
use crate::demo::store::{Kind, KindInfo, Store, StoredObject};
use crate::demo::wire::{MAGIC, Schema, unwrap_envelope};

/// What a client may not change by a write to the object itself.
const FIXED: [&str; 7] = [
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "generation",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
];

/// Patches or replaces an object, its status or its scale.
pub fn change(
    call: &Call<'_>,
    verb: Verb,
    body: &[u8],
    content_type: &str,
) -> Result<Response<Body>, ApiError> {
    let kind = &*call.target.kind;
    let part = Part::of(call)?;
    let dry = dry_run(call)?;
    let schema = &call.state.schema;
    let key = call.key();
    let mut store = call.state.store.lock();
    let stored = store.get(kind.stored, &key).cloned().ok_or_else(|| ApiError::not_found(kind, &key.name))?;
    if kind.group == "events.k8s.io" {
        return Err(ApiError::method_not_allowed());
    }
    let before = encode::value(schema, kind, &stored)?;
    let shown = if part == Part::Scale { scale::scale_of(&before) } else { before.clone() };
    let patch = match verb {
        Verb::Patch => {
            let built_in = !matches!(kind.stored, Kind::Custom(_));
            Some(PatchRequest { kind: PatchKind::of(content_type, built_in)?, body })
        }
        _ => None,
    };
    let wanted = match patch {
        Some(patch) => patch.apply(schema, part.message(kind), &shown)?,
        None => read_body(schema, part.message(kind), body, content_type)?,
    };
    if let Some(version) =
        wanted["metadata"]["resourceVersion"].as_str().filter(|version| !version.is_empty())
        && Some(version) != shown["metadata"]["resourceVersion"].as_str()
    {
        return Err(ApiError::conflict(kind, &key.name));
    }
    if patch.is_some() {
        check_uid(kind, &key.name, &shown, &wanted)?;
    } else if let Some(uid) = wanted["metadata"]["uid"].as_str().filter(|uid| *uid != &*stored.uid) {
        return Err(ApiError::precondition(kind, &key.name, uid, &stored.uid));
    }
    let mut after = part.merge(&before, wanted);
    check(kind, &key.name, &after)?;
    if !kind.stored.is_json() {
        // Reading it into its message and back drops what the kind doesn't have, as the server does.
        let id = schema.find(kind.message)?;
        let encoded = schema.encode_json(id, &after).map_err(|error| match patch {
            Some(patch) => ApiError::invalid_patch(&patch.shown(&after), &error.to_string()),
            None => error.into(),
        })?;
        let clean = schema.object_json(id, &kind.api_version(), &kind.name, &encoded)?;
        after = serde_json::from_slice(&clean).map_err(|error| ApiError::bad_request(error.to_string()))?;
    }
    let changed = after != before;
    if changed {
        if after["spec"] != before["spec"] && !before["metadata"]["generation"].is_null() {
            after["metadata"]["generation"] =
                json!(before["metadata"]["generation"].as_i64().unwrap_or(0) + 1);
        }
        let manager = call.query.get("fieldManager").unwrap_or("unknown").to_owned();
        managed_fields::record(&mut after, &before, &manager, part.name(), call.state.clock.now());
    }
    let encoded = encode::encoded(schema, kind, &after)?;
    let grant = Store::preview(kind.stored, &encoded, stored.version)?;
    refuse_escalation(&store, call.user, Grant { before: Some(&stored), after: &grant })
        .map_err(|refusal| ApiError::escalation(kind, &key.name, &refusal))?;
    let result = if changed && !dry {
        let result = store.put_encoded(kind.stored, &encoded)?;
        call.state.store.wake_controllers();
        result
    } else {
        Store::preview(kind.stored, &encoded, stored.version)?
    };
    drop(store);
    answer(call, part, &result)
}

/// Deletes a pod: gracefully, unless the grace period is nothing.
pub fn delete(call: &Call<'_>, body: &[u8]) -> Result<Response<Body>, ApiError> {
    let kind = &*call.target.kind;
    if kind.stored != Kind::Pod || call.target.subresource.is_some() {
        return Err(ApiError::method_not_allowed());
    }
    let options: Value =
        if body.is_empty() { Value::Null } else { serde_json::from_slice(body).unwrap_or_default() };
    let dry = dry_run(call)? || options["dryRun"].as_array().is_some_and(|it| !it.is_empty());
    let asked = call.query.get("gracePeriodSeconds").and_then(|text| text.parse().ok());
    let key = call.key();
    let mut store = call.state.store.lock();
    let stored = store.get(kind.stored, &key).cloned().ok_or_else(|| ApiError::not_found(kind, &key.name))?;
    if let Some(uid) = options["preconditions"]["uid"].as_str().filter(|uid| *uid != &*stored.uid) {
        return Err(ApiError::precondition(kind, &key.name, uid, &stored.uid));
    }
    let mut pod = Pod::decode(stored.encoded.clone())?;
    let own = pod.spec.as_ref().and_then(|spec| spec.termination_grace_period_seconds).unwrap_or(30);
    let grace = options["gracePeriodSeconds"].as_i64().or(asked).unwrap_or(own);
    let bound = pod.spec.as_ref().is_some_and(|spec| spec.node_name.is_some());
    let result = if dry {
        stored
    } else if grace == 0 || !bound {
        store.remove::<Pod>(&key).unwrap_or(stored)
    } else if pod.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some()) {
        stored
    } else {
        kubelet::terminate(&mut pod, grace, call.state.clock.now());
        store.put(&mut pod)
    };
    drop(store);
    call.state.store.wake_controllers();
    answer(call, Part::Whole, &result)
}

/// Reads a body of this message, as JSON or protobuf.
pub fn read_body(schema: &Schema, message: &str, body: &[u8], content_type: &str) -> Result<Value, ApiError> {
    let unreadable =
        |error: serde_json::Error| ApiError::bad_request(format!("error decoding request body: {error}"));
    if body.starts_with(MAGIC) || content_type.starts_with("application/vnd.kubernetes.protobuf") {
        let raw = unwrap_envelope(body)
            .ok_or_else(|| ApiError::bad_request("error decoding request body: not protobuf"))?;
        let mut json = Vec::new();
        schema.item_json(schema.find(message)?, raw, &mut json)?;
        return serde_json::from_slice(&json).map_err(unreadable);
    }
    serde_json::from_slice(body).map_err(unreadable)
}

/// The part of an object that a write is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Status,
    Scale,
}

impl Part {
    fn of(call: &Call<'_>) -> Result<Self, ApiError> {
        match call.target.subresource.as_deref() {
            None => Ok(Part::Whole),
            Some("status") if call.target.kind.status => Ok(Part::Status),
            Some("scale") if call.target.kind.scale => Ok(Part::Scale),
            Some(_) => Err(ApiError::no_such_subresource()),
        }
    }

    /// The subresource's name; empty for the object itself.
    fn name(self) -> &'static str {
        match self {
            Part::Whole => "",
            Part::Status => "status",
            Part::Scale => "scale",
        }
    }

    fn message(self, kind: &KindInfo) -> &'static str {
        if self == Part::Scale { "autoscaling.v1.Scale" } else { kind.message }
    }

    /// The object with what a write to this part may change, from what is wanted.
    fn merge(self, before: &Value, wanted: Value) -> Value {
        let mut after = before.clone();
        match self {
            Part::Scale => scale::set_scale(&mut after, &wanted),
            Part::Status => after["status"] = wanted["status"].clone(),
            Part::Whole => {
                after = wanted;
                for field in ["kind", "apiVersion", "status"] {
                    after[field] = before[field].clone();
                }
                for field in FIXED.iter().chain(&["resourceVersion", "managedFields"]) {
                    after["metadata"][*field] = before["metadata"][*field].clone();
                }
            }
        }
        after
    }
}

fn dry_run(call: &Call<'_>) -> Result<bool, ApiError> {
    match call.query.get("dryRun") {
        None => Ok(false),
        Some("All") => Ok(true),
        Some(other) => Err(ApiError::bad_request(format!(
            "dryRun: Unsupported value: \"{other}\": supported values: \"All\""
        ))),
    }
}

/// The few rules of validation that a client of this server can break.
fn check(kind: &KindInfo, name: &str, object: &Value) -> Result<(), ApiError> {
    let spec = &object["spec"];
    if let Some(replicas) = spec["replicas"].as_i64().filter(|replicas| *replicas < 0) {
        let cause = format!("Invalid value: {replicas}: must be greater than or equal to 0");
        return Err(ApiError::invalid(kind, name, "spec.replicas", &cause));
    }
    if kind.stored == Kind::HorizontalPodAutoscaler {
        let (least, most) =
            (spec["minReplicas"].as_i64().unwrap_or(1), spec["maxReplicas"].as_i64().unwrap_or(0));
        if least < 1 {
            let cause = format!("Invalid value: {least}: must be greater than or equal to 1");
            return Err(ApiError::invalid(kind, name, "spec.minReplicas", &cause));
        }
        if most < least {
            let cause = format!("Invalid value: {most}: must be greater than or equal to `minReplicas`");
            return Err(ApiError::invalid(kind, name, "spec.maxReplicas", &cause));
        }
    }
    Ok(())
}

fn answer(call: &Call<'_>, part: Part, object: &StoredObject) -> Result<Response<Body>, ApiError> {
    if part == Part::Scale {
        return scale::get(call, object);
    }
    let mut writer = call.writer();
    if writer.format.shape == Shape::Discovery {
        writer.format.shape = Shape::Whole;
        writer.format.encoding = Encoding::Json;
    }
    Ok(call.reply(StatusCode::OK, writer.object(object)?))
}
