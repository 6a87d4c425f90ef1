//! The words of the trade as plain data, and pure rules over borrowed facts.

pub mod text;
pub mod time;
