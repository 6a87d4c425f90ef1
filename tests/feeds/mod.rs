//! What keeps the picture live, against servers that answer well, badly, late or not at all.

mod access;
mod answers;
mod connections;
#[cfg(feature = "demo")]
mod platform;
mod stage;
mod versions;
