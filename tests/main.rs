//! Every test of the library, in one binary: a module for each capability, through the public surface.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod clients;
mod config;
mod console;
#[cfg(feature = "demo")]
mod demo;
mod hostile_text;
mod journal;
mod keymap;
mod operations;
mod panes;
mod picture;
mod rules;
mod support;
mod terminal;
mod theme;
mod widgets;
mod zones;
