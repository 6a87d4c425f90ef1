//! The rules for roles and for their bindings.

use serde_json::Value;

use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};
use crate::demo::admission::names;

const GROUP: &str = "rbac.authorization.k8s.io";

/// Checks a role, of a namespace or of the cluster.
pub fn role(namespaced: bool, role: &Value, wrong: &mut Causes) {
    for (index, rule) in array(&role["rules"]).iter().enumerate() {
        let path = format!("rules[{index}]");
        let none = |field: &str| array(&rule[field]).is_empty();
        if none("verbs") {
            wrong.required(format!("{path}.verbs"), "verbs must contain at least one value");
        }
        if none("nonResourceURLs") {
            if none("apiGroups") {
                wrong.required(
                    format!("{path}.apiGroups"),
                    "resource rules must supply at least one api group",
                );
            }
            if none("resources") {
                wrong.required(
                    format!("{path}.resources"),
                    "resource rules must supply at least one resource",
                );
            }
            continue;
        }
        let (field, urls) = (format!("{path}.nonResourceURLs"), &rule["nonResourceURLs"]);
        if namespaced {
            wrong.invalid(field.clone(), urls, "namespaced rules cannot apply to non-resource URLs");
        }
        if !none("apiGroups") || !none("resources") || !none("resourceNames") {
            wrong.invalid(field, urls, "rules cannot apply to both regular resources and non-resource URLs");
        }
    }
}

/// Checks a binding, in a namespace or in the cluster.
pub fn binding(namespaced: bool, binding: &Value, wrong: &mut Causes) {
    let role = &binding["roleRef"];
    if text(&role["apiGroup"]) != GROUP {
        wrong.unsupported("roleRef.apiGroup", text(&role["apiGroup"]), &[GROUP]);
    }
    let kinds: &[&str] = if namespaced { &["Role", "ClusterRole"] } else { &["ClusterRole"] };
    if !kinds.contains(&text(&role["kind"])) {
        let mut sorted = kinds.to_vec();
        sorted.sort_unstable();
        wrong.unsupported("roleRef.kind", text(&role["kind"]), &sorted);
    }
    if text(&role["name"]).is_empty() {
        wrong.required("roleRef.name", "");
    }
    for detail in names::path_segment(text(&role["name"])) {
        wrong.invalid_text("roleRef.name", text(&role["name"]), &detail);
    }
    for (index, subject) in array(&binding["subjects"]).iter().enumerate() {
        check_subject(namespaced, subject, &format!("subjects[{index}]"), wrong);
    }
}

fn check_subject(namespaced: bool, subject: &Value, path: &str, wrong: &mut Causes) {
    if text(&subject["name"]).is_empty() {
        wrong.required(format!("{path}.name"), "");
    }
    let group = text(&subject["apiGroup"]);
    match text(&subject["kind"]) {
        "ServiceAccount" => {
            if !group.is_empty() {
                wrong.unsupported(format!("{path}.apiGroup"), group, &[""]);
            }
            if !namespaced && text(&subject["namespace"]).is_empty() {
                wrong.required(format!("{path}.namespace"), "");
            }
        }
        "User" | "Group" if group != GROUP => wrong.unsupported(format!("{path}.apiGroup"), group, &[GROUP]),
        "User" | "Group" => {}
        other => wrong.unsupported(format!("{path}.kind"), other, &["Group", "ServiceAccount", "User"]),
    }
}
