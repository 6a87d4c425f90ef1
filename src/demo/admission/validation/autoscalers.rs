//! The rules for autoscalers.

use serde_json::Value;

use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};
use crate::demo::admission::names;
use crate::demo::quantity;

/// The kinds of metric, with the field that describes each.
const SOURCES: [(&str, &str); 5] = [
    ("ContainerResource", "containerResource"),
    ("External", "external"),
    ("Object", "object"),
    ("Pods", "pods"),
    ("Resource", "resource"),
];

/// Checks the specification of an autoscaler.
pub fn check(spec: &Value, wrong: &mut Causes) {
    let most = spec["maxReplicas"].as_i64().unwrap_or(0);
    let least = spec["minReplicas"].as_i64();
    if least.is_some_and(|least| least < 1) {
        wrong.invalid("spec.minReplicas", &spec["minReplicas"], "must be greater than or equal to 1");
    }
    if most == 0 {
        wrong.required("spec.maxReplicas", "must be set and greater than 0");
    } else if most < 0 {
        wrong.invalid("spec.maxReplicas", &spec["maxReplicas"], "must be greater than or equal to 1");
    }
    if least.is_some_and(|least| most < least) {
        wrong.invalid(
            "spec.maxReplicas",
            &Value::from(most),
            "must be greater than or equal to `minReplicas`",
        );
    }
    for field in ["kind", "name"] {
        let (path, value) = (format!("spec.scaleTargetRef.{field}"), text(&spec["scaleTargetRef"][field]));
        if value.is_empty() {
            wrong.required(path, "");
        } else {
            for detail in names::path_segment(value) {
                wrong.invalid_text(path.clone(), value, &detail);
            }
        }
    }
    for (index, metric) in array(&spec["metrics"]).iter().enumerate() {
        check_metric(metric, &format!("spec.metrics[{index}]"), wrong);
    }
}

fn check_metric(metric: &Value, path: &str, wrong: &mut Causes) {
    let kind = text(&metric["type"]);
    let Some((_, field)) = SOURCES.iter().find(|(name, _)| *name == kind) else {
        if kind.is_empty() {
            wrong.required(format!("{path}.type"), "must specify a metric source type");
        } else {
            wrong.unsupported(format!("{path}.type"), kind, &SOURCES.map(|(name, _)| name));
        }
        return;
    };
    let source = &metric[*field];
    if source.is_null() {
        let detail = "must populate information for the given metric source";
        wrong.required(format!("{path}.{field}"), detail);
        return;
    }
    let path = format!("{path}.{field}");
    let target = &source["target"];
    if matches!(*field, "resource" | "containerResource") {
        if text(&source["name"]).is_empty() {
            wrong.required(format!("{path}.name"), "must specify a resource name");
        }
        match (target["averageUtilization"].is_null(), target["averageValue"].is_null()) {
            (true, true) => wrong.required(
                format!("{path}.target.averageUtilization"),
                "must set either a target raw value or a target utilization",
            ),
            (false, false) => wrong.forbidden(
                format!("{path}.target.averageValue"),
                "may not set both a target raw value and a target utilization",
            ),
            _ => {}
        }
    }
    check_target(target, &format!("{path}.target"), wrong);
}

fn check_target(target: &Value, path: &str, wrong: &mut Causes) {
    let kind = text(&target["type"]);
    if kind.is_empty() {
        wrong.required(format!("{path}.type"), "must specify a metric target type");
    }
    if !["Utilization", "Value", "AverageValue"].contains(&kind) {
        wrong.invalid_text(
            format!("{path}.type"),
            kind,
            "must be either Utilization, Value, or AverageValue",
        );
    }
    for field in ["value", "averageValue"] {
        if target[field].as_str().and_then(quantity::thousandths).is_some_and(|amount| amount <= 0) {
            wrong.invalid(format!("{path}.{field}"), &target[field], "must be positive");
        }
    }
    if target["averageUtilization"].as_i64().is_some_and(|share| share < 1) {
        wrong.invalid(
            format!("{path}.averageUtilization"),
            &target["averageUtilization"],
            "must be greater than 0",
        );
    }
}
