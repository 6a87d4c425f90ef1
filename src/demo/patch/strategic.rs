//! The strategic merge patch: merges by what the kind's definition says of its lists, and takes directives.

use serde_json::{Map, Value};

use super::{PatchError, decoding_error};
use crate::demo::wire::{Field, FieldKind, Label, MessageId, Schema};

const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const DELETE_FROM: &str = "$deleteFromPrimitiveList/";
const ELEMENT_ORDER: &str = "$setElementOrder/";

type Object = Map<String, Value>;

/// Applies the patch in a body.
pub fn apply(
    schema: &Schema,
    message: Option<MessageId>,
    object: &mut Value,
    body: &[u8],
) -> Result<(), PatchError> {
    let patch: Object = serde_json::from_slice(body)
        .map_err(|_| PatchError::Malformed(decoding_error(body, "map[string]interface {}")))?;
    let Value::Object(original) = object else { return Ok(()) };
    Strategic { schema }.merge_map(original, patch, message)
}

struct Strategic<'a> {
    schema: &'a Schema,
}

impl Strategic<'_> {
    fn merge_map(
        &self,
        original: &mut Object,
        mut patch: Object,
        message: Option<MessageId>,
    ) -> Result<(), PatchError> {
        if let Some(directive) = patch.remove(DIRECTIVE) {
            return match directive.as_str() {
                Some("replace") => {
                    *original = patch;
                    Ok(())
                }
                Some("delete") => {
                    original.clear();
                    Ok(())
                }
                _ => Err(unknown_directive(&directive, &patch)),
            };
        }
        retain_keys(original, &mut patch)?;
        self.order_elements(original, &mut patch, message)?;
        for (key, value) in patch {
            self.merge_field(original, &key, value, message)?;
        }
        Ok(())
    }

    fn merge_field(
        &self,
        original: &mut Object,
        key: &str,
        mut value: Value,
        message: Option<MessageId>,
    ) -> Result<(), PatchError> {
        let deleted_from = key.strip_prefix(DELETE_FROM);
        let key = deleted_from.unwrap_or(key);
        if key.starts_with("$deleteFromPrimitiveList") {
            return Err(PatchError::Malformed("invalid patch format of primitive list".to_owned()));
        }
        if value.is_null() {
            original.remove(key);
            return Ok(());
        }
        let field = message.and_then(|message| self.schema.field(message, key));
        match (original.get_mut(key), value) {
            (None, _) | (Some(Value::Null), _) if deleted_from.is_some() => Ok(()),
            (Some(Value::Object(present)), Value::Object(patch)) => {
                self.merge_map(present, patch, field.and_then(message_of))
            }
            (Some(Value::Array(present)), Value::Array(items)) if deleted_from.is_some() => {
                present.retain(|item| !items.contains(item));
                Ok(())
            }
            (Some(Value::Array(present)), Value::Array(items)) => {
                match field.and_then(|field| field.rules.merge_key) {
                    Some(merge_key) => {
                        self.merge_list(present, items, merge_key, field.and_then(message_of))?;
                    }
                    None => *present = items,
                }
                Ok(())
            }
            (_, _) if deleted_from.is_some() => Ok(()),
            (_, given) => {
                value = given;
                discard_nulls(&mut value);
                match without_directives(value) {
                    Some(value) => original.insert(key.to_owned(), value),
                    None => original.remove(key),
                };
                Ok(())
            }
        }
    }

    /// Merges the lists whose order the patch gives, and puts them in that order.
    fn order_elements(
        &self,
        original: &mut Object,
        patch: &mut Object,
        message: Option<MessageId>,
    ) -> Result<(), PatchError> {
        let ordered: Vec<String> =
            patch.keys().filter(|key| key.starts_with("$setElementOrder")).cloned().collect();
        for directive in ordered {
            let malformed =
                || PatchError::Malformed("invalid patch format of setElementOrder list".to_owned());
            let Some(key) = directive.strip_prefix(ELEMENT_ORDER) else { return Err(malformed()) };
            let Some(Value::Array(order)) = patch.remove(&directive) else { return Err(malformed()) };
            let field = self.field(message, key)?;
            let merge_key = field.and_then(|field| field.rules.merge_key).unwrap_or_default();
            let given = match patch.remove(key) {
                Some(Value::Array(items)) => Some(items),
                Some(Value::Null) | None => None,
                Some(other) => return Err(wrong_kind(&other)),
            };
            check_order(given.as_deref().unwrap_or_default(), &order, merge_key)?;
            let before = match original.get(key) {
                Some(Value::Array(items)) => Some(items.clone()),
                Some(Value::Null) | None => None,
                Some(other) => return Err(wrong_kind(other)),
            };
            let mut merged = before.clone();
            match (&mut merged, given) {
                (Some(present), Some(items)) => {
                    let strategy = field.and_then(|field| field.rules.merge_key);
                    match strategy {
                        Some(merge_key) => {
                            self.merge_list(present, items, merge_key, field.and_then(message_of))?;
                        }
                        None => *present = items,
                    }
                }
                (None, Some(items)) => {
                    merged = Some(items.into_iter().filter_map(without_directives).collect());
                }
                (_, None) => {}
            }
            let Some(merged) = merged else { continue };
            let merged = in_order(merged, &order, &before.unwrap_or_default(), merge_key)?;
            original.insert(key.to_owned(), Value::Array(merged));
        }
        Ok(())
    }

    fn merge_list(
        &self,
        present: &mut Vec<Value>,
        items: Vec<Value>,
        merge_key: &str,
        message: Option<MessageId>,
    ) -> Result<(), PatchError> {
        if present.is_empty() && items.is_empty() {
            return Ok(());
        }
        let before = present.clone();
        if merge_key.is_empty() {
            for item in &items {
                if !present.contains(item) {
                    present.push(item.clone());
                }
            }
            *present = in_order(std::mem::take(present), &items, &before, "")?;
            return Ok(());
        }
        let Some(items) = take_special_items(present, items, merge_key)? else { return Ok(()) };
        for item in &items {
            let Value::Object(item) = item else { return Err(wrong_kind(item)) };
            let key = item.get(merge_key).ok_or_else(|| no_merge_key(item, merge_key))?;
            match present.iter_mut().find(|old| old.get(merge_key) == Some(key)) {
                Some(Value::Object(old)) => self.merge_map(old, item.clone(), message)?,
                _ => present.push(Value::Object(item.clone())),
            }
        }
        *present = in_order(std::mem::take(present), &items, &before, merge_key)?;
        Ok(())
    }

    fn field(&self, message: Option<MessageId>, key: &str) -> Result<Option<&Field>, PatchError> {
        let Some(message) = message else { return Ok(None) };
        let name = self.schema.message(message).name.rsplit('.').next().unwrap_or_default();
        self.schema.field(message, key).map(Some).ok_or_else(|| {
            let cause = format!("unable to find api field in struct {name} for the json field {key:?}");
            PatchError::Contradiction(cause)
        })
    }
}

