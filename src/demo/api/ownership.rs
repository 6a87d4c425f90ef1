//! Who owns the fields of an object after a write.

use serde_json::Value;

use super::error::ApiError;
use super::{Call, scale};
use crate::demo::admission::Part;
use crate::demo::fields::{self, FieldSet, Managers, SCALE_VERSION, Shape, Tracker, from_scale, to_scale};
use crate::demo::store::KindInfo;

/// Gives what a write has changed to the manager of the request. `form` is how the kind is kept, and so what the objects look like.
///
/// # Errors
/// When the definition of scales is missing.
pub fn record(
    call: &Call<'_>,
    form: &KindInfo,
    part: Part,
    before: Option<&Value>,
    object: &mut Value,
) -> Result<(), ApiError> {
    let manager = call.manager();
    let version = call.target.kind.api_version();
    if let (Part::Scale, Some(before)) = (part, before) {
        return record_scale(call, form, before, object, &manager);
    }
    let schema = &call.state.schema;
    let empty = match before {
        Some(_) => Value::Null,
        None => fields::empty_object(schema, form),
    };
    let tracker = fields::tracker_of(schema, form, &version, part.name(), call.state.clock.now());
    tracker.update(before.unwrap_or(&empty), object, &manager);
    Ok(())
}

fn record_scale(
    call: &Call<'_>,
    form: &KindInfo,
    before: &Value,
    object: &mut Value,
    manager: &str,
) -> Result<(), ApiError> {
    let managers = Managers::of(before);
    let mut old = shown_scale(form, before);
    let mut new = scale::scale_of(object);
    scale_tracker(call)?.update(&old, &mut new, manager);
    old = new;
    own_scale(call, form, &managers, &Managers::of(&old)).write(object);
    Ok(())
}

/// A scale with the managers of its count.
pub fn shown_scale(form: &KindInfo, object: &Value) -> Value {
    let mut scale = scale::scale_of(object);
    to_scale(&Managers::of(object), &count_path(form)).write(&mut scale);
    scale
}

/// The managers of an object whose scale has these.
pub fn own_scale(call: &Call<'_>, form: &KindInfo, managers: &Managers, scale: &Managers) -> Managers {
    from_scale(managers, scale, &count_path(form), &call.target.kind.api_version())
}

/// The tracker of writes to scales.
///
/// # Errors
/// When the definitions of messages are wrong.
pub fn scale_tracker<'a>(call: &Call<'a>) -> Result<Tracker<'a>, ApiError> {
    let schema = &call.state.schema;
    let shape = Shape::object(schema, schema.find("autoscaling.v1.Scale")?);
    let now = call.state.clock.now();
    Ok(Tracker { shape, api_version: SCALE_VERSION, subresource: "scale", reset: FieldSet::default(), now })
}

/// Where an object has its wanted count.
fn count_path(form: &KindInfo) -> Vec<&str> {
    let custom = form.custom.as_ref().and_then(|custom| custom.scale.as_ref());
    match custom {
        Some(paths) => paths.wanted.trim_start_matches('.').split('.').collect(),
        None => vec!["spec", "replicas"],
    }
}

/// Whether two objects differ in nothing but the times of their managers.
pub fn differs_in_times_alone(before: &Value, after: &Value) -> bool {
    let timeless = |object: &Value| {
        let mut object = object.clone();
        let entries = object["metadata"].get_mut("managedFields").and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            if let Some(entry) = entry.as_object_mut() {
                entry.remove("time");
            }
        }
        object
    };
    timeless(before) == timeless(after)
}

/// Whether a client has thrown the account of managers away: by an empty list, or by a list of one empty entry.
pub fn is_thrown_away(object: &Value) -> bool {
    match object["metadata"]["managedFields"].as_array().map(Vec::as_slice) {
        Some([]) => true,
        Some([entry]) => entry.as_object().is_some_and(serde_json::Map::is_empty),
        _ => false,
    }
}
