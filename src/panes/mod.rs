//! One file or folder a pane: its state, interests, columns, view and actions.
