//! Operations: one path from the plan to the record, against a scripted API server.

pub mod bench;
mod command;
mod following;
mod gate;
mod preflight;
mod scaling;
pub mod server;
mod undo;
