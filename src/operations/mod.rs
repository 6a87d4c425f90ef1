//! Everything that changes something, each operation on one path: plan, preflight, confirm, gate, apply, verify, journal.
