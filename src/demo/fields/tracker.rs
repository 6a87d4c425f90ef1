//! Keeps the account of who owns which fields through a write.

use std::collections::BTreeMap;

use serde_json::Value;

use super::compare::Comparison;
use super::conflict::Conflicts;
use super::managers::{Manager, Managers, Operation, Owned};
use super::set::FieldSet;
use super::shape::Shape;
use crate::platform::time::Instant;

/// Managers whose fields came by updates, beyond which the oldest are put together.
const MOST_UPDATERS: usize = 10;
/// Who gets the fields of the oldest.
const ANCIENT: &str = "ancient-changes";

/// Metadata that nobody owns.
const UNOWNED: [&[&str]; 12] = [
    &["apiVersion"],
    &["kind"],
    &["metadata"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["metadata", "creationTimestamp"],
    &["metadata", "selfLink"],
    &["metadata", "uid"],
    &["metadata", "clusterName"],
    &["metadata", "generation"],
    &["metadata", "managedFields"],
    &["metadata", "resourceVersion"],
];

/// Who writes what, as far as ownership goes.
#[derive(Debug, Clone)]
pub struct Tracker<'a> {
    /// The shape of what is written.
    pub shape: Shape<'a>,
    /// The version that is written.
    pub api_version: &'a str,
    /// The subresource; empty for the object itself.
    pub subresource: &'a str,
    /// The fields that this write leaves as they are, whatever it says of them.
    pub reset: FieldSet,
    /// The time.
    pub now: Instant,
}

impl Tracker<'_> {
    /// Gives what `wanted` has otherwise than `live` to this manager, and writes the account into it; an empty list of entries in it throws
    /// the account away. `live` of an object that is created is an empty one of its kind.
    pub fn update(&self, live: &Value, wanted: &mut Value, manager: &str) {
        let sent = take_entries(wanted);
        let live_managers = Managers::of(live);
        let managers = if self.subresource.is_empty() {
            match sent {
                Some(entries) if entries.as_array().is_some_and(Vec::is_empty) => Managers::default(),
                Some(entries) => Managers::decode(&entries)
                    .filter(|managers| !managers.0.is_empty())
                    .unwrap_or(live_managers),
                None => live_managers,
            }
        } else {
            live_managers
        };
        // An object whose account somebody has thrown away gets a new one with the first apply.
        let created = live["metadata"]["uid"].as_str().unwrap_or_default().is_empty();
        if managers.0.is_empty() && !created {
            return;
        }
        self.record(live, wanted, managers, manager).write(wanted);
    }

    /// The account after a manager has made `wanted` of `live`.
    pub(super) fn record(&self, live: &Value, wanted: &Value, managers: Managers, manager: &str) -> Managers {
        let found = Comparison::of(self.shape, live, wanted).without(&self.reset);
        let mut managers = managers.0;
        let taken = found.modified.union(&found.added);
        for owned in managers.values_mut() {
            owned.fields = owned.fields.difference(&taken).difference(&found.removed);
        }
        managers.retain(|_, owned| !owned.fields.is_empty());
        let taken = taken.difference(&unowned());
        if !taken.is_empty() {
            let key = Manager::new(manager, Operation::Update, self.api_version, self.subresource);
            let before = managers.remove(&key).map(|owned| owned.fields).unwrap_or_default();
            let owned = Owned {
                api_version: self.api_version.to_owned(),
                fields: taken.union(&before),
                time: Some(self.now.rfc3339()),
            };
            managers.insert(key, owned);
        }
        cap(&mut managers);
        Managers(managers)
    }

    /// Takes what the other managers no longer own, now that an applier has made `wanted` of `live`.
    ///
    /// # Errors
    /// When they own it and the apply isn't forced.
    pub(super) fn take_over(
        &self,
        live: &Value,
        wanted: &Value,
        managers: &mut Managers,
        applier: &Manager,
        force: bool,
    ) -> Result<(), Conflicts> {
        let found = Comparison::of(self.shape, live, wanted).without(&self.reset);
        let taken = found.modified.union(&found.added);
        let mut conflicts: BTreeMap<Manager, FieldSet> = BTreeMap::new();
        for (manager, owned) in managers.0.iter().filter(|(manager, _)| *manager != applier) {
            let conflict = owned.fields.intersection(&taken);
            if !conflict.is_empty() {
                conflicts.insert(manager.clone(), conflict);
            }
        }
        if !force && !conflicts.is_empty() {
            return Err(Conflicts::of(&conflicts));
        }
        for (manager, owned) in managers.0.iter_mut().filter(|(manager, _)| *manager != applier) {
            if let Some(conflict) = conflicts.get(manager) {
                owned.fields = owned.fields.difference(conflict);
            }
            owned.fields = owned.fields.difference(&found.removed);
        }
        managers.0.retain(|_, owned| !owned.fields.is_empty());
        Ok(())
    }
}

/// What nobody owns.
pub(super) fn unowned() -> FieldSet {
    FieldSet::of(&UNOWNED)
}

/// Takes `managedFields` out of an object.
pub(super) fn take_entries(object: &mut Value) -> Option<Value> {
    object.get_mut("metadata")?.as_object_mut()?.remove("managedFields")
}

/// Puts the oldest updates together until there are few enough.
fn cap(managers: &mut BTreeMap<Manager, Owned>) {
    let mut updaters: Vec<(Option<String>, Manager)> = managers
        .iter()
        .filter(|(manager, _)| manager.operation == Operation::Update)
        .map(|(manager, owned)| (owned.time.clone(), manager.clone()))
        .collect();
    let mut excess = updaters.len().saturating_sub(MOST_UPDATERS);
    updaters.sort();
    let mut first_of_version: BTreeMap<String, Manager> = BTreeMap::new();
    for (time, manager) in updaters {
        if excess == 0 {
            return;
        }
        let version = manager.api_version.clone();
        let Some(first) = first_of_version.get(&version) else {
            first_of_version.insert(version, manager);
            continue;
        };
        let bucket = Manager::new(ANCIENT, Operation::Update, &version, "");
        if !managers.contains_key(&bucket)
            && let Some(owned) = managers.remove(first)
        {
            managers.insert(bucket.clone(), owned);
        }
        if let (Some(owned), Some(ancient)) = (managers.remove(&manager), managers.get_mut(&bucket)) {
            ancient.fields = ancient.fields.union(&owned.fields);
            ancient.time = time;
            excess -= 1;
        }
    }
}
