//! The rules for every object's metadata.

use serde_json::Value;

use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, entries, text};
use crate::demo::admission::names;
use crate::demo::store::{Kind, KindInfo};

/// The most that all annotations of an object may have together, in bytes.
const ANNOTATIONS_SIZE: usize = 256 << 10;

/// Finalizers that need no domain.
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

/// What the name of a kind's objects has to be like.
pub fn name_rule(kind: &KindInfo) -> fn(&str) -> Vec<String> {
    match &*kind.name {
        "Namespace" => names::label,
        "Service" => names::old_label,
        "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding" => names::path_segment,
        _ => names::subdomain,
    }
}

/// Checks a new object's metadata.
pub fn check(kind: &KindInfo, metadata: &Value, wrong: &mut Causes) {
    let rule = name_rule(kind);
    let name = text(&metadata["name"]);
    if name.is_empty() {
        wrong.required("metadata.name", "name or generateName is required");
    } else {
        for detail in rule(name) {
            wrong.invalid_text("metadata.name", name, &detail);
        }
    }
    check_labels(&metadata["labels"], "metadata.labels", wrong);
    check_annotations(&metadata["annotations"], "metadata.annotations", wrong);
    check_owners(&metadata["ownerReferences"], wrong);
    check_finalizers(kind, &metadata["finalizers"], wrong);
}

/// Checks what an update makes of an object's metadata.
pub fn check_update(kind: &KindInfo, metadata: &Value, before: &Value, wrong: &mut Causes) {
    if !before["deletionTimestamp"].is_null() {
        let old = array(&before["finalizers"]);
        let mut new: Vec<&str> =
            array(&metadata["finalizers"]).iter().filter(|it| !old.contains(it)).map(text).collect();
        new.sort_unstable();
        if !new.is_empty() {
            let list: Vec<String> = new.iter().map(|name| format!("\"{name}\"")).collect();
            let detail = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                list.join(", ")
            );
            wrong.forbidden("metadata.finalizers", &detail);
        }
    }
    for field in ["name", "namespace", "uid"] {
        immutable(&format!("metadata.{field}"), &metadata[field], &before[field], wrong);
    }
    check(kind, metadata, wrong);
}

/// Refuses another value of a field that stays as it is.
pub fn immutable(field: &str, value: &Value, before: &Value, wrong: &mut Causes) {
    if value != before {
        wrong.invalid(field, value, "field is immutable");
    }
}

/// Checks labels.
pub fn check_labels(labels: &Value, field: &str, wrong: &mut Causes) {
    for (key, value) in entries(labels) {
        for detail in names::qualified(key) {
            wrong.invalid_text(field, key, &detail);
        }
        for detail in names::label_value(text(value)) {
            wrong.invalid_text(field, text(value), &detail);
        }
    }
}

fn check_annotations(annotations: &Value, field: &str, wrong: &mut Causes) {
    let mut size = 0;
    for (key, value) in entries(annotations) {
        // Keys of annotations may have upper-case letters in their domain.
        for detail in names::qualified(&key.to_lowercase()) {
            wrong.invalid_text(field, key, &detail);
        }
        size += key.len() + text(value).len();
    }
    if size > ANNOTATIONS_SIZE {
        wrong.too_long(field, ANNOTATIONS_SIZE);
    }
}

fn check_owners(owners: &Value, wrong: &mut Causes) {
    const FIELD: &str = "metadata.ownerReferences";
    let mut controller: Option<String> = None;
    for owner in array(owners) {
        let version = text(&owner["apiVersion"]);
        let version = version.rsplit_once('/').map_or(version, |(_, version)| version);
        if version.is_empty() {
            wrong.invalid_text(format!("{FIELD}.apiVersion"), version, "version must not be empty");
        }
        for field in ["kind", "name", "uid"] {
            if text(&owner[field]).is_empty() {
                wrong.invalid_text(format!("{FIELD}.{field}"), "", "must not be empty");
            }
        }
        if text(&owner["apiVersion"]) == "v1" && text(&owner["kind"]) == "Event" {
            wrong.invalid(FIELD, owner, "/v1, Kind=Event is disallowed from being an owner");
        }
        if owner["controller"] == true {
            let this = format!("{}/{}", text(&owner["kind"]), text(&owner["name"]));
            match &controller {
                Some(first) => wrong.invalid(
                    FIELD,
                    owners,
                    &format!("Only one reference can have Controller set to true. Found \"true\" in references for {first} and {this}"),
                ),
                None => controller = Some(this),
            }
        }
    }
}

fn check_finalizers(kind: &KindInfo, finalizers: &Value, wrong: &mut Causes) {
    const FIELD: &str = "metadata.finalizers";
    let finalizers = array(finalizers);
    for name in finalizers.iter().map(text) {
        for detail in names::qualified(name) {
            wrong.invalid_text(FIELD, name, &detail);
        }
    }
    let has = |wanted: &str| finalizers.iter().any(|name| name == wanted);
    if has("orphan") && has("foregroundDeletion") {
        wrong.invalid(
            FIELD,
            &Value::Array(finalizers.to_vec()),
            "finalizer orphan and foregroundDeletion cannot be both set",
        );
    }
    if kind.stored == Kind::Event {
        return;
    }
    for (index, name) in finalizers.iter().map(text).enumerate() {
        if !name.contains('/') && !STANDARD_FINALIZERS.contains(&name) {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            wrong.invalid_text(format!("{FIELD}[{index}]"), name, detail);
        }
    }
}

/// Checks the metadata of a template.
pub fn check_template(metadata: &Value, path: &str, wrong: &mut Causes) {
    check_labels(&metadata["labels"], &format!("{path}.labels"), wrong);
    check_annotations(&metadata["annotations"], &format!("{path}.annotations"), wrong);
}
