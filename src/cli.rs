//! Arguments and start-up.
