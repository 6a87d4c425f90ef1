//! What speaks for and against another count: read afresh, at the same time, each with its own time limit.

use std::future::Future;
use std::time::Duration;

use serde_json::Value;

use crate::actions::{Danger, Subject};
use crate::clients::kubernetes::{AccessReview, ApiError};
use crate::operations::checks::capacity::Room;
use crate::operations::checks::disruption::Promise;
use crate::operations::checks::{
    access, autoscaler, capacity, disruption, measure, needs::PodNeeds, ownership, quota,
};
use crate::operations::{
    Capacity, ChangeLine, Failure, Finding, Halt, Preflight, Prepared, Refusal, Services, Topic, Weight,
    words,
};
use crate::platform::object::{ObjectReference, Uid};

use super::change::ScaleChange;
use super::workload::Workload;
use super::{REPLICAS, SUBRESOURCE, Scale, patch};

/// Reads what there is, and judges what is wanted.
pub(super) async fn run(scale: &Scale, services: &Services) -> Result<Prepared, Halt> {
    let (object, scale_object) = read(scale, services).await?;
    let workload = Workload::of(&object);
    let present = patch::replicas(&scale_object);
    let uid = if patch::uid(&scale_object).is_empty() { &workload.uid } else { patch::uid(&scale_object) };
    refuse(scale, &workload, present, uid)?;
    let identified = ObjectReference { uid: Some(Uid::parse(uid)), ..scale.object.clone() };
    let change = ScaleChange {
        patch: patch::of(&scale_object, uid, scale.wanted),
        uid: uid.to_owned(),
        object: identified,
        from: present,
        to: scale.wanted,
    };
    let (findings, promise) = judge(scale, services, &object, &workload, &change).await;
    let minimum = promise.into_iter().chain(services.minimum_replicas).max();
    let danger = danger(present, scale.wanted, minimum);
    let context = services.connection.context();
    let preflight = Preflight::new(
        format!("Scale {} in {context} from {present} to {}", scale.object, words::replicas(scale.wanted)),
        format!("Scale {}", scale.object.name),
        format!("{context}/{}", scale.object.name),
        danger,
        &services.environment,
        vec![ChangeLine {
            field: REPLICAS.to_owned(),
            before: present.to_string(),
            after: scale.wanted.to_string(),
        }],
        findings,
    );
    Ok(Prepared { preflight, change: Box::new(change) })
}

/// The object and its scale; a scale that this user may not read is what the server makes of the object.
async fn read(scale: &Scale, services: &Services) -> Result<(Value, Value), Halt> {
    let reader = services.connection.reader();
    let failed = |error: &ApiError| Failure::of_reading(error, &format!("{} can't be read", scale.object));
    let object = timely(services, reader.object(&scale.object)).await.map_err(|error| failed(&error))?;
    // As raw JSON, because whether a zero is written or left out decides what can be tested.
    let path = format!("{}/{SUBRESOURCE}", scale.object.path());
    match timely(services, reader.json::<Value>(&path)).await {
        Ok(subresource) => Ok((object, subresource)),
        Err(error) if error.is_forbidden() => {
            let workload = Workload::of(&object);
            Ok((object, patch::assumed_scale(&workload.uid, workload.wanted)))
        }
        Err(error) => Err(failed(&error).into()),
    }
}

/// What makes no sense to go on with.
fn refuse(scale: &Scale, workload: &Workload, present: u32, uid: &str) -> Result<(), Refusal> {
    let object = &scale.object;
    if object.uid.is_some_and(|seen| seen != Uid::parse(uid)) {
        return Err(Refusal::AnotherObject(object.to_string()));
    }
    if let Some((kind, name)) = &workload.owner
        && kind == "Deployment"
    {
        let owner = format!("deployment/{}/{name}", object.namespace);
        return Err(Refusal::Unsuitable {
            why: format!("{object} belongs to {owner}, which would put its count back at once"),
            instead: Some(format!("scale {owner}")),
        });
    }
    if workload.deleting {
        let why = format!("{object} is being deleted");
        return Err(Refusal::Unsuitable { why, instead: None });
    }
    if let Some(required) = scale.required
        && required != present
    {
        return Err(Refusal::ChangedSince {
            field: REPLICAS.to_owned(),
            seen: required.to_string(),
            now: present.to_string(),
        });
    }
    if present == scale.wanted {
        return Err(Refusal::NothingToDo(format!("{object} is at {} already", words::replicas(present))));
    }
    Ok(())
}

