//! The rules for autoscalers.

use serde_json::Value;

use crate::demo::admission::causes::Causes;

/// Checks an autoscaler.
pub fn check(autoscaler: &Value, wrong: &mut Causes) {
    let spec = &autoscaler["spec"];
    let (least, most) =
        (spec["minReplicas"].as_i64().unwrap_or(1), spec["maxReplicas"].as_i64().unwrap_or(0));
    if least < 1 {
        wrong.invalid("spec.minReplicas", &spec["minReplicas"], "must be greater than or equal to 1");
    }
    if most < 1 {
        wrong.invalid("spec.maxReplicas", &spec["maxReplicas"], "must be greater than 0");
    }
    if most < least {
        wrong.invalid(
            "spec.maxReplicas",
            &Value::from(most),
            "must be greater than or equal to `minReplicas`",
        );
    }
}
