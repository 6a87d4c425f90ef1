//! Images that don't work as they should.

use serde::Deserialize;

/// How a container of an image fails, as its kubelet sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageFault {
    /// It exits with 1 some seconds after its start.
    Crash,
    /// The registry doesn't have it.
    Missing,
    /// As an init container, it never ends.
    Stall,
    /// It runs, and its readiness probe never succeeds.
    Unready,
}

/// How containers of an image behave.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ImageBehaviour {
    /// They don't work at all.
    #[serde(default)]
    pub fault: Option<ImageFault>,
    /// The share of requests that they fail.
    #[serde(default)]
    pub errors: f64,
    /// How many times more processor time a request takes.
    #[serde(default = "one")]
    pub slower: f64,
    /// Memory that is never given back, in a minute.
    #[serde(default)]
    pub leak_mib_per_minute: f64,
}

impl Default for ImageBehaviour {
    fn default() -> Self {
        ImageBehaviour { fault: None, errors: 0.0, slower: 1.0, leak_mib_per_minute: 0.0 }
    }
}

fn one() -> f64 {
    1.0
}
