//! The rules for where pods may run: tolerations, affinities, spreading.

use serde_json::Value;

use super::selectors;
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};
use crate::demo::admission::names;

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Checks tolerations.
pub fn check_tolerations(tolerations: &Value, path: &str, wrong: &mut Causes) {
    for (index, toleration) in array(tolerations).iter().enumerate() {
        let path = format!("{path}[{index}]");
        let (key, operator) = (text(&toleration["key"]), text(&toleration["operator"]));
        if !key.is_empty() {
            for detail in names::qualified(key) {
                wrong.invalid_text(format!("{path}.key"), key, &detail);
            }
        } else if operator != "Exists" {
            let detail =
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            wrong.invalid_text(format!("{path}.operator"), operator, detail);
        }
        if !toleration["tolerationSeconds"].is_null() && toleration["effect"] != "NoExecute" {
            let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            wrong.invalid_text(format!("{path}.effect"), text(&toleration["effect"]), detail);
        }
        match operator {
            "" | "Equal" => {
                for detail in names::label_value(text(&toleration["value"])) {
                    wrong.invalid_text(format!("{path}.operator"), text(&toleration["value"]), &detail);
                }
            }
            "Exists" if !text(&toleration["value"]).is_empty() => {
                let detail = "value must be empty when `operator` is 'Exists'";
                wrong.invalid(format!("{path}.operator"), toleration, detail);
            }
            "Exists" => {}
            other => wrong.unsupported(format!("{path}.operator"), other, &["Equal", "Exists"]),
        }
        if let Some(effect) = toleration["effect"].as_str().filter(|effect| !effect.is_empty())
            && !EFFECTS.contains(&effect)
        {
            wrong.unsupported(
                format!("{path}.effect"),
                effect,
                &["NoExecute", "NoSchedule", "PreferNoSchedule"],
            );
        }
    }
}

/// Checks affinities to nodes and to other pods.
pub fn check_affinity(affinity: &Value, path: &str, wrong: &mut Causes) {
    let required = &affinity["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
    if required.is_object() && array(&required["nodeSelectorTerms"]).is_empty() {
        let field =
            format!("{path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
        wrong.required(field, "must have at least one node selector term");
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let path = format!("{path}.{kind}");
        let required = "requiredDuringSchedulingIgnoredDuringExecution";
        for (index, term) in array(&affinity[kind][required]).iter().enumerate() {
            check_term(term, &format!("{path}.{required}[{index}]"), wrong);
        }
        let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        for (index, term) in array(&affinity[kind][preferred]).iter().enumerate() {
            let path = format!("{path}.{preferred}[{index}]");
            if !term["weight"].as_i64().is_some_and(|weight| (1..=100).contains(&weight)) {
                let weight = Value::from(term["weight"].as_i64().unwrap_or(0));
                wrong.invalid(format!("{path}.weight"), &weight, "must be in the range 1-100");
            }
            check_term(&term["podAffinityTerm"], &format!("{path}.podAffinityTerm"), wrong);
        }
    }
}

fn check_term(term: &Value, path: &str, wrong: &mut Causes) {
    selectors::check(&term["labelSelector"], &format!("{path}.labelSelector"), wrong);
    if text(&term["topologyKey"]).is_empty() {
        wrong.required(format!("{path}.topologyKey"), "can not be empty");
    }
}

/// Checks how pods are to be spread.
pub fn check_spread(constraints: &Value, path: &str, wrong: &mut Causes) {
    for (index, constraint) in array(constraints).iter().enumerate() {
        let path = format!("{path}[{index}]");
        let skew = constraint["maxSkew"].as_i64().unwrap_or(0);
        if skew <= 0 {
            wrong.invalid(format!("{path}.maxSkew"), &Value::from(skew), "must be greater than zero");
        }
        if text(&constraint["topologyKey"]).is_empty() {
            wrong.required(format!("{path}.topologyKey"), "can not be empty");
        }
        let action = text(&constraint["whenUnsatisfiable"]);
        if !["DoNotSchedule", "ScheduleAnyway"].contains(&action) {
            wrong.unsupported(
                format!("{path}.whenUnsatisfiable"),
                action,
                &["DoNotSchedule", "ScheduleAnyway"],
            );
        }
        selectors::check(&constraint["labelSelector"], &format!("{path}.labelSelector"), wrong);
    }
}
