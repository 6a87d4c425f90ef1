//! What a write passes before it is stored: defaults, what admission adds, what the kind's own rules prepare, and what is refused.
//!
//! Objects are JSON values here, already of their message's form, so that built-in and custom kinds pass the same steps.

mod causes;
mod defaults;
mod json;
mod names;
mod namespaces;
mod pods;
mod prepare;
mod refusal;
mod review;
mod services;
mod validation;

pub use causes::{Cause, Causes};
pub use namespaces::PERMANENT as PERMANENT_NAMESPACES;
pub use refusal::Refusal;
pub use review::{Part, Review};

use serde_json::Value;

use super::custom;
use super::store::KindInfo;

/// Gives an object the defaults of its kind, which belong to whoever has sent it.
pub fn default_values(kind: &KindInfo, part: Part, object: &mut Value) {
    if part == Part::Whole {
        defaults::apply(kind, object);
    }
}

/// Takes an object with its defaults through admission: completes it, and checks it.
///
/// # Errors
/// What the API server would refuse it for.
pub fn admit(review: &mut Review<'_>, object: &mut Value) -> Result<(), Refusal> {
    if review.before.is_none() {
        namespaces::check_content(review)?;
    }
    let against_schema = custom::admit(review.kind, object);
    match review.before {
        None => prepare::on_create(review, object),
        Some(before) => prepare::on_update(review, object, before),
    }
    let mut wrong = validation::check(review, object);
    wrong.extend(against_schema);
    services::allocate(review, object, &mut wrong);
    if !wrong.is_empty() {
        return Err(Refusal::Invalid(wrong));
    }
    Ok(())
}
