//! An autoscaler that sets the same count.

use crate::clients::kubernetes::{ApiError, Autoscaler};
use crate::operations::{Finding, Topic, Weight};
use crate::platform::object::ObjectReference;

/// The autoscaler whose target is that object.
pub(crate) fn targeting<'a>(
    autoscalers: &'a [Autoscaler],
    object: &ObjectReference,
) -> Option<&'a Autoscaler> {
    autoscalers.iter().find(|autoscaler| {
        let target = &autoscaler.spec.scale_target_ref;
        let group = target.api_version.split_once('/').map_or("", |(group, _)| group);
        target.kind == object.kind.name()
            && *target.name == *object.name
            && (target.api_version.is_empty() || group == object.kind.group())
    })
}

/// Whether an autoscaler will undo a count of `wanted`, and what to do instead.
pub(crate) fn judge(
    autoscalers: &Result<Vec<Autoscaler>, ApiError>,
    object: &ObjectReference,
    present: u32,
    wanted: u32,
) -> Finding {
    let autoscalers = match autoscalers {
        Ok(autoscalers) => autoscalers,
        Err(error) => return Finding::unknown(Topic::Autoscaler, error),
    };
    let Some(autoscaler) = targeting(autoscalers, object) else {
        return Finding::new(Topic::Autoscaler, Weight::Fine, "no autoscaler sets its count");
    };
    let name = &autoscaler.metadata.name;
    let (minimum, maximum) = bounds(autoscaler);
    let range = format!("the autoscaler {name} ({minimum}–{maximum})");
    if wanted == 0 {
        let text = format!("{range} is switched off by 0 replicas, until somebody scales up again");
        return Finding::new(Topic::Autoscaler, Weight::Warning, text);
    }
    if present == 0 {
        let text = format!("{range} is switched off by 0 replicas now, and takes over again from here");
        return Finding::new(Topic::Autoscaler, Weight::Note, text);
    }
    let (undone, bound) = if wanted < minimum {
        (format!("back to {minimum} within seconds"), format!("lower its minReplicas to {wanted}"))
    } else if wanted > maximum {
        (format!("back to {maximum} within seconds"), format!("raise its maxReplicas to {wanted}"))
    } else {
        let now = match autoscaler.status.desired_replicas {
            Some(desired) => format!("; it wants {desired} now"),
            None => String::new(),
        };
        let bound = if wanted > present {
            format!("raise its minReplicas to {wanted}")
        } else {
            format!("lower its maxReplicas to {wanted}")
        };
        (format!("to what its metrics say{now}"), bound)
    };
    let advice = match keda(autoscaler) {
        Some(scaled) => format!("change the KEDA ScaledObject {scaled}: it owns the autoscaler"),
        None => format!("instead, {bound}"),
    };
    Finding::new(Topic::Autoscaler, Weight::Warning, format!("{range} will set it {undone}")).advising(advice)
}

fn bounds(autoscaler: &Autoscaler) -> (u32, u32) {
    (autoscaler.spec.min_replicas.unwrap_or(1), autoscaler.spec.max_replicas)
}

fn keda(autoscaler: &Autoscaler) -> Option<&str> {
    let mut owners = autoscaler.metadata.owner_references.iter();
    let by_owner = owners.find(|owner| owner.kind == "ScaledObject").map(|owner| owner.name.as_str());
    by_owner.or_else(|| autoscaler.metadata.labels.get("scaledobject.keda.sh/name").map(String::as_str))
}
