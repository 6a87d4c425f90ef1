//! What fields differ between two values of one shape.

use std::collections::BTreeSet;

use serde_json::Value;

use super::path::{FieldPath, PathElement};
use super::set::FieldSet;
use super::shape::{Form, Shape};
use super::typed::{as_list, as_map, group};

/// The fields in which one value differs from another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What the second hasn't.
    pub removed: FieldSet,
    /// What both have, with different values.
    pub modified: FieldSet,
    /// What the first hasn't.
    pub added: FieldSet,
}

impl Comparison {
    /// Compares two values.
    pub fn of(shape: Shape<'_>, before: &Value, after: &Value) -> Self {
        let mut walk = Walk { found: Comparison::default(), path: Vec::new() };
        walk.compare(shape, Some(before), Some(after));
        walk.found
    }

    /// The comparison without these fields and their parts.
    #[must_use]
    pub fn without(&self, ignored: &FieldSet) -> Self {
        Comparison {
            removed: self.removed.without(ignored),
            modified: self.modified.without(ignored),
            added: self.added.without(ignored),
        }
    }
}

struct Walk {
    found: Comparison,
    path: FieldPath,
}

impl Walk {
    fn compare(&mut self, shape: Shape<'_>, before: Option<&Value>, after: Option<&Value>) {
        let leaf = match (before, after) {
            (None, None) => return,
            (Some(_), None) => self.visit(shape, &shape.form(before), before, after),
            (None, Some(_)) => self.visit(shape, &shape.form(after), before, after),
            (Some(_), Some(_)) => {
                let (old, new) = (shape.form(before), shape.form(after));
                if old != new {
                    self.visit(shape, &old, before, after);
                }
                self.visit(shape, &new, before, after)
            }
        };
        if !leaf {
            match (before, after) {
                (None, _) => self.found.added.insert(&self.path),
                (_, None) => self.found.removed.insert(&self.path),
                _ => {}
            }
        }
    }

    /// Compares by one form; whether the value was compared as a whole.
    fn visit(
        &mut self,
        shape: Shape<'_>,
        form: &Form<'_>,
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> bool {
        let empty = |value: Option<&Value>| {
            as_list(value).is_empty() && as_map(value).is_none_or(serde_json::Map::is_empty)
        };
        match form {
            Form::Scalar(_) | Form::AtomicList | Form::Map { atomic: true } => {}
            _ if empty(before) && empty(after) => {}
            Form::Map { atomic: false } => {
                self.entries(shape, before, after);
                return false;
            }
            Form::SetList | Form::KeyedList(_) => {
                self.items(shape, form, before, after);
                return false;
            }
        }
        match (before, after) {
            (None, _) => self.found.added.insert(&self.path),
            (_, None) => self.found.removed.insert(&self.path),
            (before, after) if before != after => self.found.modified.insert(&self.path),
            _ => {}
        }
        true
    }

    fn entries(&mut self, shape: Shape<'_>, before: Option<&Value>, after: Option<&Value>) {
        let (before, after) = (as_map(before), as_map(after));
        let keys: BTreeSet<&String> =
            [before, after].into_iter().flatten().flat_map(|map| map.keys()).collect();
        for key in keys {
            let (old, new) = (before.and_then(|map| map.get(key)), after.and_then(|map| map.get(key)));
            // What is equal has nothing to tell.
            if old == new {
                continue;
            }
            if let Some(part) = shape.part(key) {
                self.step(PathElement::field(key), part.shape, old, new);
            }
        }
    }

    fn items(&mut self, shape: Shape<'_>, form: &Form<'_>, before: Option<&Value>, after: Option<&Value>) {
        let before = group(shape, form, as_list(before));
        let after = group(shape, form, as_list(after));
        let elements: BTreeSet<&PathElement> = before.keys().chain(after.keys()).collect();
        for element in elements {
            let old = before.get(element).map(Vec::as_slice).unwrap_or_default();
            let new = after.get(element).map(Vec::as_slice).unwrap_or_default();
            match (old, new) {
                ([] | [_], [] | [_]) => {
                    let (old, new) = (old.first().copied(), new.first().copied());
                    self.step(element.clone(), shape.item(), old, new);
                }
                // Items with the same key are compared together.
                ([_, _, ..], [_, _, ..]) => {
                    if old != new {
                        self.with(element, |walk| walk.found.modified.insert(&walk.path));
                    }
                }
                ([_, _, ..], _) => {
                    self.with(element, |walk| walk.found.removed.insert(&walk.path));
                    if let [item] = new {
                        self.step(element.clone(), shape.item(), None, Some(item));
                    }
                }
                (_, _) => {
                    if let [item] = old {
                        self.step(element.clone(), shape.item(), Some(item), None);
                    }
                    self.with(element, |walk| walk.found.added.insert(&walk.path));
                }
            }
        }
    }

    fn step(
        &mut self,
        element: PathElement,
        shape: Shape<'_>,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        self.path.push(element);
        self.compare(shape, before, after);
        self.path.pop();
    }

    fn with(&mut self, element: &PathElement, act: impl FnOnce(&mut Self)) {
        self.path.push(element.clone());
        act(self);
        self.path.pop();
    }
}
