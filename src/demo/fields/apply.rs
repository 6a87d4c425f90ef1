//! Server-side apply: what a manager wants, merged into what there is.

use serde_json::Value;
use thiserror::Error;

use super::compare::Comparison;
use super::conflict::Conflicts;
use super::managers::{Manager, Managers, Operation, Owned};
use super::merge::merge;
use super::remove::{remove, with_named_parents};
use super::set::FieldSet;
use super::tracker::{Tracker, take_entries, unowned};
use super::typed::{field_set, violations};

/// Who gets the fields of an object that has no account yet.
const BEFORE_FIRST_APPLY: &str = "before-first-apply";
/// The manager for which fields that client-side apply has set are no conflict.
const KUBECTL: &str = "kubectl";
/// Where client-side apply keeps what it applied last.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Why a configuration can't be applied.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ApplyError {
    /// It is malformed as an object of its kind.
    #[error("{0}")]
    Malformed(String),
    /// It isn't of the kind's shape.
    #[error("{0}")]
    Unfit(String),
    /// Other managers own what it sets.
    #[error("{}", .0.message())]
    Conflict(Conflicts),
}

/// Who applies, and how.
#[derive(Debug, Clone, Copy)]
pub struct Applier<'a> {
    /// The manager's name.
    pub manager: &'a str,
    /// Whether fields are taken from the managers that own them.
    pub force: bool,
    /// The kind's name.
    pub kind: &'a str,
}

impl Tracker<'_> {
    /// The object after a configuration was applied to it, with its account. `empty` is an empty object of the kind; `live` is it too
    /// where the object is created.
    ///
    /// # Errors
    /// When the configuration is of another kind, not of its shape, or in conflict with other managers.
    pub fn apply(
        &self,
        live: &Value,
        empty: &Value,
        config: &Value,
        applier: Applier<'_>,
    ) -> Result<Value, ApplyError> {
        self.check(config, applier)?;
        let mut live = live.clone();
        let mut managers = Managers::of(&live);
        take_entries(&mut live);
        if managers.0.is_empty() {
            managers = self.record(empty, &live, managers, BEFORE_FIRST_APPLY);
        }
        let mut result = match self.merge_in(&live, config, managers.clone(), applier) {
            Err(ApplyError::Conflict(conflicts)) if applier.manager == KUBECTL => {
                let allowed = self.applied_by_client(&live).unwrap_or_default();
                let left = conflicts.without(&allowed);
                if !left.0.is_empty() {
                    return Err(ApplyError::Conflict(left));
                }
                self.merge_in(&live, config, managers, Applier { force: true, ..applier })?
            }
            result => result?,
        };
        if applier.manager == KUBECTL {
            renew_last_applied(&mut result, config);
        }
        Ok(result)
    }

    fn check(&self, config: &Value, applier: Applier<'_>) -> Result<(), ApplyError> {
        let text = |field: &str| config[field].as_str().unwrap_or_default();
        if text("apiVersion") != self.api_version || text("kind") != applier.kind {
            let version = if text("apiVersion").is_empty() { "/" } else { text("apiVersion") };
            let cause = format!("invalid object type: {version}, Kind={}", text("kind"));
            return Err(ApplyError::Malformed(cause));
        }
        let metadata = &config["metadata"];
        if metadata.get("managedFields").is_some_and(|entries| !entries.is_null()) {
            return Err(ApplyError::Malformed("metadata.managedFields must be nil".to_owned()));
        }
        let causes = violations(self.shape, config);
        if causes.is_empty() {
            return Ok(());
        }
        let named = |field: &str| metadata[field].as_str().unwrap_or_default();
        let causes = match causes.as_slice() {
            [cause] => cause.clone(),
            causes => format!("errors:\n  {}", causes.join("\n  ")),
        };
        Err(ApplyError::Unfit(format!(
            "failed to create typed patch object ({}/{}; {}, Kind={}): {causes}",
            named("namespace"),
            named("name"),
            self.api_version,
            applier.kind
        )))
    }

    fn merge_in(
        &self,
        live: &Value,
        config: &Value,
        mut managers: Managers,
        applier: Applier<'_>,
    ) -> Result<Value, ApplyError> {
        let key = Manager::new(applier.manager, Operation::Apply, self.api_version, self.subresource);
        let last = managers.0.remove(&key);
        let (last_fields, last_time) = last.map_or_else(Default::default, |owned| (owned.fields, owned.time));
        let applied = Owned {
            api_version: self.api_version.to_owned(),
            fields: field_set(self.shape, config).without(&self.reset),
            time: last_time,
        };
        managers.0.insert(key.clone(), applied);
        let merged = merge(self.shape, live, config);
        let mut object = self.prune(merged, &managers, &last_fields);
        self.take_over(live, &object, &mut managers, &key, applier.force).map_err(ApplyError::Conflict)?;
        let changed = object != *live;
        if let Some(owned) = managers.0.get_mut(&key) {
            owned.fields = owned.fields.difference(&unowned());
            if changed {
                owned.time = Some(self.now.rfc3339());
            }
        }
        managers.0.retain(|_, owned| !owned.fields.is_empty());
        managers.write(&mut object);
        Ok(object)
    }

    /// Takes out what the applier owned before and no longer applies, as far as nobody else owns it.
    fn prune(&self, merged: Value, managers: &Managers, last: &FieldSet) -> Value {
        if last.is_empty() {
            return merged;
        }
        let named = |fields: &FieldSet| with_named_parents(self.shape, fields);
        let last = named(last);
        let pruned = remove(self.shape, &merged, &last);
        let everything = named(&field_set(self.shape, &merged));
        let owned = managers.0.values().fold(FieldSet::default(), |all, owned| all.union(&owned.fields));
        let kept = named(&field_set(self.shape, &pruned)).union(&named(&owned));
        let pruned = remove(self.shape, &merged, &everything.difference(&kept));
        // What hung below something that has gone, and nobody owned, comes back.
        let gone = everything.difference(&named(&field_set(self.shape, &pruned)));
        remove(self.shape, &merged, &gone.intersection(&last))
    }

    /// The fields that client-side apply has set and that are still as it has set them.
    fn applied_by_client(&self, live: &Value) -> Option<FieldSet> {
        let text = live["metadata"]["annotations"].get(LAST_APPLIED)?.as_str()?;
        let applied: Value = serde_json::from_str(text).ok()?;
        if applied["apiVersion"].as_str() != Some(self.api_version) {
            return None;
        }
        let found = Comparison::of(self.shape, &applied, live);
        let fields = field_set(self.shape, &applied);
        Some(fields.difference(&found.modified).difference(&found.added).difference(&found.removed))
    }
}

/// Keeps the annotation of client-side apply up to date where there is one, so that one can go back to it.
fn renew_last_applied(object: &mut Value, config: &Value) {
    let present = object["metadata"]["annotations"].get(LAST_APPLIED).and_then(Value::as_str);
    if present.is_none_or(str::is_empty) {
        return;
    }
    let mut config = config.clone();
    if let Some(annotations) = config["metadata"].get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.remove(LAST_APPLIED);
    }
    object["metadata"]["annotations"][LAST_APPLIED] = Value::String(format!("{config}\n"));
}
