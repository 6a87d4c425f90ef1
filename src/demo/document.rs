//! Stored objects as JSON documents, whatever form they are kept in.

use std::sync::Arc;

use serde_json::{Value, json};
use thiserror::Error;

use super::store::{KindInfo, Store, StoredObject, UnreadableObject};
use super::wire::{Schema, WireError};

/// An object that can't be read as a document, or a document that can't be kept.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// It isn't of the form of its message.
    #[error(transparent)]
    Form(#[from] WireError),
    /// It can't be read.
    #[error(transparent)]
    Object(#[from] UnreadableObject),
    /// It isn't JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// An object as a document with the type of this view of its kind.
///
/// # Errors
/// When its bytes aren't those of its kind.
pub fn read(schema: &Schema, kind: &KindInfo, object: &StoredObject) -> Result<Value, DocumentError> {
    if kind.stored.is_json() {
        return Ok(of_json(kind, object));
    }
    let id = schema.find(kind.message)?;
    let json = schema.object_json(id, &kind.api_version(), &kind.name, &object.encoded)?;
    Ok(serde_json::from_slice(&json)?)
}

/// An object that is kept as JSON, in the version of this view.
pub fn of_json(kind: &KindInfo, object: &StoredObject) -> Value {
    let mut value = object.json();
    if let Some(object) = value.as_object_mut() {
        object.insert("kind".to_owned(), json!(kind.name));
        object.insert("apiVersion".to_owned(), json!(kind.api_version()));
    }
    value
}

/// A document in the form in which objects of its kind are kept.
///
/// # Errors
/// When it doesn't fit the kind's message.
pub fn encode(schema: &Schema, kind: &KindInfo, document: &Value) -> Result<Vec<u8>, DocumentError> {
    if kind.stored.is_json() {
        return Ok(document.to_string().into_bytes());
    }
    Ok(schema.encode_json(schema.find(kind.message)?, document)?)
}

/// Stores a document under the next version.
///
/// # Errors
/// When it doesn't fit its kind.
pub fn put(
    store: &mut Store,
    schema: &Schema,
    kind: &KindInfo,
    document: &Value,
) -> Result<Arc<StoredObject>, DocumentError> {
    let encoded = encode(schema, kind, document)?;
    Ok(store.put_encoded(kind.stored, &encoded)?)
}
