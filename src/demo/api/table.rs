//! Objects as rows, as the API server prints them for people.

use serde_json::{Value, json};

use super::encode::{self, Writer};
use super::error::ApiError;
use crate::demo::store::{Kind, KindInfo, StoredObject};

/// What each row carries of its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Include {
    /// Nothing.
    None,
    /// Its metadata.
    Metadata,
    /// All of it.
    Object,
}

impl Include {
    /// Reads `includeObject`.
    pub fn parse(text: Option<&str>) -> Self {
        match text {
            Some("None") => Include::None,
            Some("Object") => Include::Object,
            _ => Include::Metadata,
        }
    }
}

/// The columns of a kind between its name and its age: title and type.
fn columns(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Pod => &[("Ready", "string"), ("Status", "string"), ("Restarts", "string")],
        Kind::Deployment => &[("Ready", "string"), ("Up-to-date", "string"), ("Available", "string")],
        Kind::StatefulSet => &[("Ready", "string")],
        Kind::ReplicaSet => &[("Desired", "integer"), ("Current", "integer"), ("Ready", "integer")],
        Kind::DaemonSet => {
            &[("Desired", "integer"), ("Current", "integer"), ("Ready", "integer"), ("Available", "integer")]
        }
        Kind::Namespace | Kind::Node => &[("Status", "string")],
        _ => &[],
    }
}

/// The table of these objects.
pub fn table<'o>(
    writer: &Writer<'_>,
    objects: impl Iterator<Item = &'o StoredObject>,
    version: u64,
    next: Option<&str>,
) -> Result<Value, ApiError> {
    let kind = writer.kind;
    let column = |name: &str, kind: &str, format: &str| json!({"name": name, "type": kind, "format": format, "description": "", "priority": 0});
    let mut definitions = vec![column("Name", "string", "name")];
    definitions.extend(columns(kind.stored).iter().map(|(name, kind)| column(name, kind, "")));
    definitions.push(column("Age", "string", ""));
    let mut rows = Vec::new();
    for object in objects {
        rows.push(row(writer, kind, object)?);
    }
    let mut metadata = json!({"resourceVersion": version.to_string()});
    if let Some(next) = next {
        metadata["continue"] = json!(next);
    }
    Ok(json!({
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": definitions,
        "rows": rows,
    }))
}

fn row(writer: &Writer<'_>, kind: &KindInfo, object: &StoredObject) -> Result<Value, ApiError> {
    let value = encode::value(writer.schema, kind, object)?;
    let mut cells = vec![value["metadata"]["name"].clone()];
    let number = |pointer: &str| value.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
    let ready = |ready: &str, wanted: &str| json!(format!("{}/{}", number(ready), number(wanted)));
    match kind.stored {
        Kind::Pod => cells.extend(pod_cells(&value)),
        Kind::Deployment => cells.extend([
            ready("/status/readyReplicas", "/spec/replicas"),
            json!(number("/status/updatedReplicas").to_string()),
            json!(number("/status/availableReplicas").to_string()),
        ]),
        Kind::StatefulSet => cells.push(ready("/status/readyReplicas", "/spec/replicas")),
        Kind::ReplicaSet => cells.extend(
            ["/spec/replicas", "/status/replicas", "/status/readyReplicas"]
                .map(|pointer| json!(number(pointer))),
        ),
        Kind::DaemonSet => cells.extend(
            ["desiredNumberScheduled", "currentNumberScheduled", "numberReady", "numberAvailable"]
                .map(|field| json!(number(&format!("/status/{field}")))),
        ),
        Kind::Namespace => cells.push(value["status"]["phase"].clone()),
        Kind::Node => cells.push(json!(node_status(&value))),
        _ => {}
    }
    cells.push(value["metadata"]["creationTimestamp"].clone());
    let mut row = json!({"cells": cells});
    match writer.include {
        Include::None => {}
        Include::Metadata => {
            row["object"] = json!({
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": value["metadata"],
            });
        }
        Include::Object => row["object"] = value,
    }
    Ok(row)
}

fn node_status(node: &Value) -> String {
    let conditions = node["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let ready = conditions.iter().any(|it| it["type"] == "Ready" && it["status"] == "True");
    let state = if ready { "Ready" } else { "NotReady" };
    if node["spec"]["unschedulable"] == true {
        format!("{state},SchedulingDisabled")
    } else {
        state.to_owned()
    }
}

/// Ready, status and restarts of a pod, by the rules of the server's printer.
fn pod_cells(pod: &Value) -> [Value; 3] {
    let none = Vec::new();
    let statuses = |key: &str| pod["status"][key].as_array().unwrap_or(&none);
    let total = pod["spec"]["containers"].as_array().map_or(0, Vec::len);
    let mut reason =
        pod["status"]["reason"].as_str().or(pod["status"]["phase"].as_str()).unwrap_or("Unknown").to_owned();
    let mut restarts: i64 = 0;
    let mut initializing = false;
    let inits = pod["spec"]["initContainers"].as_array().map_or(0, Vec::len);
    for (index, status) in statuses("initContainerStatuses").iter().enumerate() {
        let state = &status["state"];
        if state["terminated"]["exitCode"] == 0 {
            continue;
        }
        restarts += status["restartCount"].as_i64().unwrap_or(0);
        initializing = true;
        reason = match (state["terminated"]["reason"].as_str(), state["waiting"]["reason"].as_str()) {
            (Some(ended), _) => format!("Init:{ended}"),
            (None, Some(waiting)) if waiting != "PodInitializing" => format!("Init:{waiting}"),
            _ => format!("Init:{index}/{inits}"),
        };
        break;
    }
    let containers = statuses("containerStatuses");
    let ready =
        containers.iter().filter(|it| it["ready"] == true && it["state"]["running"].is_object()).count();
    if !initializing {
        restarts = containers.iter().filter_map(|it| it["restartCount"].as_i64()).sum();
        let mut running = false;
        for status in containers.iter().rev() {
            let state = &status["state"];
            if let Some(waiting) = state["waiting"]["reason"].as_str() {
                reason = waiting.to_owned();
            } else if let Some(ended) = state["terminated"]["reason"].as_str() {
                reason = ended.to_owned();
            } else if status["ready"] == true && state["running"].is_object() {
                running = true;
            }
        }
        if reason == "Completed" && running {
            reason = "Running".to_owned();
        }
    }
    if !pod["metadata"]["deletionTimestamp"].is_null() {
        reason = "Terminating".to_owned();
    }
    [json!(format!("{ready}/{total}")), json!(reason), json!(restarts.to_string())]
}
