//! One file or folder a pane: its state, interests, columns, view and actions.

mod pane;

pub use pane::{Effect, Interests, Pane, PaneId, Place, Scope, ViewContext, WorkloadName};
