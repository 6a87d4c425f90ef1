//! The embedded platform, over real sockets on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod authorization;
mod changing;
mod client;
mod custom;
mod load;
mod nodes;
mod openapi;
mod operators;
mod patching;
mod platform;
mod reading;
