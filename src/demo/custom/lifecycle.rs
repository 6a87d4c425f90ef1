//! The life of a definition: its names are accepted, it is established and served, and it takes its objects with it.

use serde_json::{Value, json};

use super::definition::Definition;
use crate::demo::store::{Key, Kind, Store};
use crate::platform::time::Instant;

/// Keeps a definition until its objects are gone.
const FINALIZER: &str = "customresourcecleanup.apiextensions.k8s.io";

/// Brings the served kinds, and the definition's own status, up to date with a definition that has changed.
/// Says whether it has to be looked at again, because it waits for objects with finalizers.
pub fn reconcile(store: &mut Store, key: &Key, now: Instant) -> bool {
    let Some(stored) = store.get(Kind::CustomResourceDefinition, key).cloned() else {
        withdraw(store, key);
        return false;
    };
    let before = stored.json();
    let mut definition = before.clone();
    if before["metadata"]["deletionTimestamp"].is_string() {
        return clean_up(store, key, definition, now);
    }
    accept_names(store, &mut definition, now);
    if definition != before {
        store.put_json(Kind::CustomResourceDefinition, &mut definition);
    }
    if holds(&definition, "Established")
        && let Some(read) = Definition::read(&definition)
    {
        store.serve(read.stored, read.served);
    }
    false
}

/// The custom kind that a definition with this key has brought.
fn kind_of(store: &Store, key: &Key) -> Option<Kind> {
    let (plural, group) = key.name.split_once('.')?;
    store.kinds().custom(group, plural)
}

fn withdraw(store: &mut Store, key: &Key) {
    if let Some(kind) = kind_of(store, key) {
        store.withdraw(kind);
    }
}

/// Removes the objects of a definition that is being deleted, and then the definition.
fn clean_up(store: &mut Store, key: &Key, mut definition: Value, now: Instant) -> bool {
    let finalizers = definition["metadata"]["finalizers"].as_array().cloned().unwrap_or_default();
    if !finalizers.iter().any(|it| it == FINALIZER) {
        return false;
    }
    let before = definition.clone();
    let kind = kind_of(store, key);
    let left = kind.map_or(0, |kind| remove_objects(store, kind, now));
    let (status, reason, message) = if left > 0 {
        ("True", "InstanceDeletionInProgress", "CustomResource deletion is in progress")
    } else {
        ("False", "InstanceDeletionCompleted", "removed all instances")
    };
    set_condition(&mut definition, "Terminating", (status, reason, message), now);
    if left == 0 {
        let rest: Vec<Value> = finalizers.into_iter().filter(|it| it != FINALIZER).collect();
        let gone = rest.is_empty();
        definition["metadata"]["finalizers"] = json!(rest);
        withdraw(store, key);
        if gone {
            store.remove_kind(Kind::CustomResourceDefinition, key);
            return false;
        }
    }
    if definition != before {
        store.put_json(Kind::CustomResourceDefinition, &mut definition);
    }
    left > 0
}

/// Removes the objects of a kind; those with finalizers are only marked. Gives how many are left.
fn remove_objects(store: &mut Store, kind: Kind, now: Instant) -> usize {
    let objects: Vec<_> = store.list(kind, None, None).cloned().collect();
    let mut left = 0;
    for object in objects {
        let mut value = object.json();
        if value["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty) {
            store.remove_kind(kind, &object.key);
            continue;
        }
        left += 1;
        if value["metadata"]["deletionTimestamp"].is_null() {
            value["metadata"]["deletionTimestamp"] = json!(now.rfc3339());
            value["metadata"]["deletionGracePeriodSeconds"] = json!(0);
            store.put_json(kind, &mut value);
        }
    }
    left
}

/// Accepts the names unless another kind of the group has them, and establishes the definition.
fn accept_names(store: &Store, definition: &mut Value, now: Instant) {
    let names = definition["spec"]["names"].clone();
    match conflict(store, definition, &names) {
        Some((reason, message)) => {
            set_condition(definition, "NamesAccepted", ("False", reason, &message), now);
            if !holds(definition, "Established") {
                let refused = ("False", "NotAccepted", "not all names are accepted");
                set_condition(definition, "Established", refused, now);
            }
        }
        None => {
            set_condition(definition, "NamesAccepted", ("True", "NoConflicts", "no conflicts found"), now);
            let established = ("True", "InitialNamesAccepted", "the initial names have been accepted");
            set_condition(definition, "Established", established, now);
            definition["status"]["acceptedNames"] = names;
        }
    }
    remember_storage(definition);
}

/// Notes the version in which objects are kept among those in which some may be.
fn remember_storage(definition: &mut Value) {
    let versions = definition["spec"]["versions"].as_array().into_iter().flatten();
    let Some(name) = versions.filter(|it| it["storage"] == true).map(|it| it["name"].clone()).next() else {
        return;
    };
    let stored = &mut definition["status"]["storedVersions"];
    if !stored.is_array() {
        *stored = json!([]);
    }
    if let Some(stored) = stored.as_array_mut()
        && !stored.contains(&name)
    {
        stored.push(name);
    }
}

/// Which name another kind of the group already has.
fn conflict(store: &Store, definition: &Value, names: &Value) -> Option<(&'static str, String)> {
    let group = definition["spec"]["group"].as_str()?;
    let plural = names["plural"].as_str()?;
    let others = || store.kinds().served().iter().filter(|kind| kind.group == group && kind.plural != plural);
    let taken = |name: &str| {
        others()
            .any(|it| it.plural == name || it.singular == name || it.short.iter().any(|short| short == name))
    };
    let in_use = |name: &str| format!("\"{name}\" is already in use");
    let singular = names["singular"].as_str().unwrap_or_default();
    let kind = names["kind"].as_str().unwrap_or_default();
    let list = names["listKind"].as_str().unwrap_or_default();
    let kinds = |name: &str| others().any(|it| it.name == name || it.list_name == name);
    let short = names["shortNames"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let short: Vec<String> = short.filter(|name| taken(name)).map(in_use).collect();
    if taken(plural) {
        Some(("PluralConflict", in_use(plural)))
    } else if taken(singular) {
        Some(("SingularConflict", in_use(singular)))
    } else if !short.is_empty() {
        Some(("ShortNamesConflict", short.join(", ")))
    } else if kinds(kind) {
        Some(("KindConflict", in_use(kind)))
    } else if kinds(list) {
        Some(("ListKindConflict", in_use(list)))
    } else {
        None
    }
}

fn holds(definition: &Value, condition: &str) -> bool {
    let conditions = definition["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|it| it["type"] == condition && it["status"] == "True")
}

/// Sets a condition; the time of its transition moves only when its status does.
fn set_condition(
    definition: &mut Value,
    kind: &str,
    (status, reason, message): (&str, &str, &str),
    now: Instant,
) {
    if !definition["status"]["conditions"].is_array() {
        definition["status"]["conditions"] = json!([]);
    }
    let Some(conditions) = definition["status"]["conditions"].as_array_mut() else { return };
    let place = conditions.iter().position(|it| it["type"] == kind);
    let since = match place.map(|place| &conditions[place]) {
        Some(present) if present["status"] == status => present["lastTransitionTime"].clone(),
        _ => json!(now.rfc3339()),
    };
    let condition = json!({
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": since,
    });
    match place {
        Some(place) => conditions[place] = condition,
        None => conditions.push(condition),
    }
}
