//! What several tests lean on.

pub mod fault_server;
pub mod home;
pub mod kubeconfig;
pub mod protobuf;
pub mod tls_server;
