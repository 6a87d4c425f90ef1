//! Autoscalers: the count of pods follows the load, within bounds.

use std::collections::{BTreeMap, VecDeque};

use k8s_pb::api::apps::v1::Deployment;
use k8s_pb::api::autoscaling::v2::{
    HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition, HorizontalPodAutoscalerSpec,
    HorizontalPodAutoscalerStatus, MetricStatus, MetricValueStatus, ResourceMetricStatus,
};

use super::controller::Controller;
use super::queue::{Queue, Task};
use super::simulation::Simulation;
use super::status;
use crate::demo::events::{self, Saying};
use crate::demo::objects::{instant, quantity, text, time, uid};
use crate::demo::quantity::cores;
use crate::demo::store::{Change, Facts, Key, Kind, Store};
use crate::platform::time::Instant;

/// The controller's name.
const NAME: &str = "horizontal-pod-autoscaler";
/// How often autoscalers look, in milliseconds.
const PERIOD: i64 = 15_000;
/// How long a smaller count has to be enough before it is taken, in milliseconds.
const STABILIZATION: i64 = 300_000;
/// A utilization so near the target, in hundredths of it, changes nothing.
const TOLERANCE: i32 = 10;
/// How long ago the state at the start was reached, in milliseconds.
const SINCE: i64 = 12 * 60_000;

/// What was recommended lately.
#[derive(Debug, Default)]
pub struct Autoscalers {
    recommended: BTreeMap<Key, VecDeque<(Instant, i32)>>,
    /// The count that each autoscaler left its target with.
    left: BTreeMap<Key, i32>,
}

/// What an autoscaler comes to.
struct Decision {
    wanted: i32,
    utilization: Option<i32>,
    /// `AbleToScale`, `ScalingActive` and `ScalingLimited`: whether it holds, its reason and its words.
    conditions: [(bool, &'static str, &'static str); 3],
}

impl Controller for Autoscalers {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::HorizontalPodAutoscaler]
    }

    fn notice(&mut self, _store: &Store, change: &Change, queue: &mut Queue) {
        if change.before.is_none() {
            queue.reconcile(NAME, change.last.key.clone());
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(autoscaler) = store.read::<HorizontalPodAutoscaler>(key) else {
            self.recommended.remove(key);
            self.left.remove(key);
            return;
        };
        let mut now = simulation.now();
        let new = autoscaler.status.is_none_or(|status| status.conditions.is_empty());
        let created = instant(autoscaler.metadata.and_then(|it| it.creation_timestamp).as_ref());
        // One that was there before the platform started has been in its state for a while.
        if new && now.since(created) > SINCE {
            now = now.plus_millis(-SINCE);
        }
        self.autoscale(simulation, store, key, now);
        simulation.queue.soon(PERIOD, Task::Reconcile(NAME, key.clone()));
    }
}

impl Autoscalers {
    fn autoscale(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key, now: Instant) {
        let Some(mut autoscaler) = store.read::<HorizontalPodAutoscaler>(key) else { return };
        let spec = autoscaler.spec.clone().unwrap_or_default();
        let target = spec.scale_target_ref.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
        let place = Key::new(&key.namespace, &target);
        let Some(mut deployment) = store.read::<Deployment>(&place) else { return };
        let current = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
        let measured = measured(simulation, store, &deployment);
        let decision = self.decide(store, key, &spec, &deployment, (current, measured), now);
        let mut next = HorizontalPodAutoscalerStatus {
            observed_generation: autoscaler.metadata.as_ref().and_then(|it| it.generation),
            current_replicas: Some(current),
            desired_replicas: Some(decision.wanted),
            current_metrics: decision
                .utilization
                .map(|it| metric(it, request(store, &deployment)))
                .into_iter()
                .collect(),
            ..autoscaler.status.clone().unwrap_or_default()
        };
        for (kind, (holds, reason, message)) in
            ["AbleToScale", "ScalingActive", "ScalingLimited"].iter().zip(decision.conditions)
        {
            set_condition(&mut next, kind, holds, reason, message, now);
        }
        if decision.wanted != current {
            next.last_scale_time = time(now);
            deployment.spec.get_or_insert_default().replicas = Some(decision.wanted);
            let metadata = deployment.metadata.get_or_insert_default();
            metadata.generation = Some(metadata.generation.unwrap_or(0) + 1);
            store.put(&mut deployment);
            let above = decision.wanted > current;
            let cause = match above {
                true => "cpu resource utilization (percentage of request) above target",
                false => "All metrics below target",
            };
            let message = format!("New size: {}; reason: {cause}", decision.wanted);
            let saying = Saying {
                warning: false,
                reason: "SuccessfulRescale",
                message: &message,
                reporter: "horizontal-pod-autoscaler",
            };
            simulation.tell(store, events::about(&autoscaler), &saying);
        } else if next.last_scale_time.is_none() {
            next.last_scale_time = time(now);
        }
        if autoscaler.status.as_ref() != Some(&next) {
            autoscaler.status = Some(next);
            store.put(&mut autoscaler);
        }
    }

