//! Kubernetes.

pub mod wire;
