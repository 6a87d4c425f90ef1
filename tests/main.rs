//! One test binary: a module for each capability, through the public surface.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod config;
mod keymap;
mod panes;
mod theme;
mod zones;
