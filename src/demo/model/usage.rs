//! What pods use of their nodes.

use crate::platform::time::Instant;

/// What one container uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerUsage {
    /// Its name.
    pub name: String,
    /// Processor time a second, in billionths of a core, as the mean of the last window.
    pub cpu_nanocores: u64,
    /// The working set, in bytes.
    pub memory_bytes: u64,
}

/// What a pod uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodUsage {
    /// When it was measured.
    pub at: Instant,
    /// Its containers that run, in the order of its manifest.
    pub containers: Vec<ContainerUsage>,
}

impl PodUsage {
    /// What all containers use together: billionths of a core, and bytes.
    pub fn total(&self) -> (u64, u64) {
        self.containers
            .iter()
            .fold((0, 0), |(cpu, memory), it| (cpu + it.cpu_nanocores, memory + it.memory_bytes))
    }
}