/// The message of a field's value or items; `None` where its parts have no definition of their own.
fn message_of(field: &Field) -> Option<MessageId> {
    match (field.label, field.kind) {
        (Label::Map, _) => None,
        (_, FieldKind::Message(message)) => Some(message),
        _ => None,
    }
}

/// Carries out the items that are directives; the others, or `None` where they have replaced the list.
fn take_special_items(
    present: &mut Vec<Value>,
    items: Vec<Value>,
    merge_key: &str,
) -> Result<Option<Vec<Value>>, PatchError> {
    let mut plain = Vec::with_capacity(items.len());
    let mut replaced = false;
    for item in items {
        let Value::Object(object) = &item else { return Err(wrong_kind(&item)) };
        match object.get(DIRECTIVE) {
            None => plain.push(item),
            Some(directive) => match directive.as_str() {
                Some("delete") => {
                    let key = object.get(merge_key).ok_or_else(|| no_merge_key(object, merge_key))?;
                    present.retain(|old| old.get(merge_key) != Some(key));
                }
                Some("replace") => replaced = true,
                Some("merge") => {
                    let cause = "merging lists cannot yet be specified in the patch".to_owned();
                    return Err(PatchError::Contradiction(cause));
                }
                _ => return Err(unknown_directive(directive, object)),
            },
        }
    }
    if replaced {
        *present = plain;
        return Ok(None);
    }
    Ok(Some(plain))
}

/// Drops the fields that a patch doesn't name among those that are to stay.
fn retain_keys(original: &mut Object, patch: &mut Object) -> Result<(), PatchError> {
    let Some(kept) = patch.remove(RETAIN_KEYS) else { return Ok(()) };
    let malformed = || PatchError::Malformed("invalid patch format of retainKeys".to_owned());
    let Value::Array(kept) = kept else { return Err(malformed()) };
    let is_kept = |key: &str| kept.iter().any(|name| name.as_str() == Some(key));
    for (key, value) in patch.iter() {
        let directive = key.starts_with(DELETE_FROM) || key.starts_with(ELEMENT_ORDER);
        if !value.is_null() && !directive && !is_kept(key) {
            return Err(malformed());
        }
    }
    original.retain(|key, _| is_kept(key));
    Ok(())
}

