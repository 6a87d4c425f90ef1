//! The rules for specifications of pods.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{containers, metadata, numbers, scheduling, volumes};
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text, unset};
use crate::demo::admission::names;

/// What is wrong with a name, or nothing.
type NameRule = fn(&str) -> Vec<String>;

/// Checks a specification of pods.
pub fn check(spec: &Value, path: &str, wrong: &mut Causes) {
    check_with(spec, &[], path, wrong);
}

/// Checks a specification of pods that are given these volumes besides their own.
pub fn check_with(spec: &Value, given: &[String], path: &str, wrong: &mut Causes) {
    let mut mounted = volumes::check(&spec["volumes"], &format!("{path}.volumes"), wrong);
    mounted.extend(given.iter().cloned());
    containers::check_all(spec, &mounted, path, wrong);
    check_words(spec, path, wrong);
    metadata::check_labels(&spec["nodeSelector"], &format!("{path}.nodeSelector"), wrong);
    check_host_network(spec, path, wrong);
    check_names(spec, path, wrong);
    check_deadlines(spec, path, wrong);
    scheduling::check_affinity(&spec["affinity"], &format!("{path}.affinity"), wrong);
    scheduling::check_spread(
        &spec["topologySpreadConstraints"],
        &format!("{path}.topologySpreadConstraints"),
        wrong,
    );
    scheduling::check_tolerations(&spec["tolerations"], &format!("{path}.tolerations"), wrong);
}

fn check_words(spec: &Value, path: &str, wrong: &mut Causes) {
    for (field, allowed) in [
        ("restartPolicy", &["Always", "OnFailure", "Never"][..]),
        ("dnsPolicy", &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"][..]),
    ] {
        match text(&spec[field]) {
            "" => wrong.required(format!("{path}.{field}"), ""),
            word if !allowed.contains(&word) => wrong.unsupported(format!("{path}.{field}"), word, allowed),
            _ => {}
        }
    }
    if let Some(word) = spec["preemptionPolicy"].as_str()
        && !["PreemptLowerPriority", "Never"].contains(&word)
    {
        wrong.unsupported(format!("{path}.preemptionPolicy"), word, &["PreemptLowerPriority", "Never"]);
    }
    if text(&spec["dnsPolicy"]) == "None" && array(&spec["dnsConfig"]["nameservers"]).is_empty() {
        let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
        wrong.required(format!("{path}.dnsConfig"), detail);
    }
}

/// Pods on their node's network are reached by the ports that they name, whatever the node calls them.
fn check_host_network(spec: &Value, path: &str, wrong: &mut Causes) {
    if spec["hostNetwork"] != true {
        return;
    }
    for list in ["containers", "initContainers"] {
        for (index, container) in array(&spec[list]).iter().enumerate() {
            for (place, port) in array(&container["ports"]).iter().enumerate() {
                let host = port["hostPort"].as_i64().unwrap_or(0);
                if host != 0 && port["hostPort"] != port["containerPort"] {
                    let field = format!("{path}.{list}[{index}].ports[{place}].hostPort");
                    wrong.invalid(
                        field,
                        &port["hostPort"],
                        "must match `containerPort` when `hostNetwork` is true",
                    );
                }
            }
        }
    }
}

fn check_names(spec: &Value, path: &str, wrong: &mut Causes) {
    let rules: [(&str, NameRule); 6] = [
        ("serviceAccountName", names::subdomain),
        ("nodeName", names::subdomain),
        ("hostname", names::label),
        ("subdomain", names::label),
        ("priorityClassName", names::subdomain),
        ("runtimeClassName", names::subdomain),
    ];
    for (field, rule) in rules {
        if !unset(&spec[field]) {
            for detail in rule(text(&spec[field])) {
                wrong.invalid_text(format!("{path}.{field}"), text(&spec[field]), &detail);
            }
        }
    }
    let mut gates = BTreeSet::new();
    for (index, gate) in array(&spec["schedulingGates"]).iter().enumerate() {
        if !gates.insert(text(&gate["name"])) {
            wrong.duplicate(format!("{path}.schedulingGates[{index}].name"), &gate["name"]);
        }
    }
}

fn check_deadlines(spec: &Value, path: &str, wrong: &mut Causes) {
    if spec["activeDeadlineSeconds"].as_i64().is_some_and(|seconds| seconds < 1) {
        let detail = "must be between 1 and 2147483647, inclusive";
        wrong.invalid(format!("{path}.activeDeadlineSeconds"), &spec["activeDeadlineSeconds"], detail);
    }
    numbers::not_negative(spec, "terminationGracePeriodSeconds", path, wrong);
}
