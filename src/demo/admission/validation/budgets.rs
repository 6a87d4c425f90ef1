//! The rules for disruption budgets.

use serde_json::Value;

use super::{numbers, selectors};
use crate::demo::admission::causes::Causes;

/// Checks the specification of a disruption budget.
pub fn check(spec: &Value, wrong: &mut Causes) {
    if !spec["minAvailable"].is_null() && !spec["maxUnavailable"].is_null() {
        wrong.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set");
    }
    for field in ["minAvailable", "maxUnavailable"] {
        numbers::count_or_percent(&spec[field], &format!("spec.{field}"), wrong);
        numbers::at_most_all(&spec[field], &format!("spec.{field}"), wrong);
    }
    selectors::check(&spec["selector"], "spec.selector", wrong);
    if let Some(policy) = spec["unhealthyPodEvictionPolicy"].as_str()
        && !["AlwaysAllow", "IfHealthyBudget"].contains(&policy)
    {
        wrong.unsupported("spec.unhealthyPodEvictionPolicy", policy, &["AlwaysAllow", "IfHealthyBudget"]);
    }
}
