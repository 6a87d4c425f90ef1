//! Custom resources: what a definition brings, how its objects are checked, and the definitions that come with the platform.

mod definition;
mod lifecycle;
pub mod path;
mod reference;
mod schema;

pub use lifecycle::reconcile;
pub use reference::definitions;
pub use schema::{Violations, admit};
