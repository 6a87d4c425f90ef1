//! The leaf that every room may know: actions, their specifications, subjects and permits.
