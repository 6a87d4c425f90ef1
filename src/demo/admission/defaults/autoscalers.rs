//! Defaults of autoscalers.

use serde_json::{Value, json};

use super::workloads::number;
use crate::demo::admission::json::{at, empty};

/// The defaults of an autoscaler: processor time at 80 %, and the documented rules of behaviour where it has any.
pub fn autoscaler(autoscaler: &mut Value) {
    let spec = &mut autoscaler["spec"];
    number(spec, "minReplicas", 1);
    if empty(&spec["metrics"]) {
        spec["metrics"] = json!([{
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
        }]);
    }
    let Some(behavior) = at(spec, "/behavior") else { return };
    let percent = json!({"type": "Percent", "value": 100, "periodSeconds": 15});
    let up = json!({
        "stabilizationWindowSeconds": 0,
        "selectPolicy": "Max",
        "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}, percent],
    });
    let down = json!({"selectPolicy": "Max", "policies": [percent]});
    complete(&mut behavior["scaleUp"], up);
    complete(&mut behavior["scaleDown"], down);
}

/// Takes each rule that isn't given from the usual ones.
fn complete(rules: &mut Value, usual: Value) {
    let given = std::mem::replace(rules, usual);
    let (Some(rules), Value::Object(given)) = (rules.as_object_mut(), given) else { return };
    rules.extend(given);
}
