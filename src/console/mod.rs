//! The event loop, and what it assembles: registry, keymap, pane stack, dialogs, palette, help.
//!
//! [`Console`] is the loop on a terminal; [`Deck`] is all that it shows and knows, which also draws a snapshot.

mod actions;
mod bindings;
mod deck;
mod errands;
mod event_loop;
mod frame;
mod fuzzy;
mod host;
mod interests;
pub mod key;
pub mod keymap;
mod notifications;
mod operations;
mod overlay;
mod pace;
mod setting;
mod situation;
mod stack;

pub use actions::{actions, registry};
pub use bindings::{CONTEXTS, keymap};
pub use deck::{Deck, DeckParts};
pub use event_loop::{Console, ConsoleError, Exit};
pub use host::{Host, HostEvent, TerminalHost};
pub use operations::OperationParts;
pub use setting::{Setting, Themes};
