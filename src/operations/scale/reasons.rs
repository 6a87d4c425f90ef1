//! Why pods don't come.

use serde::Deserialize;
use serde_json::Value;

use crate::clients::kubernetes::{ApiError, Event, Reader};
use crate::operations::query::escaped;
use crate::platform::object::{Kind, ObjectReference};

use super::workload::Workload;

/// Waiting reasons of containers that don't go away by waiting.
const BAD_REASONS: &[&str] = &[
    "CrashLoopBackOff",
    "ImagePullBackOff",
    "ErrImagePull",
    "ErrImageNeverPull",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
];

#[derive(Deserialize)]
struct Pods {
    #[serde(default)]
    items: Vec<Value>,
}

/// Why the workload has not the pods that it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reason {
    /// In words.
    pub text: String,
    /// Whether waiting may help: a cluster that grows by itself finds a node after some minutes.
    pub may_pass: bool,
}

impl Reason {
    fn lasting(text: String) -> Self {
        Reason { text, may_pass: false }
    }
}

/// The reason why the workload has not the pods that it wants, where one can be found.
pub(super) async fn find(reader: &Reader, object: &ObjectReference, workload: &Workload) -> Option<Reason> {
    if let Some(failure) = &workload.failure {
        return Some(Reason::lasting(format!("no more pods can be made: {failure}")));
    }
    let (pods, events) = futures::join!(pods(reader, object, workload), reader.events_for(object));
    let of_pods = pods.ok().and_then(|pods| reason_of_pods(&pods));
    of_pods.or_else(|| events.ok().and_then(|events| reason_of_events(&events)))
}

async fn pods(
    reader: &Reader,
    object: &ObjectReference,
    workload: &Workload,
) -> Result<Vec<Value>, ApiError> {
    if workload.selector.is_empty() {
        return Ok(Vec::new());
    }
    let path = format!(
        "{}?limit=500&labelSelector={}",
        Kind::Pod.path(Some(&object.namespace)),
        escaped(&workload.selector)
    );
    Ok(reader.json::<Pods>(&path).await?.items)
}

/// The worst of the pods that aren't ready, in words: a container that fails first, then one that finds no node.
fn reason_of_pods(pods: &[Value]) -> Option<Reason> {
    let name =
        |pod: &Value| pod.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let failing = |pod: &Value| Some(format!("{} is in {}", name(pod), waiting(pod)?));
    let homeless = |pod: &Value| Some(format!("{} finds no node: {}", name(pod), unscheduled(pod)?));
    match pods.iter().find_map(failing) {
        Some(text) => Some(Reason::lasting(text)),
        None => pods.iter().find_map(homeless).map(|text| Reason { text, may_pass: true }),
    }
}

fn waiting(pod: &Value) -> Option<String> {
    let statuses = ["/status/initContainerStatuses", "/status/containerStatuses"];
    statuses.iter().filter_map(|path| pod.pointer(path)?.as_array()).flatten().find_map(|container| {
        let waiting = container.pointer("/state/waiting")?;
        let reason = waiting.get("reason")?.as_str().filter(|reason| BAD_REASONS.contains(reason))?;
        Some(match waiting.get("message").and_then(Value::as_str) {
            Some(message) if !message.is_empty() => format!("{reason}: {message}"),
            _ => reason.to_owned(),
        })
    })
}

fn unscheduled(pod: &Value) -> Option<String> {
    let conditions = pod.pointer("/status/conditions")?.as_array()?;
    let condition = conditions.iter().find(|condition| {
        let is = |key: &str, wanted: &str| condition.get(key).and_then(Value::as_str) == Some(wanted);
        is("type", "PodScheduled") && is("status", "False")
    })?;
    Some(
        condition
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or("the scheduler does not say why")
            .to_owned(),
    )
}

/// The latest warning about the workload itself, such as a quota that a StatefulSet runs into.
fn reason_of_events(events: &[Event]) -> Option<Reason> {
    let warnings =
        events.iter().filter(|event| event.kind == "Warning" && event.reason.starts_with("Failed"));
    let latest = warnings.max_by(|left, right| left.last_seen().cmp(&right.last_seen()))?;
    Some(Reason::lasting(format!("{}: {}", latest.reason, latest.message)))
}
