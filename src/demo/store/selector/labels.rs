//! Label selectors.

use k8s_pb::apimachinery::pkg::apis::meta::v1 as meta;

use super::SelectorError;
use super::parser;
use crate::demo::store::object::StoredObject;

/// What a label has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Missing,
    Above(i64),
    Below(i64),
}

/// A label selector: all requirements have to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelSelector(Vec<(String, Test)>);

impl LabelSelector {
    /// Reads `a=b,c!=d,e in (f,g),h,!i,j>1`.
    ///
    /// # Errors
    /// When the text isn't a selector, or a key or a value can't be one of a label.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        parser::requirements(text).map(LabelSelector).map_err(SelectorError)
    }

    /// Whether the labels satisfy it.
    pub fn matches(&self, object: &StoredObject) -> bool {
        self.0.iter().all(|(key, test)| test.holds(object.label(key)))
    }
}

impl Test {
    fn holds(&self, value: Option<&str>) -> bool {
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match self {
            Test::In(values) => value.is_some_and(|value| values.iter().any(|wanted| wanted == value)),
            Test::NotIn(values) => {
                !value.is_some_and(|value| values.iter().any(|unwanted| unwanted == value))
            }
            Test::Exists => value.is_some(),
            Test::Missing => value.is_none(),
            Test::Above(bound) => number().is_some_and(|number| number > *bound),
            Test::Below(bound) => number().is_some_and(|number| number < *bound),
        }
    }
}

/// Whether an object's labels satisfy the selector of a specification; an absent one selects nothing.
pub fn matches_labels(selector: Option<&meta::LabelSelector>, object: &StoredObject) -> bool {
    let Some(selector) = selector else { return false };
    selector.match_labels.iter().all(|(key, value)| object.label(key) == Some(value))
        && selector.match_expressions.iter().all(|requirement| {
            let value = object.label(requirement.key.as_deref().unwrap_or_default());
            let values = requirement.values.clone();
            match requirement.operator.as_deref() {
                Some("In") => Test::In(values).holds(value),
                Some("NotIn") => Test::NotIn(values).holds(value),
                Some("Exists") => Test::Exists.holds(value),
                Some("DoesNotExist") => Test::Missing.holds(value),
                _ => false,
            }
        })
}
