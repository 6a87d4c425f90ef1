//! Every test of the library, in one binary: a module for each capability, through the public surface.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod clients;
mod command_line;
mod config;
#[cfg(feature = "demo")]
mod conformance;
mod console;
#[cfg(feature = "demo")]
mod demo;
mod feeds;
mod hostile_text;
mod intake;
mod journal;
mod keymap;
mod operations;
mod panes;
mod picture;
mod real_server;
mod rooms;
mod rules;
mod support;
mod terminal;
#[cfg(feature = "demo")]
mod terminal_program;
mod theme;
mod widgets;
mod zones;
