//! The rules that an object has to keep, kind by kind.

mod autoscalers;
pub mod metadata;

use serde_json::Value;

use super::causes::Causes;
use super::review::Review;
use crate::demo::store::Kind;

/// Everything that is wrong with an object.
pub fn check(review: &Review<'_>, object: &Value) -> Causes {
    let mut wrong = Causes::default();
    match review.before {
        None => metadata::check(review.kind, &object["metadata"], &mut wrong),
        Some(before) => {
            metadata::check_update(review.kind, &object["metadata"], &before["metadata"], &mut wrong);
        }
    }
    check_replicas(&object["spec"]["replicas"], &mut wrong);
    if review.kind.stored == Kind::HorizontalPodAutoscaler {
        autoscalers::check(object, &mut wrong);
    }
    wrong
}

fn check_replicas(replicas: &Value, wrong: &mut Causes) {
    if replicas.as_i64().is_some_and(|replicas| replicas < 0) {
        wrong.invalid("spec.replicas", replicas, "must be greater than or equal to 0");
    }
}
