//! Disruption budgets: how many pods of a selector may be taken away by choice.

use std::collections::{BTreeMap, BTreeSet};

use k8s_pb::api::apps::v1::{Deployment, ReplicaSet, StatefulSet};
use k8s_pb::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus};
use k8s_pb::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use super::controller::Controller;
use super::int_or_percent::scaled;
use super::pod_control::PodMaker;
use super::queue::{Queue, Task};
use super::selections::Selections;
use super::simulation::{Counted, Simulation};
use crate::demo::objects::{instant, text, time};
use crate::demo::store::{Change, Facts, Key, Kind, PodFacts, Store, StoredObject};
use crate::platform::time::Instant;

/// The controller's name.
const NAME: &str = "controllermanager";
/// How long changes of pods are gathered, in milliseconds.
const GATHERED: i64 = 50;
/// How long an evicted pod may take to go, in milliseconds.
const PATIENCE: i64 = 120_000;

/// Reports the disruptions that budgets allow.
#[derive(Debug, Default)]
pub struct Budgets {
    selected: Selections,
}

/// What a budget counts.
struct Counts {
    expected: i32,
    desired: i32,
    healthy: i32,
    disrupted: BTreeMap<String, Time>,
    /// In how many milliseconds an evicted pod should be gone.
    wait: Option<i64>,
}

impl Controller for Budgets {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::PodDisruptionBudget, Kind::Pod]
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        let key = &change.last.key;
        if change.last.kind == Kind::PodDisruptionBudget {
            let spec = store.read::<PodDisruptionBudget>(key).and_then(|budget| budget.spec);
            self.selected.set(store, key, spec.and_then(|spec| spec.selector));
            queue.reconcile(NAME, key.clone());
            return;
        }
        let concerned = self.selected.note(change);
        let relabelled = change.before.as_ref().is_some_and(|before| before.labels != change.last.labels);
        if Counted::differs(change) || relabelled {
            for budget in concerned {
                queue.soon(GATHERED, Task::Reconcile(NAME, budget));
            }
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(mut budget) = store.read::<PodDisruptionBudget>(key) else { return };
        let pods: Vec<Key> = self.selected.pods(key).map(|name| Key::new(&key.namespace, name)).collect();
        let maker = PodMaker::new(&budget, NAME);
        if pods.is_empty() {
            simulation.say(store, &maker, false, "NoPods", "No matching pods found");
        }
        let now = simulation.now();
        let before = budget.status.clone().unwrap_or_default();
        let mut wait = None;
        let next = match count(store, &budget, &pods, now) {
            Ok(counts) => {
                wait = counts.wait;
                status(&budget, counts, now)
            }
            Err(message) => {
                let reason = "CalculateExpectedPodCountFailed";
                let words = format!("Failed to calculate the number of expected pods: {message}");
                simulation.say(store, &maker, true, reason, &words);
                PodDisruptionBudgetStatus {
                    disruptions_allowed: Some(0),
                    conditions: conditions(&budget, false, "SyncFailed", &message, now),
                    ..before.clone()
                }
            }
        };
        if budget.status.as_ref() != Some(&next) {
            budget.status = Some(next);
            store.put(&mut budget);
        }
        if let Some(wait) = wait {
            simulation.queue.soon(wait, Task::Reconcile(NAME, key.clone()));
        }
    }
}

fn facts_of(stored: &StoredObject) -> Option<&PodFacts> {
    match &stored.facts {
        Facts::Pod(facts) => Some(facts),
        _ => None,
    }
}

/// Counts the pods of a budget.
///
/// # Errors
/// The controller's words where it can't tell how many there should be.
fn count(store: &Store, budget: &PodDisruptionBudget, pods: &[Key], now: Instant) -> Result<Counts, String> {
    let spec = budget.spec.clone().unwrap_or_default();
    let (expected, desired) = expected_and_desired(store, &spec, pods)?;
    let noted = budget.status.as_ref().map(|status| status.disrupted_pods.clone()).unwrap_or_default();
    let (mut healthy, mut disrupted, mut wait) = (0, BTreeMap::new(), None::<i64>);
    for key in pods {
        let Some(facts) = store.get(Kind::Pod, key).and_then(|pod| facts_of(pod)) else { continue };
        if facts.terminating {
            continue;
        }
        if let Some(at) = noted.get(&*key.name) {
            let left = instant(Some(at)).plus_millis(PATIENCE).since(now);
            if left > 0 {
                disrupted.insert(key.name.to_string(), *at);
                wait = Some(wait.map_or(left, |wait| wait.min(left)));
                continue;
            }
        }
        healthy += i32::from(facts.ready_since.is_some());
    }
    Ok(Counts { expected, desired, healthy, disrupted, wait })
}

