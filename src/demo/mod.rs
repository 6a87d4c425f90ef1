//! The embedded platform: the reference platform served over real HTTP on loopback.
