//! The one model of load: requests arrive, flow through the platform's services, take time, use what there is, and fail.
//!
//! Everything that has a number on the platform reads it here: autoscalers and `metrics.k8s.io` the use of pods, proxies
//! the pods' metrics, the log endpoint their lines. What breaks is an [`Effect`]. Nothing here is drawn at random as one looks:
//! noise is a hash of the seed, a label and the time, so the same seed, clock and objects give the same load.

mod background;
mod causes;
mod counters;
mod databases;
mod day;
mod description;
mod effects;
mod engine;
mod exposition;
mod flow;
mod happening;
mod log;
mod memory;
mod nodes;
mod noise;
mod past;
mod pod_state;
mod queueing;
mod roster;
mod service;
mod sketch;
mod suffering;
mod symptoms;
mod topology;
mod totals;
mod usage;
mod volumes;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use databases::DatabaseState;
pub use description::Flows;
pub use effects::{
    Condition, Effect, Effects, ImageBehaviour, ImageFault, ObjectName, PullOutcome, Test, Trouble,
};
pub use engine::{Model, ModelOptions, PERIOD};
pub use flow::QueueState;
pub use happening::{Happening, Sufferer};
pub use log::LogLine;
pub use nodes::NodeState;
pub use service::ServiceState;
pub use symptoms::{Sighting, Symptom};
pub use usage::{ContainerUsage, PodUsage};
pub use volumes::VolumeState;

/// The model, shared by the simulation and the API. Held only for moments, after the store where both are needed.
#[derive(Debug, Clone)]
pub struct SharedModel(Arc<Mutex<Model>>);

impl SharedModel {
    /// Shares this model.
    pub fn new(model: Model) -> Self {
        SharedModel(Arc::new(Mutex::new(model)))
    }

    /// The model itself, until the guard is dropped.
    pub fn lock(&self) -> MutexGuard<'_, Model> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
