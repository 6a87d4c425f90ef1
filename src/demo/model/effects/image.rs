//! Images that don't work.

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
