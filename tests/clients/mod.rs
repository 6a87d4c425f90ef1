//! Reaching servers.

mod answers;
mod contexts;
mod faults;
mod plugins;
mod tokens;
