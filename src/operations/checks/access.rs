//! Whether this user may, as the server's access review says.

use crate::clients::kubernetes::{AccessAnswer, AccessReview, ApiError};
use crate::operations::{Finding, Topic, Weight};

/// The answers to every review that an operation needs.
pub(crate) fn judge(reviews: &[(AccessReview, Result<AccessAnswer, ApiError>)]) -> Finding {
    let denied: Vec<String> = reviews
        .iter()
        .filter(|(_, answer)| answer.as_ref().is_ok_and(|answer| !answer.allowed))
        .map(|(review, answer)| match answer {
            Ok(answer) if !answer.reason.is_empty() => format!("{} ({})", words(review), answer.reason),
            _ => words(review),
        })
        .collect();
    if !denied.is_empty() {
        let text = format!("you may not {}", denied.join(", nor "));
        return Finding::new(Topic::Access, Weight::Blocking, text)
            .advising("ask whoever gives out permissions on this cluster for a role with that verb");
    }
    let failed = reviews.iter().find_map(|(review, answer)| Some((review, answer.as_ref().err()?)));
    if let Some((review, error)) = failed {
        return Finding::unknown(Topic::Access, format!("whether you may {}: {error}", words(review)))
            .advising("the server itself decides when it is applied");
    }
    let doubtful = reviews
        .iter()
        .filter_map(|(_, answer)| answer.as_ref().ok())
        .find(|answer| !answer.evaluation_error.is_empty());
    let allowed: Vec<String> = reviews.iter().map(|(review, _)| words(review)).collect();
    let text = format!("you may {}", allowed.join(" and "));
    match doubtful {
        Some(answer) => Finding::new(
            Topic::Access,
            Weight::Note,
            format!("{text}; the server could not evaluate everything: {}", answer.evaluation_error),
        ),
        None => Finding::new(Topic::Access, Weight::Fine, text),
    }
}

/// `patch deployments/scale in production`.
fn words(review: &AccessReview) -> String {
    let resource = if review.subresource.is_empty() {
        review.resource.clone()
    } else {
        format!("{}/{}", review.resource, review.subresource)
    };
    if review.namespace.is_empty() {
        format!("{} {resource}", review.verb)
    } else {
        format!("{} {resource} in {}", review.verb, review.namespace)
    }
}
