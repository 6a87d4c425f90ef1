//! The life of nodes: their heartbeats, what is made of their silence, and what becomes of the pods on them.

mod collection;
mod conditions;
mod heartbeat;
mod lifecycle;
mod pressure;
mod taint_eviction;

pub use collection::PodCollection;
pub use heartbeat::Heartbeats;
pub use lifecycle::NodeLifecycle;
pub use taint_eviction::TaintEviction;
