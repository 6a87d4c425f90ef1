//! The rules for claims on volumes, and for classes of storage.

use serde_json::Value;

use super::selectors;
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};
use crate::demo::admission::names;
use crate::demo::quantity;

const ACCESS_MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/// Checks the specification of a claim.
pub fn claim(spec: &Value, path: &str, wrong: &mut Causes) {
    let modes = array(&spec["accessModes"]);
    if modes.is_empty() {
        wrong.required(format!("{path}.accessModes"), "at least 1 access mode is required");
    }
    selectors::check(&spec["selector"], &format!("{path}.selector"), wrong);
    for mode in modes.iter().map(text).filter(|mode| !ACCESS_MODES.contains(mode)) {
        wrong.unsupported(format!("{path}.accessModes"), mode, &ACCESS_MODES);
    }
    if modes.len() > 1 && modes.iter().any(|mode| mode == "ReadWriteOncePod") {
        wrong
            .forbidden(format!("{path}.accessModes"), "may not use ReadWriteOncePod with other access modes");
    }
    let size = &spec["resources"]["requests"]["storage"];
    let field = format!("{path}.resources[storage]");
    match quantity::thousandths(text(size)) {
        _ if size.is_null() => wrong.required(field, ""),
        Some(amount) if amount <= 0 => wrong.invalid(field, size, "must be greater than zero"),
        _ => {}
    }
    if let Some(class) = spec["storageClassName"].as_str().filter(|class| !class.is_empty()) {
        for detail in names::subdomain(class) {
            wrong.invalid_text(format!("{path}.storageClassName"), class, &detail);
        }
    }
    if let Some(mode) = spec["volumeMode"].as_str()
        && !["Block", "Filesystem"].contains(&mode)
    {
        wrong.unsupported(format!("{path}.volumeMode"), mode, &["Block", "Filesystem"]);
    }
}

/// Checks a class of storage.
pub fn class(class: &Value, wrong: &mut Causes) {
    if text(&class["provisioner"]).is_empty() {
        wrong.required("provisioner", "");
    }
    for (field, supported) in [
        ("reclaimPolicy", ["Delete", "Retain"]),
        ("volumeBindingMode", ["Immediate", "WaitForFirstConsumer"]),
    ] {
        if let Some(word) = class[field].as_str()
            && !supported.contains(&word)
        {
            wrong.unsupported(field, word, &supported);
        }
    }
}
