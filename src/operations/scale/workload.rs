//! What is read of a workload.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::operations::checks::ownership::controller;

/// A workload as the server has it now.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Workload {
    /// The identity, as the server writes it.
    pub uid: String,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// The wanted count.
    pub wanted: u32,
    /// The pods that there are.
    pub present: u32,
    /// Those of them that are ready.
    pub ready: u32,
    /// Pods of a rollout that is still going on: those that there are have not all of them the latest template.
    pub rolling: bool,
    /// Whether its controller has seen the latest specification.
    pub observed: bool,
    /// The labels of its pods.
    pub pod_labels: BTreeMap<String, String>,
    /// The selector of its pods, as a query takes it.
    pub selector: String,
    /// Why its controller can't make pods, where it says so.
    pub failure: Option<String>,
    /// The controller that owns it: kind and name.
    pub owner: Option<(String, String)>,
}

impl Workload {
    /// Reads a Deployment, StatefulSet or ReplicaSet.
    pub fn of(object: &Value) -> Self {
        let text = |path: &str| object.pointer(path).and_then(Value::as_str);
        let number = |path: &str| object.pointer(path).and_then(Value::as_i64);
        let count = |path: &str| number(path).and_then(|count| u32::try_from(count).ok());
        Workload {
            uid: text("/metadata/uid").unwrap_or_default().to_owned(),
            deleting: text("/metadata/deletionTimestamp").is_some(),
            wanted: count("/spec/replicas").unwrap_or(1),
            present: count("/status/replicas").unwrap_or(0),
            ready: count("/status/readyReplicas").unwrap_or(0),
            rolling: text("/kind") == Some("Deployment")
                && count("/status/updatedReplicas").is_some_and(|updated| {
                    count("/status/replicas").is_some_and(|present| updated < present)
                }),
            observed: number("/status/observedGeneration") >= number("/metadata/generation"),
            pod_labels: labels(object.pointer("/spec/template/metadata/labels")),
            selector: selector(object.pointer("/spec/selector")),
            failure: failure(object),
            owner: controller(object),
        }
    }
}

fn labels(value: Option<&Value>) -> BTreeMap<String, String> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// A label selector as a query takes it.
fn selector(value: Option<&Value>) -> String {
    let mut terms: Vec<String> = labels(value.and_then(|value| value.get("matchLabels")))
        .into_iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let expressions = value.and_then(|value| value.get("matchExpressions")).and_then(Value::as_array);
    for expression in expressions.into_iter().flatten() {
        let text = |key: &str| expression.get(key).and_then(Value::as_str).unwrap_or_default();
        let values: Vec<&str> = expression
            .get("values")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let key = text("key");
        terms.push(match text("operator") {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_owned(),
        });
    }
    terms.join(",")
}

fn failure(object: &Value) -> Option<String> {
    let conditions = object.pointer("/status/conditions")?.as_array()?;
    let is = |condition: &&Value, key: &str, wanted: &str| {
        condition.get(key).and_then(Value::as_str) == Some(wanted)
    };
    let failed = conditions
        .iter()
        .find(|condition| is(condition, "type", "ReplicaFailure") && is(condition, "status", "True"))?;
    failed.get("message").and_then(Value::as_str).map(str::to_owned)
}