/// Refuses a patch whose items come in another order than the one that it gives.
fn check_order(items: &[Value], order: &[Value], merge_key: &str) -> Result<(), PatchError> {
    if items.is_empty() || order.is_empty() {
        return Ok(());
    }
    let mut wanted = order.iter();
    for item in items.iter().filter(|item| item.get(DIRECTIVE).is_none()) {
        if !wanted.any(|other| same_item(item, other, merge_key)) {
            let cause = format!(
                "The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n",
                go_list(items),
                go_list(order)
            );
            return Err(PatchError::Contradiction(cause));
        }
    }
    Ok(())
}

fn same_item(left: &Value, right: &Value, merge_key: &str) -> bool {
    if merge_key.is_empty() {
        return left == right;
    }
    left.get(merge_key).is_some() && left.get(merge_key) == right.get(merge_key)
}

/// Sorts a merged list: what the patch names in the patch's order, the rest in the order from before, and between the two whatever came first before.
fn in_order(
    merged: Vec<Value>,
    order: &[Value],
    before: &[Value],
    merge_key: &str,
) -> Result<Vec<Value>, PatchError> {
    if !merge_key.is_empty() {
        for item in merged.iter().chain(order) {
            let Value::Object(object) = item else { return Err(wrong_kind(item)) };
            object.get(merge_key).ok_or_else(|| no_merge_key(object, merge_key))?;
        }
    }
    let place =
        |list: &[Value], item: &Value| list.iter().position(|other| same_item(other, item, merge_key));
    let (mut ours, mut others): (Vec<Value>, Vec<Value>) =
        merged.into_iter().partition(|item| place(order, item).is_some());
    ours.sort_by_key(|item| place(order, item));
    others.sort_by_key(|item| place(before, item));
    let mut sorted = Vec::with_capacity(ours.len() + others.len());
    let (mut ours, mut others) = (ours.into_iter().peekable(), others.into_iter().peekable());
    loop {
        let next = match (others.peek(), ours.peek()) {
            (Some(other), Some(our)) => match (place(before, other), place(before, our)) {
                (Some(other), Some(our)) if other < our => others.next(),
                _ => ours.next(),
            },
            (Some(_), None) => others.next(),
            (None, _) => ours.next(),
        };
        match next {
            Some(item) => sorted.push(item),
            None => return Ok(sorted),
        }
    }
}

/// A new value without what its directives take away; `None` where that is all of it.
fn without_directives(value: Value) -> Option<Value> {
    match value {
        Value::Object(object) if object.contains_key(DIRECTIVE) => None,
        Value::Object(object) => {
            let fields =
                object.into_iter().filter_map(|(key, value)| Some((key, without_directives(value)?)));
            Some(Value::Object(fields.collect()))
        }
        Value::Array(items) => Some(Value::Array(items.into_iter().filter_map(without_directives).collect())),
        other => Some(other),
    }
}

fn discard_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|_, value| !value.is_null());
            object.values_mut().for_each(discard_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(discard_nulls),
        _ => {}
    }
}

fn unknown_directive(directive: &Value, object: &Object) -> PatchError {
    let directive = directive.as_str().map_or_else(|| directive.to_string(), str::to_owned);
    PatchError::Contradiction(format!("unknown patch type: {directive} in map: {}", go_map(object)))
}

fn no_merge_key(object: &Object, merge_key: &str) -> PatchError {
    PatchError::Contradiction(format!(
        "map: {} does not contain declared merge key: {merge_key}",
        go_map(object)
    ))
}

fn wrong_kind(found: &Value) -> PatchError {
    let found = match found {
        Value::Object(_) => "map[string]interface {}",
        Value::Array(_) => "[]interface {}",
        Value::String(_) => "string",
        Value::Bool(_) => "bool",
        _ => "int64",
    };
    PatchError::Contradiction(format!("expected a []interface {{}}, but received a {found}"))
}

/// A map as Go prints it.
fn go_map(object: &Object) -> String {
    let mut fields: Vec<String> =
        object.iter().map(|(key, value)| format!("{key}:{}", go_value(value))).collect();
    fields.sort();
    format!("map[{}]", fields.join(" "))
}

fn go_list(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(go_value).collect();
    format!("[{}]", items.join(" "))
}

/// A value as Go prints it.
pub fn go_value(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(object) => go_map(object),
        Value::Array(items) => go_list(items),
        other => other.to_string(),
    }
}
