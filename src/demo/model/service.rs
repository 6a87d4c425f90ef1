//! How a service does.

/// How the pods of one workload serve what is asked of them, as of the last step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServiceState {
    /// Requests that arrive a second; for workers, tasks taken.
    pub rate: f64,
    /// The share of requests that fail, from 0 to 1.
    pub errors: f64,
    /// The median latency, in seconds.
    pub p50: f64,
    /// The latency that 1 of 100 requests exceeds, in seconds.
    pub p99: f64,
    /// What is asked for over what the ready pods can do; above 1 they can't keep up.
    pub saturation: f64,
    /// How many pods are ready.
    pub ready: usize,
}
