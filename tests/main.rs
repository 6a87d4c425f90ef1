mod journal;
#[cfg(feature = "demo")]
mod operations;
