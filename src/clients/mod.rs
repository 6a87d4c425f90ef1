//! One typed client for each server, in two halves: a Reader, and a Writer whose methods demand a Permit.

pub mod kubernetes;
