//! What the model keeps of a pod from one step to the next.

use super::counters::{RequestCounters, Stream};
use super::roster::PodView;
use crate::demo::store::Key;
use crate::platform::time::Instant;

/// A pod under load.
#[derive(Debug, Clone, Default)]
pub struct PodState {
    /// When its first container's present run started; what follows began with it.
    pub run: Option<Instant>,
    /// Requests that it is given a second.
    pub rate: f64,
    /// The share of them that fail.
    pub errors: f64,
    /// Their median latency and their 99th percentile, in seconds.
    pub latency: (f64, f64),
    /// The mean latency, in seconds.
    pub mean: f64,
    /// Requests that it works on at the same time.
    pub busy: f64,
    /// What is asked for over what it can do.
    pub saturation: f64,
    /// Processor time that its first container wants a second, in cores.
    pub wants: f64,
    /// Processor time that it gets, in cores.
    pub cpu: f64,
    /// How many times longer its work takes since it gets less than it wants.
    pub stretch: f64,
    /// The working set of its first container, in bytes.
    pub memory: f64,
    /// Memory that was never given back, in bytes.
    pub leaked: f64,
    /// Processor time since the run's start, in seconds.
    pub cpu_seconds: f64,
    /// The requests that it answers now, by kind.
    pub streams: Vec<Stream>,
    /// The requests since the run's start, by kind.
    pub requests: Vec<RequestCounters>,
    /// The run that was killed for its memory, so that it is killed once.
    pub killed: Option<Instant>,
    /// Whether its readiness probe was said to fail.
    pub probe_fails: bool,
}

impl PodState {
    /// Forgets what ended with the run before, where another has started.
    pub fn follow(&mut self, pod: &PodView) {
        let run = pod.containers.first().and_then(|container| container.running_since());
        if self.run != run {
            let killed = self.killed;
            *self = PodState { run, killed, stretch: 1.0, ..PodState::default() };
        }
    }
}

/// Who leads among the pods of a workload that has a leader.
#[derive(Debug, Clone, Default)]
pub struct Leadership {
    /// The leader.
    pub leader: Option<Key>,
    /// Since when it isn't ready.
    pub lost: Option<Instant>,
}

/// How long the others wait for a lost leader before they choose another, in milliseconds.
const PATIENCE: i64 = 30_000;

impl Leadership {
    /// Sees who leads now, among the pods and whether each is ready, in the order of their names. Who says by its label that it
    /// leads does; otherwise the first, until it has been lost for a while.
    pub fn look(&mut self, pods: &[(&PodView, bool)], now: Instant) {
        let claims = pods.iter().find(|(pod, _)| pod.leads);
        let leader = self.leader.as_ref().and_then(|key| pods.iter().find(|(pod, _)| pod.key == *key));
        let Some((pod, ready)) = claims.or(leader).or(pods.first()) else { return };
        self.leader = Some(pod.key.clone());
        if *ready {
            self.lost = None;
            return;
        }
        let lost = *self.lost.get_or_insert(now);
        if now.since(lost) >= PATIENCE
            && let Some((heir, _)) = pods.iter().find(|(_, ready)| *ready)
            && claims.is_none()
        {
            *self = Leadership { leader: Some(heir.key.clone()), lost: None };
        }
    }
}
