//! One stored object, and the kinds of message that can be one.

use bytes::Bytes;
use k8s_pb::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference, Time};

use serde_json::Value;

use super::facts::Facts;
use super::kinds::{Kind, KindInfo};
use super::served::SERVED;
use crate::platform::time::Instant;

/// An object's place among its kind: namespace (empty for the cluster's own) and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The namespace, or empty.
    pub namespace: Box<str>,
    /// The name.
    pub name: Box<str>,
}

impl Key {
    /// The key of this namespace and name.
    pub fn new(namespace: &str, name: &str) -> Self {
        Key { namespace: namespace.into(), name: name.into() }
    }
}

/// The controller that owns an object, in the object's namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Its kind's name.
    pub kind: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Its uid.
    pub uid: Box<str>,
}

/// An object as the store keeps it: encoded once, with the facts that selectors and controllers ask for.
#[derive(Debug)]
pub struct StoredObject {
    /// Its kind.
    pub kind: Kind,
    /// Its place.
    pub key: Key,
    /// Its uid.
    pub uid: Box<str>,
    /// The version of its last change.
    pub version: u64,
    /// Its labels, sorted by key.
    pub labels: Vec<(Box<str>, Box<str>)>,
    /// The controller that owns it.
    pub owner: Option<Owner>,
    /// What owns it besides, without controlling it.
    pub co_owners: Vec<Owner>,
    /// Whether it is to be deleted.
    pub deleted: bool,
    /// What is asked of its kind in particular.
    pub facts: Facts,
    /// The bare protobuf message, or JSON text where the kind is kept so.
    pub encoded: Bytes,
}

impl StoredObject {
    /// Encodes the message under a version, which is written into its metadata.
    pub fn from_typed<T: Stored>(object: &mut T, version: u64) -> Self {
        if let Some(metadata) = object.metadata_mut() {
            metadata.resource_version = Some(version.to_string());
        }
        let empty = ObjectMeta::default();
        let metadata = object.metadata().unwrap_or(&empty);
        let encoded = Bytes::from(object.encode_to_vec());
        Self::assemble(T::STORED, metadata, version, object.facts(), encoded)
    }

    /// Keeps the JSON object as text under a version, which is written into its metadata.
    pub fn from_json(kind: Kind, object: &mut Value, version: u64) -> Self {
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("resourceVersion".to_owned(), Value::String(version.to_string()));
        }
        let metadata = metadata_of(object);
        Self::assemble(kind, &metadata, version, Facts::None, Bytes::from(object.to_string()))
    }

    fn assemble(kind: Kind, metadata: &ObjectMeta, version: u64, facts: Facts, encoded: Bytes) -> Self {
        let controls = |owner: &&OwnerReference| owner.controller == Some(true);
        let owner = metadata.owner_references.iter().find(controls);
        let others = metadata.owner_references.iter().filter(|other| owner != Some(*other));
        StoredObject {
            kind,
            key: Key::new(
                metadata.namespace.as_deref().unwrap_or_default(),
                metadata.name.as_deref().unwrap_or_default(),
            ),
            uid: metadata.uid.as_deref().unwrap_or_default().into(),
            version,
            labels: metadata
                .labels
                .iter()
                .map(|(key, value)| (key.as_str().into(), value.as_str().into()))
                .collect(),
            owner: owner.map(owner_of),
            co_owners: others.map(owner_of).collect(),
            deleted: metadata.deletion_timestamp.is_some(),
            facts,
            encoded,
        }
    }

    /// The object as JSON, of a kind that is kept so; null of any other.
    pub fn json(&self) -> Value {
        if self.kind.is_json() {
            serde_json::from_slice(&self.encoded).unwrap_or_default()
        } else {
            Value::Null
        }
    }

    /// All that own it.
    pub fn owners(&self) -> impl Iterator<Item = &Owner> {
        self.owner.iter().chain(&self.co_owners)
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(name, _)| &**name == key).map(|(_, value)| &**value)
    }
}

/// The metadata of a JSON object, less what only its text is asked for (`managedFields`).
fn metadata_of(object: &Value) -> ObjectMeta {
    let metadata = &object["metadata"];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let texts = |value: &Value| value.as_array().into_iter().flatten().filter_map(text).collect();
    let map = |value: &Value| {
        let entries = value.as_object().into_iter().flatten();
        entries.filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect()
    };
    let time = |value: &Value| {
        let instant = Instant::parse(value.as_str()?)?;
        Some(Time { seconds: Some(instant.seconds()), nanos: Some(0) })
    };
    let owner = |owner: &Value| OwnerReference {
        api_version: text(&owner["apiVersion"]),
        kind: text(&owner["kind"]),
        name: text(&owner["name"]),
        uid: text(&owner["uid"]),
        controller: owner["controller"].as_bool(),
        block_owner_deletion: owner["blockOwnerDeletion"].as_bool(),
    };
    ObjectMeta {
        name: text(&metadata["name"]),
        generate_name: text(&metadata["generateName"]),
        namespace: text(&metadata["namespace"]),
        uid: text(&metadata["uid"]),
        resource_version: text(&metadata["resourceVersion"]),
        generation: metadata["generation"].as_i64(),
        creation_timestamp: time(&metadata["creationTimestamp"]),
        deletion_timestamp: time(&metadata["deletionTimestamp"]),
        deletion_grace_period_seconds: metadata["deletionGracePeriodSeconds"].as_i64(),
        labels: map(&metadata["labels"]),
        annotations: map(&metadata["annotations"]),
        finalizers: texts(&metadata["finalizers"]),
        owner_references: metadata["ownerReferences"].as_array().into_iter().flatten().map(owner).collect(),
        ..ObjectMeta::default()
    }
}

fn owner_of(reference: &OwnerReference) -> Owner {
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().into();
    Owner { kind: text(&reference.kind), name: text(&reference.name), uid: text(&reference.uid) }
}

/// A message that the store keeps.
pub trait Stored: prost::Message + Default + Clone + k8s_pb::Metadata<Ty = ObjectMeta> {
    /// Its kind.
    const STORED: Kind;

    /// How its kind is first served.
    fn info() -> &'static KindInfo {
        &SERVED[Self::STORED.number()]
    }

    /// What is asked of this kind in particular.
    fn facts(&self) -> Facts {
        Facts::None
    }
}
