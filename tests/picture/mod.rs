//! The picture: whatever arrives in whatever order, its views and roll-ups are those of its rows.

mod details;
mod filters;
mod model;
mod properties;
mod rows;
mod sorting;
