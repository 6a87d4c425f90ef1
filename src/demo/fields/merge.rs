//! Puts what a manager applies over what there is.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::path::PathElement;
use super::shape::{Form, Shape};
use super::typed::{as_list, as_map, element_of};

/// The value with what is applied in the place of what was; the rest stays.
pub fn merge(shape: Shape<'_>, live: &Value, applied: &Value) -> Value {
    merge_part(shape, Some(live), Some(applied)).unwrap_or(Value::Null)
}

fn merge_part(shape: Shape<'_>, live: Option<&Value>, applied: Option<&Value>) -> Option<Value> {
    let whole = || applied.or(live).cloned();
    let form = shape.form(applied.or(live));
    match form {
        Form::Scalar(_) | Form::AtomicList | Form::Map { atomic: true } => whole(),
        Form::Map { atomic: false } => {
            let empty = |value| as_map(value).is_none_or(Map::is_empty);
            if empty(live) && empty(applied) { whole() } else { merge_maps(shape, live, applied) }
        }
        Form::SetList | Form::KeyedList(_) => {
            let (old, new) = (as_list(live), as_list(applied));
            if old.is_empty() && new.is_empty() { whole() } else { merge_lists(shape, &form, old, new) }
        }
    }
}

fn merge_maps(shape: Shape<'_>, live: Option<&Value>, applied: Option<&Value>) -> Option<Value> {
    let mut merged = as_map(live).cloned().unwrap_or_default();
    for (key, value) in as_map(applied).into_iter().flatten() {
        let part = match shape.part(key) {
            Some(part) => merge_part(part.shape, merged.get(key), Some(value)),
            None => Some(value.clone()),
        };
        match part {
            Some(part) => merged.insert(key.clone(), part),
            None => merged.remove(key),
        };
    }
    (!merged.is_empty()).then_some(Value::Object(merged))
}

/// Items by what tells them apart, in their order; one that occurs twice is known, but has no value to merge with.
struct Indexed<'v> {
    order: Vec<PathElement>,
    items: BTreeMap<PathElement, Option<&'v Value>>,
}

impl<'v> Indexed<'v> {
    fn of(shape: Shape<'_>, form: &Form<'_>, values: &'v [Value]) -> Self {
        let mut indexed = Indexed { order: Vec::new(), items: BTreeMap::new() };
        for value in values {
            let Ok(element) = element_of(shape, form, value) else { continue };
            let twice = indexed.items.contains_key(&element);
            indexed.items.insert(element.clone(), (!twice).then_some(value));
            indexed.order.push(element);
        }
        indexed
    }

    fn get(&self, element: &PathElement) -> Option<&'v Value> {
        self.items.get(element).copied().flatten()
    }
}

/// Merges two lists: what both have comes in the applied order, and what is live alone stays behind what it was behind.
fn merge_lists(shape: Shape<'_>, form: &Form<'_>, live: &[Value], applied: &[Value]) -> Option<Value> {
    let old = Indexed::of(shape, form, live);
    let new = Indexed::of(shape, form, applied);
    let mut shared = new.order.iter().filter(|element| old.items.contains_key(element)).peekable();
    let mut done: Vec<&PathElement> = Vec::new();
    let mut merged: Vec<Value> = Vec::with_capacity(live.len().max(applied.len()));
    let (mut at_old, mut at_new) = (0, 0);
    let merged_item = |element: &PathElement| merge_part(shape.item(), old.get(element), new.get(element));
    while at_old < old.order.len() || at_new < new.order.len() {
        if let (Some(left), Some(right)) = (old.order.get(at_old), new.order.get(at_new)) {
            if left == right {
                merged.extend(merged_item(left));
                done.push(right);
                at_old += 1;
                at_new += 1;
                shared.next();
                continue;
            }
            let waits = shared.peek().is_some_and(|next| *next != left);
            if new.items.contains_key(left) && waits {
                at_old += 1;
                continue;
            }
        }
        if let Some(left) = old.order.get(at_old) {
            if !new.items.contains_key(left) {
                merged.extend(live.get(at_old).cloned());
                at_old += 1;
                continue;
            }
            if done.contains(&left) {
                at_old += 1;
            }
        }
        if let Some(right) = new.order.get(at_new) {
            merged.extend(merged_item(right));
            done.push(right);
            at_new += 1;
            if shared.peek() == Some(&right) {
                shared.next();
            }
        }
    }
    (!merged.is_empty()).then_some(Value::Array(merged))
}
