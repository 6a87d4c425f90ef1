//! What tracking needs to know of a kind.

use serde_json::{Value, json};

use super::compare::Comparison;
use super::set::FieldSet;
use super::shape::Shape;
use super::tracker::{Tracker, unowned};
use crate::demo::store::{Kind, KindInfo};
use crate::demo::wire::{MessageId, Schema};
use crate::platform::time::Instant;

/// The schema of a kind that has none.
static ANYTHING: Value = Value::Null;

/// The shape of a kind's objects.
pub fn shape_of<'a>(schema: &'a Schema, kind: &'a KindInfo) -> Shape<'a> {
    match schema.find(kind.message) {
        Ok(message) => Shape::object(schema, message),
        Err(_) => Shape::custom(schema, kind.custom.as_ref().map_or(&ANYTHING, |custom| &custom.schema)),
    }
}

/// The tracker of a write to an object of this kind, or to one of its subresources, in this version.
pub fn tracker_of<'a>(
    schema: &'a Schema,
    kind: &'a KindInfo,
    api_version: &'a str,
    subresource: &'a str,
    now: Instant,
) -> Tracker<'a> {
    Tracker { shape: shape_of(schema, kind), api_version, subresource, reset: reset(kind, subresource), now }
}

/// An object of a kind before anything was written: with what Go always writes, and nothing else.
pub fn empty_object(schema: &Schema, kind: &KindInfo) -> Value {
    let version = kind.api_version();
    match schema.find(kind.message) {
        Ok(message) => empty_message(schema, message, &version, &kind.name),
        Err(_) => json!({"apiVersion": version, "kind": kind.name, "metadata": {}}),
    }
}

fn empty_message(schema: &Schema, message: MessageId, version: &str, kind: &str) -> Value {
    let mut object = schema.empty(message);
    object["apiVersion"] = json!(version);
    object["kind"] = json!(kind);
    object
}

/// The fields that a manager owns who has created this object of a built-in kind: what it has, but for its status.
pub fn created_fields(schema: &Schema, message: MessageId, object: &Value) -> FieldSet {
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    let empty = empty_message(schema, message, text("apiVersion"), text("kind"));
    let found = Comparison::of(Shape::object(schema, message), &empty, object);
    let created = found.modified.union(&found.added).without(&FieldSet::of(&[&["status"]]));
    created.difference(&unowned())
}

/// Gives the entries of an object that name a manager, but no fields, all that the object was created with.
pub fn fill_entries(schema: &Schema, message: MessageId, object: &mut Value) {
    let lacks = |entry: &Value| entry.get("fieldsV1").is_none();
    let entries = object["metadata"].get_mut("managedFields").map(Value::take);
    let Some(Value::Array(mut entries)) = entries else { return };
    if entries.iter().any(lacks) {
        let created = created_fields(schema, message, object).encode();
        for entry in entries.iter_mut().filter(|entry| lacks(entry)) {
            entry["fieldsType"] = json!("FieldsV1");
            entry["fieldsV1"] = created.clone();
        }
    }
    object["metadata"]["managedFields"] = Value::Array(entries);
}

/// The fields that a write leaves as they are, whatever it says of them.
fn reset(kind: &KindInfo, subresource: &str) -> FieldSet {
    match (subresource, kind.stored) {
        ("status", Kind::Deployment) => FieldSet::of(&[&["spec"], &["metadata", "labels"]]),
        ("status", Kind::Pod) => {
            FieldSet::of(&[&["spec"], &["metadata", "deletionTimestamp"], &["metadata", "ownerReferences"]])
        }
        ("status", stored) if stored.is_json() => FieldSet::of(&[&["spec"], &["metadata"]]),
        ("status", _) => FieldSet::of(&[&["spec"]]),
        ("", _) if kind.status => FieldSet::of(&[&["status"]]),
        _ => FieldSet::default(),
    }
}
