//! The embedded platform, over real sockets on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod authorization;
mod changing;
mod client;
mod custom;
mod daemons;
mod deployments;
mod load;
mod memory;
mod openapi;
mod patching;
mod platform;
mod reading;
mod stateful;
