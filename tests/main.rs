//! One test binary: a module for each capability, through the public surface.

mod config;
mod keymap;
mod theme;
mod zones;
