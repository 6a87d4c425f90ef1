//! Objects as JSON, for conditions on any value of any kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::condition::ObjectName;
use crate::demo::store::{Key, KindInfo, Store, StoredObject};
use crate::demo::wire::Schema;

/// The objects that conditions ask about, made into JSON once a version.
#[derive(Debug, Clone, Default)]
pub struct ObjectCache(BTreeMap<(String, Key), (u64, Arc<Value>)>);

/// The store's objects as JSON.
#[derive(Debug)]
pub struct Objects<'a> {
    /// The objects.
    pub store: &'a Store,
    /// Their messages.
    pub schema: &'a Schema,
    /// Those that were asked for before.
    pub cache: &'a mut ObjectCache,
}

impl Objects<'_> {
    /// One object; `None` where it isn't there, or its kind isn't served.
    pub fn find(&mut self, name: &ObjectName) -> Option<Arc<Value>> {
        let kind = self.kind(&name.kind)?;
        let key = Key::new(&name.namespace, &name.name);
        let stored = self.store.get(kind.stored, &key)?;
        let place = (name.kind.clone(), key);
        if let Some((version, value)) = self.cache.0.get(&place)
            && *version == stored.version
        {
            return Some(Arc::clone(value));
        }
        let value = Arc::new(json(self.schema, &kind, stored)?);
        self.cache.0.insert(place, (stored.version, Arc::clone(&value)));
        Some(value)
    }

    /// The kind of this name, or of this resource and group.
    pub fn kind(&self, name: &str) -> Option<Arc<KindInfo>> {
        let served = self.store.kinds().served();
        served.iter().find(|kind| kind.name == name || kind.qualified() == name).cloned()
    }
}

/// The object as JSON; `None` where it can't be read.
pub fn json(schema: &Schema, kind: &KindInfo, stored: &StoredObject) -> Option<Value> {
    if kind.stored.is_json() {
        return Some(stored.json());
    }
    let id = schema.find(kind.message).ok()?;
    let text = schema.object_json(id, &kind.api_version(), &kind.name, &stored.encoded).ok()?;
    serde_json::from_slice(&text).ok()
}
