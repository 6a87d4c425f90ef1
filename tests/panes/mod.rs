//! The panes, against a picture of a small platform.

mod drawing;
mod fixture;
mod listing;
mod zones;
