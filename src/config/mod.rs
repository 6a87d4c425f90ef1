//! Reads every file that a user writes into plain structs that keep their spans, and prints diagnostics.
