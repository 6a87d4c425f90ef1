//! One stored object, and the kinds of message that can be one.

use bytes::Bytes;
use k8s_pb::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use super::facts::Facts;
use super::kinds::Kind;

/// An object's place among its kind: namespace (empty for the cluster's own) and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// What is asked of its kind in particular.
    pub facts: Facts,
    /// The bare protobuf message.
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
        let owner = metadata.owner_references.iter().find(|owner| owner.controller == Some(true));
        StoredObject {
            kind: T::STORED,
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
            facts: object.facts(),
            encoded: Bytes::from(object.encode_to_vec()),
        }
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(name, _)| &**name == key).map(|(_, value)| &**value)
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

    /// What is asked of this kind in particular.
    fn facts(&self) -> Facts {
        Facts::None
    }
}
