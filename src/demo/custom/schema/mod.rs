//! What custom resource definitions ask of their objects, by the structural schema of a version.

mod shape;
mod validation;
mod violation;

pub use violation::Violations;

use serde_json::Value;

use crate::demo::store::KindInfo;

/// Drops what the schema of a custom kind doesn't know, fills in its defaults, and tells what is wrong with the object then.
pub fn admit(kind: &KindInfo, object: &mut Value) -> Violations {
    let mut wrong = Violations::default();
    if let Some(custom) = &kind.custom
        && custom.schema.is_object()
    {
        shape::prune_object(object, &custom.schema);
        shape::fill(object, &custom.schema);
        validation::check_object(object, &custom.schema, &mut wrong);
    }
    wrong
}
