//! The garbage collector: what has lost its last owner goes, and owners wait for their dependents where that is wanted.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::controller::Controller;
use super::queue::Queue;
use super::simulation::Simulation;
use crate::demo::deletion::{self, Deletion, FOREGROUND, ORPHAN, Propagation};
use crate::demo::document::{self, DocumentError};
use crate::demo::store::{Change, Key, Kind, KindInfo, Store, StoredObject};
use crate::demo::wire::Schema;
use crate::platform::time::Instant;

const NAME: &str = "garbage collector";

/// An object's place.
type Place = (Kind, Key);

/// The garbage collector.
#[derive(Debug, Default)]
pub struct Garbage {
    /// Objects of which an owner is gone, or on its way.
    dependents: BTreeSet<Place>,
    /// Objects that are being deleted, and may wait for their dependents.
    owners: BTreeSet<Place>,
}

impl Controller for Garbage {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches_everything(&self) -> bool {
        true
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        let object = &change.last;
        let place = (object.kind, object.key.clone());
        if change.after.is_none() {
            self.dependents.extend(store.dependents(&object.uid).cloned());
            let waiting = object.owners().filter_map(|owner| store.find_owner(owner, &object.key.namespace));
            self.owners.extend(waiting.filter(|owner| owner.deleted).map(|it| (it.kind, it.key.clone())));
        } else {
            if object.deleted {
                self.owners.insert(place.clone());
            }
            let owned_anew = change.before.as_ref().is_none_or(|before| !before.owners().eq(object.owners()));
            let owner = |owner| store.find_owner(owner, &object.key.namespace);
            if owned_anew && object.owners().any(|it| owner(it).is_none_or(|owner| owner.deleted)) {
                self.dependents.insert(place);
            }
        }
        if !self.dependents.is_empty() || !self.owners.is_empty() {
            queue.reconcile(NAME, Key::new("", ""));
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, _: &Key) {
        let schema = Arc::clone(&simulation.schema);
        let mut sweep = Sweep { store, schema: &schema, now: simulation.now() };
        // What can't be read as a document is nobody's to collect.
        for (kind, key) in std::mem::take(&mut self.owners) {
            let _ = sweep.look_at_owner(kind, &key);
        }
        for (kind, key) in std::mem::take(&mut self.dependents) {
            let _ = sweep.look_at_dependent(kind, &key);
        }
    }
}

/// One turn of the garbage collector.
struct Sweep<'a> {
    store: &'a mut Store,
    schema: &'a Schema,
    now: Instant,
}

/// What has become of an object's owners.
#[derive(Default)]
struct Owners {
    /// Those that are there to stay.
    solid: usize,
    /// The uids of those that are gone.
    dangling: Vec<String>,
    /// The uids of those that wait for their dependents to go.
    waiting: Vec<String>,
}

impl Sweep<'_> {
    fn document(&self, kind: Kind, key: &Key) -> Option<(Arc<KindInfo>, Arc<StoredObject>, Value)> {
        let info = Arc::clone(self.store.kinds().of(kind)?);
        let stored = Arc::clone(self.store.get(kind, key)?);
        let document = document::read(self.schema, &info, &stored).ok()?;
        Some((info, stored, document))
    }

    /// An object that is being deleted: its dependents go first, or are let go, where its finalizers say so.
    fn look_at_owner(&mut self, kind: Kind, key: &Key) -> Result<(), DocumentError> {
        let Some((info, stored, mut object)) = self.document(kind, key) else { return Ok(()) };
        if !stored.deleted {
            return Ok(());
        }
        let dependents: Vec<Place> = self.store.dependents(&stored.uid).cloned().collect();
        if has_finalizer(&object, ORPHAN) {
            for (kind, key) in &dependents {
                self.drop_owners(*kind, key, &[stored.uid.to_string()])?;
            }
            remove_finalizer(&mut object, ORPHAN);
            return deletion::put_or_remove(self.store, self.schema, &info, key, &object);
        }
        if !has_finalizer(&object, FOREGROUND) {
            return Ok(());
        }
        let mut blocked = false;
        for (kind, key) in &dependents {
            let Some((_, _, dependent)) = self.document(*kind, key) else { continue };
            let references = dependent["metadata"]["ownerReferences"].as_array().into_iter().flatten();
            let mut own = references.filter(|reference| reference["uid"] == *stored.uid);
            if own.any(|reference| reference["blockOwnerDeletion"] == true) {
                blocked = true;
                self.look_at_dependent(*kind, key)?;
            }
        }
        if !blocked {
            remove_finalizer(&mut object, FOREGROUND);
            deletion::put_or_remove(self.store, self.schema, &info, key, &object)?;
        }
        Ok(())
    }

    /// An object of which an owner is gone or going: it loses that owner, or goes with its last one.
    fn look_at_dependent(&mut self, kind: Kind, key: &Key) -> Result<(), DocumentError> {
        let Some((info, stored, object)) = self.document(kind, key) else { return Ok(()) };
        if stored.deleted || stored.owners().next().is_none() {
            return Ok(());
        }
        let owners = self.owners_of(&stored);
        if owners.solid > 0 {
            let lost: Vec<String> = owners.dangling.into_iter().chain(owners.waiting).collect();
            return if lost.is_empty() { Ok(()) } else { self.drop_owners(kind, key, &lost) };
        }
        let own_dependents = self.store.dependents(&stored.uid).next().is_some();
        let propagation = if has_finalizer(&object, ORPHAN) {
            Propagation::Orphan
        } else if has_finalizer(&object, FOREGROUND) || (!owners.waiting.is_empty() && own_dependents) {
            Propagation::Foreground
        } else {
            Propagation::Background
        };
        let deletion = Deletion { propagation: Some(propagation), ..Deletion::default() };
        deletion::delete(self.store, self.schema, &info, key, deletion, self.now).map(drop)
    }

    fn owners_of(&self, object: &StoredObject) -> Owners {
        let mut owners = Owners::default();
        for owner in object.owners() {
            let uid = || owner.uid.to_string();
            match self.store.find_owner(owner, &object.key.namespace) {
                None => owners.dangling.push(uid()),
                Some(found) => {
                    let document = self.document(found.kind, &found.key).map(|(_, _, document)| document);
                    let waits = found.deleted && document.is_some_and(|it| has_finalizer(&it, FOREGROUND));
                    if waits { owners.waiting.push(uid()) } else { owners.solid += 1 }
                }
            }
        }
        owners
    }

    /// Takes these owners from an object.
    fn drop_owners(&mut self, kind: Kind, key: &Key, uids: &[String]) -> Result<(), DocumentError> {
        let Some((info, _, mut object)) = self.document(kind, key) else { return Ok(()) };
        if let Some(references) = object["metadata"]["ownerReferences"].as_array_mut() {
            references.retain(|reference| !uids.iter().any(|uid| reference["uid"] == uid.as_str()));
        }
        document::put(self.store, self.schema, &info, &object).map(drop)
    }
}

fn has_finalizer(object: &Value, finalizer: &str) -> bool {
    object["metadata"]["finalizers"].as_array().is_some_and(|list| list.iter().any(|name| name == finalizer))
}

fn remove_finalizer(object: &mut Value, finalizer: &str) {
    let list = object["metadata"]["finalizers"].as_array().cloned().unwrap_or_default();
    let kept: Vec<Value> = list.into_iter().filter(|name| name != finalizer).collect();
    object["metadata"]["finalizers"] = json!(kept);
}
