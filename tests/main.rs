#[cfg(feature = "demo")]
mod demo;
