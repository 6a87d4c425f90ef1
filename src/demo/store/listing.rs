//! Lists as they were: the present objects, and what changed since undone.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::object::{Key, StoredObject};
use super::{Expired, Kind, Store};

impl Store {
    /// The objects of a kind as they were at a version, in the order of their keys, of one namespace or of all, after a key
    /// or from the start.
    ///
    /// # Errors
    /// When the changes since the version are no longer kept.
    pub fn list_at(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        after: Option<&Key>,
        version: u64,
    ) -> Result<Vec<Arc<StoredObject>>, Expired> {
        let mut then: BTreeMap<&Key, Option<&Arc<StoredObject>>> = BTreeMap::new();
        for change in self.table(kind).history.after(version)?.rev() {
            then.insert(&change.last.key, change.before.as_ref());
        }
        let present = self.list(kind, namespace, after).filter(|object| !then.contains_key(&object.key));
        let past = then.iter().filter_map(|(key, object)| {
            let wanted = namespace.is_none_or(|namespace| &*key.namespace == namespace)
                && after.is_none_or(|after| *key > after);
            if wanted { *object } else { None }
        });
        Ok(merge(present, past).cloned().collect())
    }

    /// Forgets what happened before now: lists and watches from earlier versions expire.
    pub fn compact(&mut self) {
        let version = self.version;
        for table in &mut self.tables {
            table.history.forget_before(version);
        }
    }
}

/// Two lists in the order of their keys, as one.
fn merge<'a>(
    one: impl Iterator<Item = &'a Arc<StoredObject>>,
    other: impl Iterator<Item = &'a Arc<StoredObject>>,
) -> impl Iterator<Item = &'a Arc<StoredObject>> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(left), Some(right)) if left.key.cmp(&right.key) == Ordering::Greater => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}
