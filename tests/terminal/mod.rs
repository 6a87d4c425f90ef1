//! The terminal: what is written, how little, and that it is given back.

mod capabilities;
mod screen;
mod session;
