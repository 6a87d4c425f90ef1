//! The console as a whole: scripted keys and deltas in, frames out, under a virtual clock.

mod frames;
mod moving;
mod questions;
mod stage;
mod surroundings;
