//! Symptoms in the objects.

use k8s_pb::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_pb::api::core::v1::Node;
use serde_json::Value;

use super::load::key;
use super::{Sighting, Symptom};
use crate::demo::model::effects::Objects;
use crate::demo::store::{Key, Store};
use crate::platform::time::Instant;

/// What a day has, in milliseconds.
const DAY: f64 = 86_400_000.0;

/// Looks for a symptom in an object's values.
pub(super) fn see(symptom: &Symptom, objects: &mut Objects<'_>, now: Instant) -> Sighting {
    match symptom {
        Symptom::DaysLeft { object, at, below } => {
            let found = objects.find(object);
            let time = found.as_ref().and_then(|it| it.pointer(at)?.as_str().and_then(Instant::parse));
            let Some(time) = time else {
                return Sighting::new(false, format!("{} {} has no {at}", object.kind, object.name));
            };
            let left = time.since(now) as f64 / DAY;
            let words = format!("{} {}: {left:.1} days left (below {below})", object.kind, object.name);
            Sighting::new(left < *below, words)
        }
        Symptom::BackupFailed { namespace, schedule } => {
            let Some(phase) = newest_backup(objects, namespace, schedule) else {
                return Sighting::new(false, format!("schedule {schedule} has no backup"));
            };
            let failed = phase.contains("Failed") || phase == "FailedValidation";
            Sighting::new(failed, format!("the newest backup of {schedule} is {phase}"))
        }
        _ => Sighting::new(false, ""),
    }
}

/// The phase of the newest backup of a schedule.
fn newest_backup(objects: &mut Objects<'_>, namespace: &str, schedule: &str) -> Option<String> {
    let kind = objects.kind("backups.velero.io")?;
    let of_schedule = objects.store.list(kind.stored, Some(namespace), None);
    let of_schedule = of_schedule.filter(|it| it.label("velero.io/schedule-name") == Some(schedule));
    let dated = of_schedule.map(|stored| {
        let object = stored.json();
        let text = |at: &str| object.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("/metadata/creationTimestamp"), text("/status/phase"))
    });
    dated.max().map(|(_, phase)| phase)
}

/// Whether an autoscaler wants its maximum.
pub(super) fn at_maximum(store: &Store, autoscaler: &str) -> Sighting {
    let Some(found) = store.read::<HorizontalPodAutoscaler>(&key(autoscaler)) else {
        return Sighting::new(false, format!("autoscaler {autoscaler} isn't there"));
    };
    let most = found.spec.and_then(|spec| spec.max_replicas).unwrap_or(0);
    let wanted = found.status.and_then(|status| status.desired_replicas).unwrap_or(0);
    Sighting::new(wanted >= most, format!("autoscaler {autoscaler} wants {wanted} of at most {most} pods"))
}

/// Whether a node isn't ready.
pub(super) fn not_ready(store: &Store, node: &str) -> Sighting {
    let Some(found) = store.read::<Node>(&Key::new("", node)) else {
        return Sighting::new(true, format!("node {node} isn't there"));
    };
    let conditions = found.status.unwrap_or_default().conditions;
    let ready = conditions.iter().find(|it| it.r#type.as_deref() == Some("Ready"));
    let status = ready.and_then(|it| it.status.as_deref()).unwrap_or("Unknown").to_owned();
    Sighting::new(status != "True", format!("node {node}: Ready is {status}"))
}
