//! Every test of the library, in one binary.

mod hostile_text;
mod terminal;
mod widgets;
