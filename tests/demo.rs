//! The embedded platform, over real sockets on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod admission;
mod applying;
mod authorization;
mod changing;
mod client;
mod creating;
mod custom;
mod daemons;
mod deleting;
mod deployments;
mod effects;
mod eviction;
mod exposition;
mod garbage;
mod growth;
mod kubectl;
mod load;
mod log_lines;
mod logs;
mod memory;
mod metrics;
mod nodes;
mod openapi;
mod operators;
mod patching;
mod platform;
mod pods;
mod proxies;
mod reading;
mod scenarios;
mod scheduling;
mod stateful;
mod tables;
mod timeline;
