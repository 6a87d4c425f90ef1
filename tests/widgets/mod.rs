//! Widgets against a buffer, from plain values.

mod bars;
mod dialogs;
mod robustness;
mod small;
mod support;
mod tables;

pub use tables::{pod, pod_columns};
