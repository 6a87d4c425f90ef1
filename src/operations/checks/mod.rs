//! What preflights look at, each a plain rule over what was read; every operation takes those that it needs.

pub(super) mod access;
pub(super) mod autoscaler;
pub(super) mod capacity;
pub(super) mod disruption;
pub(super) mod measure;
pub(super) mod needs;
pub(super) mod ownership;
pub(super) mod quantity;
pub(super) mod quota;
