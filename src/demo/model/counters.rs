//! Counters that integrate the load, as exporters have them: they never go back while a container runs.

use super::queueing::at_most;

/// The upper bounds of the latency histogram, in seconds: those of Prometheus' client libraries.
pub const BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Requests since a container started.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequestCounters {
    /// Those that were answered.
    pub answered: f64,
    /// Those that were the client's mistake.
    pub refused: f64,
    /// Those that failed.
    pub failed: f64,
    /// How long all took together, in seconds.
    pub seconds: f64,
    /// How many took at most as long as each bound.
    pub buckets: [f64; BOUNDS.len()],
}

/// Requests of one kind, a second.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stream {
    /// How many.
    pub rate: f64,
    /// The share that fails.
    pub errors: f64,
    /// The share that is the client's mistake.
    pub client_errors: f64,
    /// The median latency and the 99th percentile, in seconds.
    pub latency: (f64, f64),
}

impl RequestCounters {
    /// Lets so many seconds of requests pass.
    pub fn pass(&mut self, stream: &Stream, seconds: f64) {
        let count = stream.rate * seconds;
        let failed = count * stream.errors;
        let refused = (count - failed) * stream.client_errors;
        self.failed += failed;
        self.refused += refused;
        self.answered += count - failed - refused;
        let (p50, p99) = stream.latency;
        self.seconds += count * (0.8 * p50 + 0.2 * p99);
        for (bucket, bound) in self.buckets.iter_mut().zip(BOUNDS) {
            *bucket += count * at_most(bound, p50, p99);
        }
    }

    /// All requests.
    pub fn total(&self) -> f64 {
        self.answered + self.refused + self.failed
    }
}
