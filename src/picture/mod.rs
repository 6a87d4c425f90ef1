//! The live state, on one thread: tables, indexes, roll-ups and open views.
