//! What every object has.

use std::collections::HashMap;

use serde::Deserialize;

use super::super::primitives::{Time, nullable};

/// `metav1.ObjectMeta`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectMeta {
    /// The name.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The namespace; empty for kinds that have none.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub namespace: String,
    /// The identity.
    #[prost(string, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub uid: String,
    /// Where a watch may go on from.
    #[prost(string, tag = "6")]
    #[serde(deserialize_with = "nullable")]
    pub resource_version: String,
    /// Which version of its specification this is.
    #[prost(int64, tag = "7")]
    #[serde(deserialize_with = "nullable")]
    pub generation: i64,
    /// When it was created.
    #[prost(message, optional, tag = "8")]
    pub creation_timestamp: Option<Time>,
    /// When it is to be gone.
    #[prost(message, optional, tag = "9")]
    pub deletion_timestamp: Option<Time>,
    /// Its labels.
    #[prost(map = "string, string", tag = "11")]
    #[serde(deserialize_with = "nullable")]
    pub labels: HashMap<String, String>,
    /// Its owners.
    #[prost(message, repeated, tag = "13")]
    #[serde(deserialize_with = "nullable")]
    pub owner_references: Vec<OwnerReference>,
}

/// `metav1.OwnerReference`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    /// The kind of the owner.
    #[prost(string, tag = "1")]
    pub kind: String,
    /// Its name.
    #[prost(string, tag = "3")]
    pub name: String,
    /// Whether it manages the object.
    #[prost(bool, optional, tag = "6")]
    pub controller: Option<bool>,
}

impl ObjectMeta {
    /// The owner that manages the object.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|owner| owner.controller == Some(true))
    }
}
