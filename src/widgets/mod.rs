//! What panes draw with: tables, prompts, dialogs, gauges, from plain values.
//!
//! Every widget draws straight into a ratatui [`Buffer`](ratatui::buffer::Buffer), asks the theme for
//! styles and symbols, and survives any size of area: what does not fit is left out or cut, never a panic.

pub mod bar;
pub mod confirmation;
pub mod detail;
pub mod dialog;
pub mod diff;
pub mod gauge;
pub mod help;
pub mod hints;
pub mod line;
pub mod notes;
pub mod panel;
pub mod picker;
pub mod prompt;
pub mod scroll;
pub mod sparkline;
pub mod table;
pub mod tabs;
pub mod text;
pub mod whichkey;