    fn decide(
        &mut self,
        store: &Store,
        key: &Key,
        spec: &HorizontalPodAutoscalerSpec,
        deployment: &Deployment,
        (current, utilization): (i32, Option<i32>),
        now: Instant,
    ) -> Decision {
        let able = (true, "ReadyForNewScale", "recommended size matches current size");
        let within = (false, "DesiredWithinRange", "the desired count is within the acceptable range");
        if current == 0 {
            let off = (
                false,
                "ScalingDisabled",
                "scaling is disabled since the replica count of the target is zero",
            );
            return Decision { wanted: 0, utilization: None, conditions: [able, off, within] };
        }
        let ready = ready_pods(store, deployment).max(1);
        let Some(utilization) = utilization else {
            let unable = (
                false,
                "FailedGetResourceMetric",
                "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API",
            );
            let succeeded =
                (true, "SucceededGetScale", "the HPA controller was able to get the target's current scale");
            return Decision { wanted: current, utilization: None, conditions: [succeeded, unable, within] };
        };
        let target = target_utilization(spec).max(1);
        let near = (utilization * 100 / target - 100).abs() <= TOLERANCE;
        let raw = if near { current } else { (ready * utilization + target - 1) / target };
        let (least, most) = (spec.min_replicas.unwrap_or(1), spec.max_replicas.unwrap_or(current));
        let recommended = self.recommended.entry(key.clone()).or_default();
        if self.left.get(key).is_some_and(|left| *left != current) {
            // Someone else has set the count. Like one that the controller meets first, it counts as recommended.
            recommended.push_back((now, current));
        }
        recommended.push_back((now, raw));
        recommended.retain(|(at, _)| now.since(*at) <= STABILIZATION);
        // A smaller count is taken only when nothing larger was wanted for a while.
        let stable = recommended.iter().map(|(_, count)| *count).max().unwrap_or(raw).min(current.max(raw));
        let stabilized = stable > raw;
        let limited_up = stable.min((current * 2).max(current + 4));
        let wanted = limited_up.clamp(least, most.max(least));
        self.left.insert(key.clone(), wanted);
        let able = match (wanted == current, stabilized) {
            (_, true) => (
                true,
                "ScaleDownStabilized",
                "recent recommendations were higher than current one, applying the highest recent recommendation",
            ),
            (true, false) => able,
            (false, false) => {
                (true, "SucceededRescale", "the HPA controller was able to update the target scale")
            }
        };
        let active = (
            true,
            "ValidMetricFound",
            "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)",
        );
        let limited = if stable > most {
            (true, "TooManyReplicas", "the desired replica count is more than the maximum replica count")
        } else if stable < least {
            (true, "TooFewReplicas", "the desired replica count is less than the minimum replica count")
        } else {
            within
        };
        Decision { wanted, utilization: Some(utilization), conditions: [able, active, limited] }
    }
}

/// What the ready pods of a deployment use of the processor time that they ask for, in percent; `None` where nothing is measured.
fn measured(simulation: &Simulation, store: &Store, deployment: &Deployment) -> Option<i32> {
    let model = simulation.model.lock();
    let sets = store.owned_by(uid(deployment.metadata.as_ref()), Kind::ReplicaSet);
    let (mut used, mut asked) = (0_u64, 0_i64);
    for pod in sets.flat_map(|set| store.owned_by(&set.uid, Kind::Pod)) {
        let Facts::Pod(facts) = &pod.facts else { continue };
        let Some(usage) = model.usage_of(pod).filter(|_| facts.ready()) else { continue };
        used += usage.containers.iter().map(|container| container.cpu_nanocores).sum::<u64>();
        asked += facts.requests.cpu;
    }
    let hundredth = u64::try_from(asked).unwrap_or(0) * 10_000;
    (hundredth > 0).then(|| i32::try_from(used / hundredth).unwrap_or(i32::MAX))
}

fn ready_pods(store: &Store, deployment: &Deployment) -> i32 {
    let sets = store.owned_by(uid(deployment.metadata.as_ref()), Kind::ReplicaSet);
    sets.map(|set| status::count(store, &set.uid).ready).sum()
}

/// What one pod of the deployment asks for, in thousandths of a core.
fn request(store: &Store, deployment: &Deployment) -> i64 {
    let sets = store.owned_by(uid(deployment.metadata.as_ref()), Kind::ReplicaSet);
    let mut pods = sets.flat_map(|set| store.owned_by(&set.uid, Kind::Pod));
    pods.find_map(|pod| match &pod.facts {
        Facts::Pod(facts) => Some(facts.requests.cpu),
        _ => None,
    })
    .unwrap_or(0)
}

fn target_utilization(spec: &HorizontalPodAutoscalerSpec) -> i32 {
    let resources = spec.metrics.iter().filter_map(|metric| metric.resource.as_ref());
    resources
        .filter_map(|resource| resource.target.as_ref())
        .find_map(|target| target.average_utilization)
        .unwrap_or(80)
}

fn metric(utilization: i32, request: i64) -> MetricStatus {
    let current = MetricValueStatus {
        average_utilization: Some(utilization),
        average_value: Some(quantity(cores(request * i64::from(utilization) / 100))),
        value: None,
    };
    MetricStatus {
        r#type: text("Resource"),
        resource: Some(ResourceMetricStatus { name: text("cpu"), current: Some(current) }),
        ..MetricStatus::default()
    }
}

fn set_condition(
    status: &mut HorizontalPodAutoscalerStatus,
    kind: &str,
    holds: bool,
    reason: &str,
    message: &str,
    now: Instant,
) {
    let state = if holds { "True" } else { "False" };
    let position = status.conditions.iter().position(|it| it.r#type.as_deref() == Some(kind));
    let old = position.map(|position| status.conditions.remove(position)).unwrap_or_default();
    let same = old.status.as_deref() == Some(state);
    let condition = HorizontalPodAutoscalerCondition {
        r#type: text(kind),
        status: text(state),
        last_transition_time: if same { old.last_transition_time } else { time(now) },
        reason: text(reason),
        message: text(message),
    };
    status.conditions.insert(position.unwrap_or(status.conditions.len()), condition);
}
