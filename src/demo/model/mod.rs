//! The one model of load: requests arrive, flow through the platform's services, take time, use what there is, and fail.
//!
//! Everything that has a number on the platform reads it here: autoscalers and `metrics.k8s.io` the use of pods, proxies
//! the pods' metrics, the log endpoint their lines. What breaks is an [`Effect`]. Nothing here is drawn at random as one looks:
//! noise is a hash of the seed, a label and the time, so the same seed, clock and objects give the same load.

mod effects;
mod engine;
mod exposition;
mod happening;
mod log;
mod noise;
#[expect(dead_code, reason = "the flow reads the rest")]
mod roster;
mod service;
mod sketch;
mod usage;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use effects::{Effects, ImageFault};
pub use engine::{Model, ModelOptions, PERIOD};
pub use happening::{Happening, Sufferer};
pub use log::LogLine;
pub use service::ServiceState;
pub use usage::{ContainerUsage, PodUsage};

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
