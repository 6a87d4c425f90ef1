//! Whether someone's rules cover other rules, and what they lack: nobody may grant what they don't hold.

use std::collections::BTreeSet;

use k8s_pb::api::rbac::v1::PolicyRule;

use super::rules::{lists, path_covers};

/// What the owner's rules lack of the wanted ones, as people read it; empty where they cover them all.
pub fn lacking(owned: &[&PolicyRule], wanted: &[PolicyRule]) -> Vec<String> {
    let parts = wanted.iter().flat_map(parts);
    let missing: Vec<PolicyRule> =
        parts.filter(|part| !owned.iter().any(|rule| covers(rule, part))).collect();
    let described: BTreeSet<String> = compact(missing).iter().map(describe).collect();
    described.into_iter().collect()
}

/// The rules of one verb, one group and one resource, or one path, that a rule consists of.
fn parts(rule: &PolicyRule) -> Vec<PolicyRule> {
    let mut parts = Vec::new();
    let one = |text: &String| vec![text.clone()];
    for group in &rule.api_groups {
        for resource in &rule.resources {
            for verb in &rule.verbs {
                let part = PolicyRule {
                    verbs: one(verb),
                    api_groups: one(group),
                    resources: one(resource),
                    ..PolicyRule::default()
                };
                let named = |name| PolicyRule { resource_names: one(name), ..part.clone() };
                parts.extend(rule.resource_names.iter().map(named));
                if rule.resource_names.is_empty() {
                    parts.push(part);
                }
            }
        }
    }
    for path in &rule.non_resource_ur_ls {
        for verb in &rule.verbs {
            parts.push(PolicyRule {
                verbs: one(verb),
                non_resource_ur_ls: one(path),
                ..PolicyRule::default()
            });
        }
    }
    parts
}

/// Whether a rule covers a part, which has one of each.
fn covers(rule: &PolicyRule, part: &PolicyRule) -> bool {
    let all = |list: &[String], wanted: &[String]| wanted.iter().all(|value| lists(list, value));
    let names = match part.resource_names.as_slice() {
        [] => rule.resource_names.is_empty(),
        wanted => {
            rule.resource_names.is_empty() || wanted.iter().all(|name| rule.resource_names.contains(name))
        }
    };
    let paths = |path: &String| rule.non_resource_ur_ls.iter().any(|pattern| path_covers(pattern, path));
    names
        && all(&rule.verbs, &part.verbs)
        && all(&rule.api_groups, &part.api_groups)
        && part.resources.iter().all(|resource| covers_resource(&rule.resources, resource))
        && part.non_resource_ur_ls.iter().all(paths)
}

fn covers_resource(resources: &[String], wanted: &str) -> bool {
    let of_any = wanted.split_once('/').map(|(_, subresource)| format!("*/{subresource}"));
    lists(resources, wanted) || of_any.is_some_and(|pattern| resources.contains(&pattern))
}

/// Puts the verbs of the same resource together.
fn compact(parts: Vec<PolicyRule>) -> Vec<PolicyRule> {
    let mut together: Vec<PolicyRule> = Vec::new();
    for part in parts {
        let same = |other: &&mut PolicyRule| {
            other.non_resource_ur_ls.is_empty()
                && part.non_resource_ur_ls.is_empty()
                && (&other.api_groups, &other.resources, &other.resource_names)
                    == (&part.api_groups, &part.resources, &part.resource_names)
        };
        match together.iter_mut().find(same) {
            Some(other) => other.verbs.extend(part.verbs),
            None => together.push(part),
        }
    }
    together
}

/// A rule as errors say it.
fn describe(rule: &PolicyRule) -> String {
    let lists = [
        ("APIGroups", &rule.api_groups),
        ("Resources", &rule.resources),
        ("NonResourceURLs", &rule.non_resource_ur_ls),
        ("ResourceNames", &rule.resource_names),
        ("Verbs", &rule.verbs),
    ];
    let parts: Vec<String> = lists
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| format!("{name}:{}", quoted(values)))
        .collect();
    format!("{{{}}}", parts.join(", "))
}

/// `["a" "b"]`
pub fn quoted(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
    format!("[{}]", quoted.join(" "))
}