/// How many pods there should be, and how many of them have to be healthy.
fn expected_and_desired(
    store: &Store,
    spec: &PodDisruptionBudgetSpec,
    pods: &[Key],
) -> Result<(i32, i32), String> {
    let count = i32::try_from(pods.len()).unwrap_or(i32::MAX);
    if let Some(most) = &spec.max_unavailable {
        let expected = expected_scale(store, pods)?;
        let most = scaled(most, expected, true).ok_or("invalid value for IntOrString")?;
        return Ok((expected, (expected - most).max(0)));
    }
    let Some(least) = &spec.min_available else { return Ok((count, 0)) };
    if least.r#type.unwrap_or(0) == 0 {
        return Ok((count, least.int_val.unwrap_or(0)));
    }
    let expected = expected_scale(store, pods)?;
    Ok((expected, scaled(least, expected, true).ok_or("invalid value for IntOrString")?))
}

/// The counts that the controllers of the pods want, together. Pods without one are left out.
fn expected_scale(store: &Store, pods: &[Key]) -> Result<i32, String> {
    let mut owners = BTreeSet::new();
    for key in pods {
        let Some(owner) = store.get(Kind::Pod, key).and_then(|pod| pod.owner.as_ref()) else { continue };
        owners.insert((owner.kind.clone(), owner.name.clone(), key.namespace.clone()));
    }
    let (mut total, mut deployments) = (0, BTreeSet::new());
    for (kind, name, namespace) in owners {
        let key = Key::new(&namespace, &name);
        total += match &*kind {
            "ReplicaSet" => {
                let parent = store.get(Kind::ReplicaSet, &key).and_then(|set| set.owner.as_ref());
                match parent.filter(|parent| &*parent.kind == "Deployment") {
                    Some(parent) if !deployments.insert(parent.name.clone()) => 0,
                    Some(parent) => wanted(store, "Deployment", &Key::new(&namespace, &parent.name)),
                    None => wanted(store, "ReplicaSet", &key),
                }
            }
            "StatefulSet" => wanted(store, "StatefulSet", &key),
            other => return Err(unscalable(other)),
        };
    }
    Ok(total)
}

fn unscalable(kind: &str) -> String {
    let plural = format!("{}s", kind.to_lowercase());
    let group = if matches!(kind, "Job" | "CronJob") { "batch" } else { "apps" };
    format!("{plural}.{group} does not implement the scale subresource")
}

fn wanted(store: &Store, kind: &str, key: &Key) -> i32 {
    let count = match kind {
        "Deployment" => store.read::<Deployment>(key).and_then(|it| it.spec).and_then(|spec| spec.replicas),
        "ReplicaSet" => store.read::<ReplicaSet>(key).and_then(|it| it.spec).and_then(|spec| spec.replicas),
        _ => store.read::<StatefulSet>(key).and_then(|it| it.spec).and_then(|spec| spec.replicas),
    };
    count.unwrap_or(1)
}

fn status(budget: &PodDisruptionBudget, counts: Counts, now: Instant) -> PodDisruptionBudgetStatus {
    let spare = counts.healthy - counts.desired;
    let allowed = if counts.expected <= 0 { 0 } else { spare.max(0) };
    let reason = if allowed > 0 { "SufficientPods" } else { "InsufficientPods" };
    PodDisruptionBudgetStatus {
        observed_generation: budget.metadata.as_ref().and_then(|it| it.generation),
        disrupted_pods: counts.disrupted,
        disruptions_allowed: Some(allowed),
        current_healthy: Some(counts.healthy),
        desired_healthy: Some(counts.desired),
        expected_pods: Some(counts.expected),
        conditions: conditions(budget, allowed > 0, reason, "", now),
    }
}

fn conditions(
    budget: &PodDisruptionBudget,
    holds: bool,
    reason: &str,
    message: &str,
    now: Instant,
) -> Vec<Condition> {
    let state = if holds { "True" } else { "False" };
    let before = budget.status.iter().flat_map(|status| &status.conditions);
    let held = before
        .filter(|it| it.r#type.as_deref() == Some("DisruptionAllowed"))
        .find(|it| it.status.as_deref() == Some(state));
    vec![Condition {
        r#type: text("DisruptionAllowed"),
        status: text(state),
        observed_generation: budget.metadata.as_ref().and_then(|it| it.generation),
        last_transition_time: held.map_or_else(|| time(now), |held| held.last_transition_time),
        reason: text(reason),
        message: text(message),
    }]
}
