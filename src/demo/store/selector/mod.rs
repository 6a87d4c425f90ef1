//! Label and field selectors, as they come in queries and in specifications.

mod fields;
mod labels;
mod parser;

pub use fields::FieldSelector;
pub use labels::{LabelSelector, matches_labels};

use thiserror::Error;

/// A selector that can't be read; worded as the API server words it.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct SelectorError(String);