/// Every finding, and the fewest replicas that a disruption budget promises.
async fn judge(
    scale: &Scale,
    services: &Services,
    object: &Value,
    workload: &Workload,
    change: &ScaleChange,
) -> (Vec<Finding>, Option<u32>) {
    let reader = services.connection.reader();
    let namespace: &str = &scale.object.namespace;
    let review = AccessReview::of_object("patch", &scale.object).with_subresource(SUBRESOURCE);
    let additional = scale.wanted.saturating_sub(change.from);
    let (answer, autoscalers, quotas, budgets, room, dry_run) = futures::join!(
        timely(services, reader.access_review(&review)),
        timely(services, reader.autoscalers(namespace)),
        timely(services, reader.quotas(namespace)),
        timely(services, reader.disruption_budgets(namespace)),
        room(services, additional),
        dry_run(scale, services, change),
    );
    let template = object.pointer("/spec/template").unwrap_or(&Value::Null);
    let needs = PodNeeds::of_template(template);
    let Promise { finding: promised, minimum } =
        disruption::judge(&budgets, &workload.pod_labels, change.from, change.to);
    let findings = vec![
        replicas(scale, services, workload, change.from),
        access::judge(&[(review, answer)]),
        ownership::judge(object, ["f:spec", "f:replicas"]),
        autoscaler::judge(&autoscalers, &scale.object, change.from, scale.wanted),
        quota::judge(&quotas, &needs, additional),
        capacity::judge(&room, &needs, additional),
        promised,
        dry_run,
    ];
    (findings, minimum)
}

fn replicas(scale: &Scale, services: &Services, workload: &Workload, present: u32) -> Finding {
    let wanted = scale.wanted;
    let left = match workload.ready {
        0 if present > 0 => "; none is ready now".to_owned(),
        ready if wanted < present => format!("; {} of the {ready} ready stay", ready.min(wanted)),
        _ => String::new(),
    };
    let text = format!("{present} wanted and {} ready now; {wanted} wanted after it{left}", workload.ready);
    if wanted == 0 {
        return Finding::new(
            Topic::Replicas,
            Weight::Warning,
            format!("{text}: this takes the service down"),
        );
    }
    if let Some(minimum) = services.minimum_replicas.filter(|minimum| wanted < *minimum && wanted < present) {
        let text = format!("{text}: the profile expects at least {minimum}");
        return Finding::new(Topic::Replicas, Weight::Warning, text);
    }
    if let Some(shown) = scale.shown.filter(|shown| *shown != present) {
        let text = format!("{text}; the table still showed {shown}, somebody has changed it since");
        return Finding::new(Topic::Replicas, Weight::Warning, text);
    }
    if workload.ready == 0 && present > 0 {
        return Finding::new(Topic::Replicas, Weight::Warning, text)
            .advising("find out why none is ready first: another count does not heal it");
    }
    if workload.ready < present && wanted > present {
        let text = format!("{text}; it does not have what it wants now, so more may not come either");
        return Finding::new(Topic::Replicas, Weight::Note, text);
    }
    Finding::new(Topic::Replicas, Weight::Fine, text)
}

async fn room(services: &Services, additional: u32) -> Result<Room, String> {
    match &services.capacity {
        Capacity::Known { nodes, live } => Ok(Room { nodes: nodes.clone(), live: *live }),
        Capacity::Measure if additional == 0 => Ok(Room { nodes: Vec::new(), live: true }),
        Capacity::Measure => {
            let reader = services.connection.reader();
            // Tens of thousands of pods take their time, and are worth it.
            let limit = services.pace.read.saturating_mul(2);
            match tokio::time::timeout(limit, measure::room(&reader)).await {
                Ok(room) => room,
                Err(_) => Err(format!("adding up every pod took longer than {}", words::span(limit))),
            }
        }
    }
}

/// The server's own dry run of the very patch that will be applied.
async fn dry_run(scale: &Scale, services: &Services, change: &ScaleChange) -> Finding {
    let subject = Subject::Object(change.object.clone());
    let permit = match services.gate.rehearse(subject, scale.action.name) {
        Ok(permit) => permit,
        Err(refusal) => return Finding::unknown(Topic::DryRun, refusal),
    };
    let writer = services.connection.writer();
    let tried = writer.json_patch(&permit, &change.object, Some(SUBRESOURCE), &change.patch);
    match timely(services, tried).await {
        Ok(scale) => {
            let after = patch::replicas(&scale);
            if after == change.to {
                Finding::new(
                    Topic::DryRun,
                    Weight::Fine,
                    format!("the server takes it: replicas {} → {after}", change.from),
                )
            } else {
                let text = format!(
                    "the server would make it {after}, not {}: something changes what is asked for on its way in",
                    change.to
                );
                Finding::new(Topic::DryRun, Weight::Blocking, text)
            }
        }
        Err(error) if refused(&error) => {
            Finding::new(Topic::DryRun, Weight::Blocking, format!("the server refuses it: {error}"))
                .advising(error.advice().to_owned())
        }
        Err(error) => Finding::unknown(Topic::DryRun, error),
    }
}

/// Whether the server has judged the patch itself; a webhook without dry run answers 400, which says nothing about it.
fn refused(error: &ApiError) -> bool {
    matches!(error.code(), Some(code) if (401..500).contains(&code) && code != 429)
}

/// What this very change can break.
fn danger(present: u32, wanted: u32, minimum: Option<u32>) -> Danger {
    let below = minimum.is_some_and(|minimum| wanted < minimum);
    let halved = u64::from(wanted) * 2 <= u64::from(present);
    if wanted < present && (wanted == 0 || below || halved) { Danger::Dangerous } else { Danger::Careful }
}

async fn timely<T>(
    services: &Services,
    read: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let limit: Duration = services.pace.read;
    let late = || ApiError::TimedOut { server: services.connection.server().to_owned(), limit };
    tokio::time::timeout(limit, read).await.unwrap_or_else(|_| Err(late()))
}
