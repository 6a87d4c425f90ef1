//! What of a trouble can be seen: named conditions on the load and the objects, each with an explanation in words.

mod load;
mod objects;

use serde::Deserialize;

use super::effects::{Condition, ObjectName, Objects};
use super::engine::Model;
use crate::demo::store::Store;
use crate::platform::time::Instant;

/// Something that can be seen on the platform, or not. Places are workloads such as `production/backend-python`, and for
/// requests environments such as `production` too. Shares go from 0 to 1.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "sees", rename_all = "kebab-case")]
pub enum Symptom {
    /// More than this share of requests fails.
    Errors {
        /// Where.
        at: String,
        /// The bound.
        above: f64,
    },
    /// Requests take longer than this at the 99th percentile.
    Latency {
        /// Where.
        at: String,
        /// The bound, in milliseconds.
        above_ms: f64,
    },
    /// More requests a second than this arrive.
    Traffic {
        /// Where.
        at: String,
        /// The bound.
        above: f64,
    },
    /// More than this share of what the pods can do is asked for.
    Saturation {
        /// Where.
        at: String,
        /// The bound.
        above: f64,
    },
    /// The pods of a workload together use more than this share of the processor time that they ask for.
    Processor {
        /// The workload.
        workload: String,
        /// The bound.
        above: f64,
    },
    /// A pod of a workload has more than this share of its memory limit.
    Memory {
        /// The workload.
        workload: String,
        /// The bound.
        above: f64,
    },
    /// More messages than this wait in an environment's queue.
    Queue {
        /// The workload of the broker.
        broker: String,
        /// Whose queue.
        environment: String,
        /// The bound.
        above: f64,
    },
    /// A replica is further behind than this.
    Lag {
        /// The workload of the database.
        database: String,
        /// The bound, in seconds.
        above_seconds: f64,
    },
    /// More than this share of the connections is open.
    Connections {
        /// The workload of the database.
        database: String,
        /// The bound.
        above: f64,
    },
    /// So many of a workload's containers, or more, ended within the last minutes.
    Restarts {
        /// The workload.
        workload: String,
        /// The bound.
        at_least: usize,
        /// How long ago at most.
        minutes: f64,
    },
    /// So many of a workload's containers, or more, were killed for their memory within the last minutes.
    OutOfMemory {
        /// The workload.
        workload: String,
        /// The bound.
        at_least: usize,
        /// How long ago at most.
        minutes: f64,
    },
    /// A container of a workload waits for this reason, such as `ImagePullBackOff`.
    Waiting {
        /// The workload.
        workload: String,
        /// The reason.
        reason: String,
    },
    /// So many of a workload's pods, or more, aren't ready.
    Unready {
        /// The workload.
        workload: String,
        /// The bound.
        at_least: usize,
    },
    /// So many of a workload's pods, or more, have no node.
    Pending {
        /// The workload.
        workload: String,
        /// The bound.
        at_least: usize,
    },
    /// Fewer than so many of a workload's pods are ready.
    Ready {
        /// The workload.
        workload: String,
        /// The bound.
        below: usize,
    },
    /// An autoscaler wants its maximum.
    AutoscalerAtMaximum {
        /// The autoscaler.
        autoscaler: String,
    },
    /// A node isn't ready.
    NodeNotReady {
        /// The node.
        node: String,
    },
    /// More than this share of a node's processor is wanted.
    NodeBusy {
        /// The node.
        node: String,
        /// The bound.
        above: f64,
    },
    /// More than this share of a node's disk is used.
    NodeDisk {
        /// The node.
        node: String,
        /// The bound.
        above: f64,
    },
    /// More than this share of a claim's volume is used.
    Volume {
        /// The claim.
        claim: String,
        /// The bound.
        above: f64,
    },
    /// A time in an object, such as a certificate's `/status/notAfter`, is less than so many days away.
    DaysLeft {
        /// The object.
        object: ObjectName,
        /// The JSON pointer of the time.
        at: String,
        /// The bound.
        below: f64,
    },
    /// The newest backup of a Velero schedule has failed.
    BackupFailed {
        /// The namespace of the schedule.
        namespace: String,
        /// Its name.
        schedule: String,
    },
    /// More than this share of look-ups of names fails.
    Dns {
        /// The bound.
        above: f64,
    },
    /// A condition holds of an object.
    Object {
        /// The condition.
        condition: Condition,
    },
    /// All of these are seen.
    All {
        /// These.
        of: Vec<Symptom>,
    },
    /// Any of these is seen.
    Any {
        /// These.
        of: Vec<Symptom>,
    },
    /// This isn't seen.
    Not {
        /// This.
        it: Box<Symptom>,
    },
}

/// Whether a symptom is visible now, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Whether it is visible.
    pub visible: bool,
    /// What is seen, with its numbers: `production: 7.4 % of requests fail (above 2 %)`.
    pub words: String,
}

impl Sighting {
    fn new(visible: bool, words: impl Into<String>) -> Self {
        Sighting { visible, words: words.into() }
    }

    fn compare(value: Option<f64>, above: f64, say: impl Fn(f64) -> String, missing: String) -> Self {
        match value {
            Some(value) => Sighting::new(value > above, say(value)),
            None => Sighting::new(false, missing),
        }
    }
}

impl Model {
    /// Looks for a symptom, as of the last step. `since` is when the trouble began that its conditions refer to.
    pub fn see(&mut self, symptom: &Symptom, store: &Store, since: Instant) -> Sighting {
        match symptom {
            Symptom::All { of } => {
                let seen: Vec<Sighting> = of.iter().map(|it| self.see(it, store, since)).collect();
                Sighting::new(seen.iter().all(|it| it.visible), words(&seen))
            }
            Symptom::Any { of } => {
                let seen: Vec<Sighting> = of.iter().map(|it| self.see(it, store, since)).collect();
                Sighting::new(seen.iter().any(|it| it.visible), words(&seen))
            }
            Symptom::Not { it } => {
                let seen = self.see(it, store, since);
                Sighting::new(!seen.visible, seen.words)
            }
            Symptom::Object { condition } => {
                let holds = self.holds(condition, store, since);
                let words = condition.words();
                Sighting::new(holds, if holds { words } else { format!("not: {words}") })
            }
            Symptom::DaysLeft { .. } | Symptom::BackupFailed { .. } => {
                let now = self.now();
                let mut objects =
                    Objects { store, schema: &self.options.schema, cache: self.effects.cache_mut() };
                objects::see(symptom, &mut objects, now)
            }
            Symptom::AutoscalerAtMaximum { autoscaler } => objects::at_maximum(store, autoscaler),
            Symptom::NodeNotReady { node } => objects::not_ready(store, node),
            _ => self.see_load(symptom),
        }
    }
}

fn words(seen: &[Sighting]) -> String {
    seen.iter().map(|it| it.words.as_str()).collect::<Vec<_>>().join("; ")
}
