//! Operations: one path from the plan to the record, against a scripted API server.

mod bench;
mod command;
mod following;
mod gate;
mod preflight;
mod scaling;
mod server;
mod undo;
