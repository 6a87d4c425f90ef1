//! The cells of volumes, claims and their classes.

use serde_json::{Value, json};

use super::text::{UNSET, age, items, name, text};
use crate::platform::time::Instant;

/// The annotation by which a class was named before there was a field for it.
const OLD_CLASS: &str = "volume.beta.kubernetes.io/storage-class";

/// The cells of a persistent volume.
pub fn volume(object: &Value, now: Instant) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let claim = &spec["claimRef"];
    let claim = if claim.is_object() {
        format!("{}/{}", text(&claim["namespace"]), text(&claim["name"]))
    } else {
        String::new()
    };
    vec![
        name(object),
        json!(spec["capacity"]["storage"].as_str().unwrap_or("0")),
        json!(access_modes(&spec["accessModes"])),
        json!(text(&spec["persistentVolumeReclaimPolicy"])),
        json!(phase(object)),
        json!(claim),
        json!(class_of(object)),
        json!(spec["volumeAttributesClassName"].as_str().unwrap_or(UNSET)),
        json!(text(&status["reason"])),
        age(object, now),
        json!(spec["volumeMode"].as_str().unwrap_or(UNSET)),
    ]
}

/// The cells of a claim; its capacity and modes are those of the volume that it is bound to.
pub fn claim(object: &Value, now: Instant) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let bound = !text(&spec["volumeName"]).is_empty();
    let capacity = if bound { status["capacity"]["storage"].as_str().unwrap_or("0") } else { "" };
    let modes = if bound { access_modes(&status["accessModes"]) } else { String::new() };
    vec![
        name(object),
        json!(phase(object)),
        json!(text(&spec["volumeName"])),
        json!(capacity),
        json!(modes),
        json!(class_of(object)),
        json!(spec["volumeAttributesClassName"].as_str().unwrap_or(UNSET)),
        age(object, now),
        json!(spec["volumeMode"].as_str().unwrap_or(UNSET)),
    ]
}

/// The cells of a storage class.
pub fn class(object: &Value, now: Instant) -> Vec<Value> {
    let is_default = ["storageclass.kubernetes.io", "storageclass.beta.kubernetes.io"]
        .iter()
        .any(|prefix| object["metadata"]["annotations"][format!("{prefix}/is-default-class")] == "true");
    let suffix = if is_default { " (default)" } else { "" };
    vec![
        json!(format!("{}{suffix}", text(&object["metadata"]["name"]))),
        json!(text(&object["provisioner"])),
        json!(object["reclaimPolicy"].as_str().unwrap_or("Delete")),
        json!(object["volumeBindingMode"].as_str().unwrap_or("Immediate")),
        json!(object["allowVolumeExpansion"] == true),
        age(object, now),
    ]
}

fn phase(object: &Value) -> &str {
    if object["metadata"]["deletionTimestamp"].is_string() {
        "Terminating"
    } else {
        text(&object["status"]["phase"])
    }
}

fn class_of(object: &Value) -> &str {
    let annotated = object["metadata"]["annotations"][OLD_CLASS].as_str();
    annotated.unwrap_or_else(|| text(&object["spec"]["storageClassName"]))
}

fn access_modes(modes: &Value) -> String {
    let known = [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ];
    let has = |mode: &str| items(modes).iter().any(|it| it == mode);
    let short: Vec<&str> = known.iter().filter(|(mode, _)| has(mode)).map(|(_, short)| *short).collect();
    short.join(",")
}
