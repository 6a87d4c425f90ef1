//! Every test of the console, in one binary.

mod clients;
mod support;
