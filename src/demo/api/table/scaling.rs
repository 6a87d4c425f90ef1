//! The cells of what bounds workloads.

use serde_json::{Value, json};

use super::text::{NONE, UNSET, age, items, name, number, number_or_text, text};
use crate::platform::time::Instant;

/// What stands where a metric has no value yet.
const UNKNOWN: &str = "<unknown>";

/// The cells of a pod disruption budget.
pub fn budget(object: &Value, now: Instant) -> Vec<Value> {
    let bound =
        |field: &str| json!(number_or_text(&object["spec"][field]).unwrap_or_else(|| "N/A".to_owned()));
    vec![
        name(object),
        bound("minAvailable"),
        bound("maxUnavailable"),
        json!(number(&object["status"]["disruptionsAllowed"])),
        age(object, now),
    ]
}

/// The cells of an autoscaler.
pub fn autoscaler(object: &Value, now: Instant) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let target = &spec["scaleTargetRef"];
    vec![
        name(object),
        json!(format!("{}/{}", text(&target["kind"]), text(&target["name"]))),
        json!(targets(items(&spec["metrics"]), items(&status["currentMetrics"]))),
        json!(number_or_text(&spec["minReplicas"]).unwrap_or_else(|| UNSET.to_owned())),
        json!(number(&spec["maxReplicas"])),
        json!(number(&status["currentReplicas"])),
        age(object, now),
    ]
}

/// What is measured against what is wanted; the first two metrics, and how many more.
fn targets(wanted: &[Value], measured: &[Value]) -> String {
    if wanted.is_empty() {
        return NONE.to_owned();
    }
    let all = wanted.iter().enumerate();
    let shown: Vec<String> = all.take(2).map(|(index, metric)| target(metric, measured.get(index))).collect();
    let shown = shown.join(", ");
    if wanted.len() > 2 { format!("{shown} + {} more...", wanted.len() - 2) } else { shown }
}

fn target(metric: &Value, measured: Option<&Value>) -> String {
    let source = match text(&metric["type"]) {
        "Resource" => "resource",
        "ContainerResource" => "containerResource",
        "Pods" => "pods",
        "Object" => "object",
        "External" => "external",
        _ => return "<unknown type>".to_owned(),
    };
    let target = &metric[source]["target"];
    let current = |field: &str| measured.map(|it| it[source]["current"][field].clone()).unwrap_or_default();
    let quantity = |field: &str| number_or_text(&current(field)).unwrap_or_else(|| UNKNOWN.to_owned());
    let average = target["averageValue"].as_str();
    match (source, average) {
        ("resource" | "containerResource", average) => {
            let resource = text(&metric[source]["name"]);
            if let Some(average) = average {
                return format!("{resource}: {}/{average}", quantity("averageValue"));
            }
            let percent = |value: &Value| value.as_i64().map(|it| format!("{it}%"));
            let now = percent(&current("averageUtilization")).unwrap_or_else(|| UNKNOWN.to_owned());
            let goal = percent(&target["averageUtilization"]).unwrap_or_else(|| "<auto>".to_owned());
            format!("{resource}: {now}/{goal}")
        }
        ("pods", average) => format!("{}/{}", quantity("averageValue"), average.unwrap_or("0")),
        (_, Some(average)) => format!("{}/{average} (avg)", quantity("averageValue")),
        (_, None) => format!("{}/{}", quantity("value"), text(&target["value"])),
    }
}

/// The cells of a quota: what is used of what is allowed, limits apart from the rest.
pub fn quota(object: &Value, now: Instant) -> Vec<Value> {
    let status = &object["status"];
    let (mut requests, mut limits) = (Vec::new(), Vec::new());
    let mut allowed: Vec<(&String, &Value)> = status["hard"].as_object().into_iter().flatten().collect();
    allowed.sort_by_key(|(resource, _)| *resource);
    for (resource, hard) in allowed {
        let used = status["used"][resource].as_str().unwrap_or("0");
        let line = format!("{resource}: {used}/{}", text(hard));
        if resource.starts_with("limits.") { limits.push(line) } else { requests.push(line) }
    }
    vec![name(object), json!(requests.join(", ")), json!(limits.join(", ")), age(object, now)]
}

/// The cells of a priority class.
pub fn priority_class(object: &Value, now: Instant) -> Vec<Value> {
    vec![
        name(object),
        json!(number(&object["value"])),
        json!(object["globalDefault"] == true),
        age(object, now),
        json!(text(&object["preemptionPolicy"])),
    ]
}
