//! The real binary in a real pseudo-terminal.

mod configuration;
mod program;
mod screens;
mod signals;
