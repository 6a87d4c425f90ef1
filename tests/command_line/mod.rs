//! The commands beside the console itself, run as a person or a script runs them.

#[cfg(feature = "demo")]
mod embedded;
mod reference;
