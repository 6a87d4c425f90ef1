//! What is read off the wire.

#[cfg(feature = "demo")]
mod complete;
mod decoding;
mod lists;
mod watches;
