//! The object under the cursor, in full, for as long as a pane wants it.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::{mpsc, watch};

use crate::clients::kubernetes::{Event, Reader};
use crate::picture::model::Delta;
use crate::platform::detail::{ConditionDetail, ContainerDetail, Detail, EventDetail, Termination};
use crate::platform::object::{Kind, ObjectReference, Symbol};
use crate::platform::time::Instant;

/// How often what is wanted is read again.
const EVERY: Duration = Duration::from_secs(5);

/// Fetches what is wanted, at once and again while it is; ends with the console.
pub(super) async fn follow(
    reader: Reader,
    mut wanted: watch::Receiver<Option<ObjectReference>>,
    deltas: mpsc::Sender<Delta>,
) {
    loop {
        let object = wanted.borrow_and_update().clone();
        let Some(object) = object else {
            if wanted.changed().await.is_err() {
                return;
            }
            continue;
        };
        tokio::select! {
            detail = fetch(&reader, &object) => {
                if deltas.send(Delta::Detail(object, detail.map(Box::new))).await.is_err() {
                    return;
                }
            }
            changed = wanted.changed() => {
                if changed.is_err() {
                    return;
                }
                continue;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            changed = wanted.changed() => if changed.is_err() { return },
        }
    }
}

async fn fetch(reader: &Reader, object: &ObjectReference) -> Result<Detail, String> {
    let (whole, events) = futures::join!(reader.object(object), reader.events_for(object));
    let whole = whole.map_err(|error| error.to_string())?;
    let mut detail = detail_of(object, &whole);
    match events {
        Ok(events) => {
            detail.events = events.iter().map(event).collect();
            detail.events.sort_by_key(|event| std::cmp::Reverse(event.last));
        }
        Err(error) => detail.events_error = Some(error.to_string()),
    }
    detail.owners = owners(reader, object, &whole).await;
    Ok(detail)
}

/// The chain of controllers upwards, as far as they can be read.
async fn owners(reader: &Reader, object: &ObjectReference, whole: &Value) -> Vec<(Symbol, Symbol)> {
    const LONGEST: usize = 4;
    let mut chain = Vec::new();
    let mut next = controller(whole);
    while let Some((kind, name)) = next.take() {
        chain.push((Symbol::from(kind.as_str()), Symbol::from(name.as_str())));
        // Only a ReplicaSet has an owner that matters; other kinds are workloads themselves, or not ours to read.
        if chain.len() >= LONGEST || kind != Kind::ReplicaSet.name() {
            break;
        }
        let owner = ObjectReference {
            cluster: object.cluster.clone(),
            kind: Kind::ReplicaSet,
            namespace: object.namespace.clone(),
            name: Symbol::from(name.as_str()),
            uid: None,
        };
        next = reader.object(&owner).await.ok().as_ref().and_then(controller);
    }
    chain
}

fn controller(whole: &Value) -> Option<(String, String)> {
    let owners = whole.pointer("/metadata/ownerReferences")?.as_array()?;
    let owner = owners.iter().find(|owner| owner["controller"] == true)?;
    Some((text(owner, "/kind"), text(owner, "/name")))
}

fn text(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn instant(value: &Value, pointer: &str) -> Option<Instant> {
    value.pointer(pointer).and_then(Value::as_str).and_then(Instant::parse)
}

fn list<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn detail_of(object: &ObjectReference, whole: &Value) -> Detail {
    let template = match object.kind {
        Kind::Pod => "",
        _ => "/spec/template",
    };
    Detail {
        facts: facts(object.kind, whole),
        conditions: list(whole, "/status/conditions").map(condition).collect(),
        containers: containers(whole, template),
        ..Detail::default()
    }
}

/// The facts worth a line, by kind: what they are called, and where they are.
fn facts(kind: Kind, whole: &Value) -> Vec<(String, String)> {
    let pointers: &[(&str, &str)] = match kind {
        Kind::Pod => &[
            ("phase", "/status/phase"),
            ("reason", "/status/reason"),
            ("message", "/status/message"),
            ("node", "/spec/nodeName"),
            ("ip", "/status/podIP"),
            ("service account", "/spec/serviceAccountName"),
            ("priority", "/spec/priorityClassName"),
            ("quality", "/status/qosClass"),
        ],
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet => &[
            ("strategy", "/spec/strategy/type"),
            ("update", "/spec/updateStrategy/type"),
            ("surge", "/spec/strategy/rollingUpdate/maxSurge"),
            ("unavailable", "/spec/strategy/rollingUpdate/maxUnavailable"),
            ("progress deadline", "/spec/progressDeadlineSeconds"),
            ("service", "/spec/serviceName"),
            ("generation", "/metadata/generation"),
            ("observed", "/status/observedGeneration"),
        ],
        _ => &[("phase", "/status/phase")],
    };
    pointers
        .iter()
        .map(|(name, pointer)| ((*name).to_owned(), text(whole, pointer)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn condition(value: &Value) -> ConditionDetail {
    let kind = text(value, "/type");
    let status = text(value, "/status");
    // Most conditions are good when true; these say that something is wrong.
    let good_when_false = kind.ends_with("Pressure")
        || kind.ends_with("Failure")
        || kind == "DisruptionTarget"
        || kind == "PodReadyToStart";
    let bad = if good_when_false { status != "False" } else { status != "True" };
    ConditionDetail {
        bad,
        kind,
        status,
        reason: text(value, "/reason"),
        message: text(value, "/message"),
        since: instant(value, "/lastTransitionTime"),
    }
}

fn containers(whole: &Value, template: &str) -> Vec<ContainerDetail> {
    let mut containers = Vec::new();
    for (init, spec, statuses) in [
        (true, "initContainers", "/status/initContainerStatuses"),
        (false, "containers", "/status/containerStatuses"),
    ] {
        for container in list(whole, &format!("{template}/spec/{spec}")) {
            let name = text(container, "/name");
            let status = list(whole, statuses).find(|status| status["name"] == name.as_str());
            containers.push(container_detail(name, init, container, status));
        }
    }
    containers
}

fn container_detail(name: String, init: bool, spec: &Value, status: Option<&Value>) -> ContainerDetail {
    let mut detail = ContainerDetail {
        name,
        init,
        image: text(spec, "/image"),
        resources: amounts(spec),
        ..ContainerDetail::default()
    };
    let Some(status) = status else { return detail };
    detail.ready = status["ready"] == true;
    detail.restarts = status["restartCount"].as_u64().unwrap_or(0) as u32;
    if let Some((state, value)) = status["state"].as_object().and_then(|state| state.iter().next()) {
        let reason = text(value, "/reason");
        let mut word = state.clone();
        if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        detail.state = if reason.is_empty() { word } else { format!("{word}: {reason}") };
        detail.since = instant(value, "/startedAt").or(instant(value, "/finishedAt"));
        detail.message = text(value, "/message");
    }
    detail.last = status.pointer("/lastState/terminated").map(termination);
    detail
}

fn termination(value: &Value) -> Termination {
    Termination {
        reason: text(value, "/reason"),
        exit_code: value["exitCode"].as_i64().unwrap_or(0) as i32,
        signal: value["signal"].as_i64().map(|signal| signal as i32),
        started: instant(value, "/startedAt"),
        finished: instant(value, "/finishedAt"),
        message: text(value, "/message"),
    }
}

/// `cpu 250m/1  memory 256Mi/512Mi`: requests, and limits behind the stroke.
fn amounts(spec: &Value) -> String {
    let part = |name: &str| {
        let request = text(spec, &format!("/resources/requests/{name}"));
        let limit = text(spec, &format!("/resources/limits/{name}"));
        let or_none = |amount: String| if amount.is_empty() { "–".to_owned() } else { amount };
        (!request.is_empty() || !limit.is_empty())
            .then(|| format!("{name} {}/{}", or_none(request), or_none(limit)))
    };
    ["cpu", "memory"].into_iter().filter_map(part).collect::<Vec<_>>().join("  ")
}

fn event(event: &Event) -> EventDetail {
    let series = event.series.as_ref();
    let parse = |text: &Option<String>| text.as_deref().and_then(Instant::parse);
    let last = series
        .and_then(|series| parse(&series.last_observed_time))
        .or_else(|| parse(&event.last_timestamp))
        .or_else(|| parse(&event.event_time))
        .or_else(|| parse(&event.first_timestamp));
    let count = series.and_then(|series| series.count).or(event.count).unwrap_or(1);
    EventDetail {
        kind: event.kind.clone(),
        reason: event.reason.clone(),
        message: event.message.clone(),
        count: u32::try_from(count).unwrap_or(1),
        last,
        source: event.involved_object.field_path.clone(),
    }
}
