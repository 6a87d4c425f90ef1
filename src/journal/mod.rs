//! The record of operations: JSON lines, synced before anything is applied.
