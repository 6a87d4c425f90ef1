//! Custom resources: what a definition brings, how its objects are checked, and the definitions that come with the platform.

mod definition;
mod lifecycle;
pub mod path;
mod reference;

pub use lifecycle::reconcile;
pub use reference::definitions;
