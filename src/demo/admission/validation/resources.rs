//! The rules for amounts of resources: what containers ask for, quotas and limit ranges.

use serde_json::Value;

use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, entries, text};
use crate::demo::admission::names;
use crate::demo::quantity;

/// The resources without a domain that containers can ask for.
const CONTAINERS: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// Checks what a container asks for and is limited to.
pub fn requirements(resources: &Value, path: &str, wrong: &mut Causes) {
    for (name, amount) in entries(&resources["limits"]) {
        check_amount(name, amount, &format!("{path}.limits"), wrong);
    }
    let limits = &resources["limits"];
    for (name, amount) in entries(&resources["requests"]) {
        check_amount(name, amount, &format!("{path}.requests"), wrong);
        let limit = &limits[name.as_str()];
        let (asked, most) = (thousandths(amount), thousandths(limit));
        if !limit.is_null() && asked > most {
            let detail = format!("must be less than or equal to {name} limit of {}", text(limit));
            wrong.invalid(format!("{path}.requests"), amount, &detail);
        }
    }
}

fn check_amount(name: &str, amount: &Value, path: &str, wrong: &mut Causes) {
    let keyed = format!("{path}[{name}]");
    for detail in names::qualified(name) {
        wrong.invalid_text(keyed.clone(), name, &detail);
    }
    let huge = name.starts_with("hugepages-");
    if !name.contains('/') && !CONTAINERS.contains(&name) && !huge {
        wrong.invalid_text(keyed.clone(), name, "must be a standard resource for containers");
    }
    if thousandths(amount) < 0 {
        wrong.invalid(keyed, amount, "must be greater than or equal to 0");
    }
}

fn thousandths(amount: &Value) -> i64 {
    quantity::thousandths(text(amount)).unwrap_or(0)
}

/// Checks a quota.
pub fn quota(spec: &Value, wrong: &mut Causes) {
    for (name, amount) in entries(&spec["hard"]) {
        let keyed = format!("spec.hard[{name}]");
        for detail in names::qualified(name) {
            wrong.invalid_text(keyed.clone(), name, &detail);
        }
        if thousandths(amount) < 0 {
            wrong.invalid(keyed.clone(), amount, "must be greater than or equal to 0");
        }
        let counted = !name.contains("cpu") && !name.contains("memory") && !name.contains("storage");
        if counted && thousandths(amount) % 1000 != 0 {
            wrong.invalid(keyed, amount, "must be an integer");
        }
    }
    for (index, scope) in array(&spec["scopes"]).iter().enumerate() {
        const SCOPES: [&str; 5] =
            ["BestEffort", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating"];
        if !SCOPES.contains(&text(scope)) {
            wrong.invalid(format!("spec.scopes[{index}]"), scope, "unsupported scope");
        }
    }
}

/// Checks a limit range.
pub fn limit_range(spec: &Value, wrong: &mut Causes) {
    for (index, item) in array(&spec["limits"]).iter().enumerate() {
        let path = format!("spec.limits[{index}]");
        if text(&item["type"]).is_empty() {
            wrong.required(format!("{path}.type"), "");
        }
        let amount = |field: &str, name: &str| {
            item[field].get(name).map(|amount| (thousandths(amount), text(amount).to_owned()))
        };
        let mut names: Vec<&String> = ["max", "min", "default", "defaultRequest"]
            .iter()
            .flat_map(|field| entries(&item[*field]).map(|(name, _)| name))
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            for (lower, higher) in [
                ("min", "max"),
                ("min", "default"),
                ("min", "defaultRequest"),
                ("defaultRequest", "max"),
                ("defaultRequest", "default"),
                ("default", "max"),
            ] {
                if let (Some(low), Some(high)) = (amount(lower, name), amount(higher, name))
                    && low.0 > high.0
                {
                    let words = |field: &str| {
                        if field == "defaultRequest" { "default request" } else { field }.to_owned()
                    };
                    // The field that is named is the one that the other bounds.
                    let (field, value) =
                        if lower == "min" && higher != "max" { (higher, &high.1) } else { (lower, &low.1) };
                    let detail = format!(
                        "{} value {} is greater than {} value {}",
                        words(lower),
                        low.1,
                        words(higher),
                        high.1
                    );
                    wrong.invalid_text(format!("{path}.{field}[{name}]"), value, &detail);
                }
            }
        }
    }
}
