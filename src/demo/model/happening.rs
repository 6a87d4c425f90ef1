//! What the load does to pods; their kubelet carries it out.

use crate::demo::store::Key;

/// The pod and container that something happens to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sufferer {
    /// The pod.
    pub pod: Key,
    /// The pod's uid: another pod of that name isn't meant.
    pub uid: Box<str>,
    /// The container.
    pub container: Box<str>,
}

/// Something that a pod suffers, told once when it begins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// A container's memory exceeds its limit: the kernel kills it.
    OutOfMemory(Sufferer),
    /// A container's readiness probe fails from now on.
    ProbeFails {
        /// Whose.
        at: Sufferer,
        /// The words of the kubelet's event, such as `Readiness probe failed: …`.
        message: String,
    },
    /// A container's readiness probe succeeds again.
    ProbeRecovers(Sufferer),
    /// A container's process ends by itself.
    Exits {
        /// Whose.
        at: Sufferer,
        /// With which code.
        code: i32,
    },
}
