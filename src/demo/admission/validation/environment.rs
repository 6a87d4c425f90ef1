//! The rules for containers' environment variables.

use serde_json::Value;

use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};
use crate::demo::admission::names;

/// Where the value of a variable can come from.
const SOURCES: [&str; 4] = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef"];

/// The fields of its pod that a variable can have.
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Checks a container's variables.
pub fn check(container: &Value, path: &str, wrong: &mut Causes) {
    for (index, variable) in array(&container["env"]).iter().enumerate() {
        let path = format!("{path}.env[{index}]");
        let name = text(&variable["name"]);
        if name.is_empty() {
            wrong.required(format!("{path}.name"), "");
        } else {
            for detail in names::environment_variable(name) {
                wrong.invalid_text(format!("{path}.name"), name, &detail);
            }
        }
        if !variable["valueFrom"].is_null() {
            check_source(variable, &format!("{path}.valueFrom"), wrong);
        }
    }
    for (index, source) in array(&container["envFrom"]).iter().enumerate() {
        let path = format!("{path}.envFrom[{index}]");
        let given: Vec<&str> =
            ["configMapRef", "secretRef"].into_iter().filter(|name| !source[*name].is_null()).collect();
        for name in &given {
            if text(&source[*name]["name"]).is_empty() {
                wrong.required(format!("{path}.{name}.name"), "");
            }
        }
        match given.len() {
            0 => wrong.invalid_text(path, "", "must specify one of: `configMapRef` or `secretRef`"),
            1 => {}
            _ => wrong.invalid_text(path, "", "may not have more than one field specified at a time"),
        }
    }
}

fn check_source(variable: &Value, path: &str, wrong: &mut Causes) {
    let source = &variable["valueFrom"];
    let given: Vec<&str> = SOURCES.into_iter().filter(|name| !source[*name].is_null()).collect();
    for name in &given {
        let own = format!("{path}.{name}");
        match *name {
            "fieldRef" => check_field(&source["fieldRef"], &own, wrong),
            "configMapKeyRef" | "secretKeyRef" => {
                for field in ["name", "key"] {
                    if text(&source[*name][field]).is_empty() {
                        wrong.required(format!("{own}.{field}"), "");
                    }
                }
                let key = text(&source[*name]["key"]);
                if !key.is_empty() {
                    for detail in names::config_key(key) {
                        wrong.invalid_text(format!("{own}.key"), key, &detail);
                    }
                }
            }
            _ if text(&source[*name]["resource"]).is_empty() => wrong.required(format!("{own}.resource"), ""),
            _ => {}
        }
    }
    if given.is_empty() {
        let detail =
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
        wrong.invalid_text(path, "", detail);
    } else if !text(&variable["value"]).is_empty() {
        wrong.invalid_text(path, "", "may not be specified when `value` is not empty");
    } else if given.len() > 1 {
        wrong.invalid_text(path, "", "may not have more than one field specified at a time");
    }
}

fn check_field(field: &Value, path: &str, wrong: &mut Causes) {
    let name = text(&field["fieldPath"]);
    if name.is_empty() {
        wrong.required(format!("{path}.fieldPath"), "");
        return;
    }
    let subscript =
        ["metadata.labels['", "metadata.annotations['"].iter().any(|start| name.starts_with(start));
    if !FIELDS.contains(&name) && !subscript {
        wrong.unsupported(format!("{path}.fieldPath"), name, &FIELDS);
    }
}
