//! The rules for label selectors, and whether labels satisfy one.

use serde_json::Value;

use super::metadata::check_labels;
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, empty, entries, text};
use crate::demo::admission::names;

/// Checks a label selector.
pub fn check(selector: &Value, path: &str, wrong: &mut Causes) {
    check_labels(&selector["matchLabels"], &format!("{path}.matchLabels"), wrong);
    for (index, requirement) in array(&selector["matchExpressions"]).iter().enumerate() {
        let path = format!("{path}.matchExpressions[{index}]");
        let values = array(&requirement["values"]);
        match text(&requirement["operator"]) {
            "In" | "NotIn" if values.is_empty() => {
                wrong.required(
                    format!("{path}.values"),
                    "must be specified when `operator` is 'In' or 'NotIn'",
                );
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                wrong.forbidden(
                    format!("{path}.values"),
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                );
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => wrong.invalid_text(format!("{path}.operator"), other, "not a valid selector operator"),
        }
        for detail in names::qualified(text(&requirement["key"])) {
            wrong.invalid_text(format!("{path}.key"), text(&requirement["key"]), &detail);
        }
    }
}

/// Checks the selector of a workload, which has to be there, to select something, and to select the workload's own pods.
pub fn check_own(spec: &Value, workload: &str, wrong: &mut Causes) {
    let selector = &spec["selector"];
    if selector.is_null() {
        wrong.required("spec.selector", "");
    } else {
        check(selector, "spec.selector", wrong);
        if empty(&selector["matchLabels"]) && empty(&selector["matchExpressions"]) {
            wrong.invalid("spec.selector", selector, &format!("empty selector is invalid for {workload}"));
        }
    }
    check_template(spec, wrong);
}

/// Refuses a template whose labels its own selector doesn't match.
pub fn check_template(spec: &Value, wrong: &mut Causes) {
    let labels = &spec["template"]["metadata"]["labels"];
    // A selector that isn't there selects nothing.
    let nothing = spec["selector"].is_null();
    if nothing || !matches(&spec["selector"], labels) {
        wrong.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
    }
}

/// Whether labels satisfy a selector; an empty one takes all.
pub fn matches(selector: &Value, labels: &Value) -> bool {
    entries(&selector["matchLabels"]).all(|(key, value)| labels.get(key) == Some(value))
        && array(&selector["matchExpressions"]).iter().all(|requirement| {
            let value = labels.get(text(&requirement["key"]));
            let among = value.is_some_and(|value| array(&requirement["values"]).contains(value));
            match text(&requirement["operator"]) {
                "In" => among,
                "NotIn" => !among,
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                _ => false,
            }
        })
}
