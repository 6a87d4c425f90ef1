//! The embedded platform, over real sockets on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod authorization;
mod changing;
mod client;
mod custom;
mod deployments;
mod load;
mod openapi;
mod patching;
mod memory;
mod platform;
mod reading;
