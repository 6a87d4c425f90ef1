//! Writes stored objects in the encoding and shape that a request accepts.

use bytes::Bytes;
use k8s_pb::api::core::v1::Event;
use k8s_pb::api::events::v1::Event as NewEvent;
use k8s_pb::apimachinery::pkg::apis::meta::v1::{ObjectMeta, PartialObjectMetadata};
use prost::Message as _;
use serde_json::{Value, json};

use super::accept::{Encoding, Format, Shape};
use super::error::ApiError;
use super::table;
use crate::demo::document;
use crate::demo::store::{KindInfo, StoredObject};
use crate::demo::wire::{Schema, envelope, metadata_slice};
use crate::platform::time::Instant;

/// How the objects of one kind are written for one request.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    pub schema: &'a Schema,
    pub kind: &'a KindInfo,
    pub format: Format,
    /// What a table's rows carry of their objects.
    pub include: table::Include,
    /// When ages are counted to.
    pub now: Instant,
}

impl Writer<'_> {
    /// The `apiVersion` and `kind` that one object is written under.
    pub fn object_type(&self) -> (String, &str) {
        match self.format.shape {
            Shape::Metadata => ("meta.k8s.io/v1".to_owned(), "PartialObjectMetadata"),
            Shape::Table => ("meta.k8s.io/v1".to_owned(), "Table"),
            _ => (self.kind.api_version(), &self.kind.name),
        }
    }

    /// The `apiVersion` and `kind` that a list is written under.
    pub fn list_type(&self) -> (String, String) {
        match self.format.shape {
            Shape::Metadata => ("meta.k8s.io/v1".to_owned(), "PartialObjectMetadataList".to_owned()),
            Shape::Table => ("meta.k8s.io/v1".to_owned(), "Table".to_owned()),
            _ => (self.kind.api_version(), self.kind.list_name.clone().into_owned()),
        }
    }

    /// The bare message of an object in the shape, or its JSON text where the kind is kept so; the stored bytes themselves
    /// wherever they will do.
    pub fn message(&self, object: &StoredObject) -> Bytes {
        if self.kind.stored.is_json() {
            return self.json_message(object);
        }
        if self.format.shape == Shape::Metadata {
            // The metadata is an object's first field, so the front of the object is the partial object.
            let metadata = metadata_slice(&object.encoded);
            let end = metadata.as_ptr() as usize - object.encoded.as_ptr() as usize + metadata.len();
            return object.encoded.slice(..end.min(object.encoded.len()));
        }
        view(self.kind, object)
    }

    fn json_message(&self, object: &StoredObject) -> Bytes {
        let mut value = document::of_json(self.kind, object);
        if self.format.shape == Shape::Metadata {
            value = json!({
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": value["metadata"],
            });
            if self.format.encoding == Encoding::Protobuf {
                let id = self.schema.find("meta.v1.PartialObjectMetadata");
                return id.and_then(|id| self.schema.encode_json(id, &value)).unwrap_or_default().into();
            }
        }
        value.to_string().into()
    }

    /// Whether the messages of this writer are JSON text already.
    fn is_text(&self) -> bool {
        self.kind.stored.is_json() && self.format.encoding == Encoding::Json
    }

    /// A message as the item of a JSON list.
    pub fn item(&self, message: &[u8], out: &mut Vec<u8>) -> Result<(), ApiError> {
        if self.is_text() {
            out.extend_from_slice(message);
            return Ok(());
        }
        let id = self.schema.find(self.message_name())?;
        if self.format.shape == Shape::Metadata {
            out.extend_from_slice(&self.schema.object_json(
                id,
                "meta.k8s.io/v1",
                "PartialObjectMetadata",
                message,
            )?);
            return Ok(());
        }
        Ok(self.schema.item_json(id, message, out)?)
    }

    /// One object by itself.
    pub fn object(&self, object: &StoredObject) -> Result<Vec<u8>, ApiError> {
        if self.format.shape == Shape::Table {
            return Ok(table::single(self, object, true)?.to_string().into_bytes());
        }
        self.enveloped(&self.message(object))
    }

    /// An object with nothing but this metadata, with its type.
    pub fn bookmark(&self, metadata: ObjectMeta) -> Result<Vec<u8>, ApiError> {
        let message = PartialObjectMetadata { metadata: Some(metadata) }.encode_to_vec();
        if self.is_text() {
            let (api_version, kind) = self.object_type();
            let id = self.schema.find("meta.v1.PartialObjectMetadata")?;
            return Ok(self.schema.object_json(id, &api_version, kind, &message)?);
        }
        self.enveloped(&message)
    }

    /// A bare message with its type.
    pub fn enveloped(&self, message: &[u8]) -> Result<Vec<u8>, ApiError> {
        if self.is_text() {
            return Ok(message.to_vec());
        }
        let (api_version, kind) = self.object_type();
        match self.format.encoding {
            Encoding::Protobuf => Ok(envelope(&api_version, kind, message)),
            Encoding::Json => {
                let id = self.schema.find(self.message_name())?;
                Ok(self.schema.object_json(id, &api_version, kind, message)?)
            }
        }
    }

    fn message_name(&self) -> &'static str {
        if self.format.shape == Shape::Metadata { "meta.v1.PartialObjectMetadata" } else { self.kind.message }
    }
}

