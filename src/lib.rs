//! Quarterdeck: a terminal console for on-call engineers.
//!
//! The library holds every room of the console; the binary only starts it. `ARCHITECTURE.md` tells
//! what lives where, and what each room may use.

pub mod actions;
pub mod cli;
pub mod clients;
pub mod config;
pub mod console;
#[cfg(feature = "demo")]
pub mod demo;
pub mod feeds;
pub mod journal;
pub mod operations;
pub mod panes;
pub mod picture;
pub mod platform;
pub mod terminal;
pub mod theme;
pub mod widgets;
