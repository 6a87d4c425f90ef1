//! What a pod's `/metrics` says, as Prometheus reads it.

use super::engine::Model;
use crate::demo::store::{Store, StoredObject};

impl Model {
    /// The pod's metrics in Prometheus' text format; empty while it doesn't run.
    pub fn exposition(&self, _store: &Store, pod: &StoredObject) -> String {
        let Some(usage) = self.usage_of(pod) else { return String::new() };
        let (_, memory) = usage.total();
        format!("# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes {memory}\n")
    }
}
