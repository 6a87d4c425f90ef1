//! Evictions: deletions of pods that their disruption budgets have to allow.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use k8s_pb::api::core::v1::Pod;
use k8s_pb::api::policy::v1::PodDisruptionBudget;
use serde_json::json;

use super::delete::{self, DeleteOptions};
use super::encode::Made;
use super::error::ApiError;
use super::{Call, body, write};
use crate::demo::objects::{set_pod_condition, text, time};
use crate::demo::store::{Facts, Kind, PodFacts, Store, StoredObject, matches_labels};
use crate::platform::time::Instant;

/// How long a client is asked to wait where a budget has yet to be looked at, in seconds.
const RETRY: u32 = 10;

/// Evicts the pod that the path names.
///
/// # Errors
/// When it isn't there, isn't the one that is meant, or its budget doesn't allow it.
pub fn evict(call: &Call<'_>, bytes: &[u8], content_type: &str) -> Result<Response<Body>, ApiError> {
    let expected = ("policy/v1", "Eviction", "policy.v1.Eviction");
    let eviction = body::read_object(&call.state.schema, &call.kinds(), expected, bytes, content_type)?;
    let (kind, key) = (&*call.target.kind, call.key());
    if eviction["metadata"]["name"].as_str() != Some(&*key.name) {
        return Err(ApiError::bad_request("name in URL does not match name in Eviction object"));
    }
    let mut options = DeleteOptions::read(&eviction["deleteOptions"])?;
    options.deletion.dry |= write::dry_run(call, "CreateOptions")?;
    let now = call.state.clock.now();
    let mut store = call.state.store.lock();
    let pod = store.get(kind.stored, &key).cloned().ok_or_else(|| ApiError::not_found(kind, &key.name))?;
    options.check_identity(kind, &pod)?;
    if let Facts::Pod(facts) = &pod.facts
        && is_guarded(facts)
    {
        spend(&mut store, &pod, facts, options.deletion.dry, now)?;
    }
    if !options.deletion.dry
        && let Some(mut pod) = store.read::<Pod>(&key)
    {
        let message = "Eviction API: evicting";
        set_pod_condition(&mut pod, "DisruptionTarget", true, "EvictionByEvictionAPI", message, now);
        store.put(&mut pod);
        options.forget_version();
    }
    delete::delete_one(call, &mut store, &key, &options)?;
    drop(store);
    let status =
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
    let made = Made { value: status, message: Some("meta.v1.Status") };
    made.respond(&call.state.schema, call.format.encoding, StatusCode::CREATED)
}

/// Whether a pod's end disrupts anything: not where it has ended, is ending, or hasn't begun.
fn is_guarded(pod: &PodFacts) -> bool {
    !pod.finished() && !pod.terminating && &*pod.phase != "Pending"
}

/// Takes one disruption from the pod's budget, where it has one and needs one.
fn spend(
    store: &mut Store,
    pod: &Arc<StoredObject>,
    facts: &PodFacts,
    dry: bool,
    now: Instant,
) -> Result<(), ApiError> {
    let budgets = store.list(Kind::PodDisruptionBudget, Some(&pod.key.namespace), None);
    let mut guarding: Vec<PodDisruptionBudget> = budgets
        .filter_map(|stored| store.read::<PodDisruptionBudget>(&stored.key))
        .filter(|budget| matches_labels(budget.spec.as_ref().and_then(|spec| spec.selector.as_ref()), pod))
        .collect();
    if guarding.len() > 1 {
        return Err(ApiError::several_budgets());
    }
    let Some(mut budget) = guarding.pop() else { return Ok(()) };
    if facts.ready_since.is_none() && lets_unhealthy_go(&budget) {
        return Ok(());
    }
    check(&budget)?;
    if dry {
        return Ok(());
    }
    let status = budget.status.get_or_insert_default();
    status.disruptions_allowed = status.disruptions_allowed.map(|allowed| allowed - 1);
    if let Some(time) = time(now) {
        status.disrupted_pods.insert(pod.key.name.to_string(), time);
    }
    if status.disruptions_allowed == Some(0)
        && let Some(condition) =
            status.conditions.iter_mut().find(|it| it.r#type.as_deref() == Some("DisruptionAllowed"))
    {
        condition.status = text("False");
        condition.reason = text("InsufficientPods");
        condition.last_transition_time = time(now);
    }
    store.put(&mut budget);
    Ok(())
}

/// A pod that isn't ready may go where the budget says so, or is met without it.
fn lets_unhealthy_go(budget: &PodDisruptionBudget) -> bool {
    let policy = budget.spec.as_ref().and_then(|spec| spec.unhealthy_pod_eviction_policy.as_deref());
    let Some(status) = &budget.status else { return policy == Some("AlwaysAllow") };
    let (current, desired) = (status.current_healthy.unwrap_or(0), status.desired_healthy.unwrap_or(0));
    policy == Some("AlwaysAllow") || (current >= desired && desired > 0)
}

/// Refuses where the budget allows no disruption, or hasn't been looked at since it was changed.
fn check(budget: &PodDisruptionBudget) -> Result<(), ApiError> {
    let name = budget.metadata.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
    let status = budget.status.clone().unwrap_or_default();
    let generation = budget.metadata.as_ref().and_then(|it| it.generation).unwrap_or(0);
    if status.observed_generation.unwrap_or(0) < generation {
        let cause = format!("The disruption budget {name} is still being processed by the server.");
        return Err(ApiError::disruption_refused(&cause, RETRY));
    }
    if status.disruptions_allowed.unwrap_or(0) > 0 {
        return Ok(());
    }
    let (current, desired) = (status.current_healthy.unwrap_or(0), status.desired_healthy.unwrap_or(0));
    let cause = if current <= desired {
        format!("The disruption budget {name} needs {desired} healthy pods and has {current} currently")
    } else {
        format!("The disruption budget {name} does not allow evicting pods currently")
    };
    Err(ApiError::disruption_refused(&cause, 0))
}