/// A value of this kind as the store keeps it: its message, or its text where the kind is kept as JSON.
pub fn encoded(schema: &Schema, kind: &KindInfo, value: &Value) -> Result<Vec<u8>, ApiError> {
    Ok(document::encode(schema, kind, value)?)
}

/// An object as a JSON value with its type.
pub fn value(schema: &Schema, kind: &KindInfo, object: &StoredObject) -> Result<Value, ApiError> {
    if kind.group != "events.k8s.io" {
        return Ok(document::read(schema, kind, object)?);
    }
    let message = view(kind, object);
    let json = schema.object_json(schema.find(kind.message)?, &kind.api_version(), &kind.name, &message)?;
    serde_json::from_slice(&json).map_err(|error| ApiError::bad_request(error.to_string()))
}

/// An answer that isn't a stored object: made as JSON, and written as protobuf where its message is known.
#[derive(Debug)]
pub struct Made {
    /// The answer, with `apiVersion` and `kind`.
    pub value: Value,
    /// Its message; none where it is only ever written as JSON.
    pub message: Option<&'static str>,
}

impl Made {
    /// Its bytes, and the encoding that they are in.
    pub fn bytes(&self, schema: &Schema, encoding: Encoding) -> Result<(Vec<u8>, Encoding), ApiError> {
        let text = |key: &str| self.value.get(key).and_then(Value::as_str).unwrap_or_default();
        match (encoding, self.message) {
            (Encoding::Protobuf, Some(message)) => {
                let bytes = schema.encode_json(schema.find(message)?, &self.value)?;
                Ok((envelope(text("apiVersion"), text("kind"), &bytes), Encoding::Protobuf))
            }
            _ => Ok((json!(self.value).to_string().into_bytes(), Encoding::Json)),
        }
    }
}

/// The message of an object as this kind shows it: events have two views.
fn view(kind: &KindInfo, object: &StoredObject) -> Bytes {
    if kind.group != "events.k8s.io" {
        return object.encoded.clone();
    }
    match Event::decode(object.encoded.clone()) {
        Ok(event) => Bytes::from(new_event(event).encode_to_vec()),
        Err(_) => Bytes::new(),
    }
}

/// A core event as `events.k8s.io/v1` shows it.
fn new_event(event: Event) -> NewEvent {
    NewEvent {
        metadata: event.metadata,
        event_time: event.event_time,
        series: None,
        reporting_controller: event.reporting_component,
        reporting_instance: event.reporting_instance,
        action: event.action,
        reason: event.reason,
        regarding: event.involved_object,
        related: event.related,
        note: event.message,
        r#type: event.r#type,
        deprecated_source: event.source,
        deprecated_first_timestamp: event.first_timestamp,
        deprecated_last_timestamp: event.last_timestamp,
        deprecated_count: event.count,
    }
}
