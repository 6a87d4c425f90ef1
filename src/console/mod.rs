//! The event loop, and what it assembles: registry, keymap, pane stack, dialogs, palette, help.

pub mod key;
pub mod keymap;
