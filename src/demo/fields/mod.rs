//! Which manager owns which fields of an object, and server-side apply.

mod apply;
mod compare;
mod conflict;
mod kinds;
mod managers;
mod merge;
mod path;
mod remove;
mod scale;
mod set;
mod shape;
mod strict;
mod tracker;
mod typed;

pub use apply::{Applier, ApplyError};
pub use kinds::{created_fields, empty_object, fill_entries, shape_of, tracker_of};
pub use managers::Managers;
pub use scale::{SCALE_VERSION, from_scale, to_scale};
pub use set::FieldSet;
pub use shape::Shape;
pub use strict::{Oddity, Reading};
pub use tracker::Tracker;
