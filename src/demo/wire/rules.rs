//! What a definition says of a field beside its type: how its values merge, and what Go's JSON makes of an empty one.

use serde_json::Value;

use super::schema::{Field, FieldKind, Label};

/// The rules of one field, from the attributes of its definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldRules {
    /// How server-side apply shares a list or a map among managers.
    pub sharing: Sharing,
    /// What the strategic merge patch tells items apart by; empty for a list of plain values. `None`: the list is replaced.
    pub merge_key: Option<&'static str>,
    /// Whether a strategic merge patch may name the fields that are to stay.
    pub retain_keys: bool,
    /// The value where none is given, as text.
    pub default: Option<&'static str>,
    /// Whether it is written even if it is empty.
    pub always: bool,
    /// Whether an empty value isn't the same as none.
    pub pointer: bool,
    /// Whether its fields are written as those of the message around it.
    pub inline: bool,
}

/// How managers share a value that has parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Maps by their keys; lists as a whole.
    #[default]
    Natural,
    /// As a whole.
    Atomic,
    /// A list of values, each its own key.
    Set,
    /// A list of items that are told apart by these fields.
    Keyed(Vec<&'static str>),
}

impl Field {
    /// What the field is where it isn't given: its default, or what Go always writes.
    pub fn default_value(&self) -> Option<Value> {
        let plain = self.label == Label::Single;
        match (self.rules.default, self.kind) {
            (Some(text), FieldKind::Int32 | FieldKind::Int64 | FieldKind::Bool) => {
                Some(serde_json::from_str(text).unwrap_or_else(|_| text.into()))
            }
            (Some(text), _) => Some(text.into()),
            (None, FieldKind::String) if plain && self.rules.always => Some("".into()),
            (None, FieldKind::Int32 | FieldKind::Int64) if plain && self.rules.always => Some(0.into()),
            (None, FieldKind::Bool) if plain && self.rules.always => Some(false.into()),
            _ => None,
        }
    }
}

impl FieldRules {
    /// Reads `keys=name, merge=name` and the like; `None` where an attribute isn't known.
    pub(super) fn parse(attributes: &'static str) -> Option<FieldRules> {
        let mut rules = FieldRules::default();
        for attribute in attributes.split(", ").filter(|attribute| !attribute.is_empty()) {
            match attribute.split_once('=') {
                Some(("keys", keys)) => rules.sharing = Sharing::Keyed(keys.split('+').collect()),
                Some(("merge", key)) => rules.merge_key = Some(key),
                Some(("default", value)) => rules.default = Some(value),
                Some(_) => return None,
                None => rules.flag(attribute)?,
            }
        }
        Some(rules)
    }

    fn flag(&mut self, attribute: &str) -> Option<()> {
        match attribute {
            "set" => self.sharing = Sharing::Set,
            "atomic" => self.sharing = Sharing::Atomic,
            "merge" => self.merge_key = Some(""),
            "retain" => self.retain_keys = true,
            "always" => self.always = true,
            "pointer" => self.pointer = true,
            "inline" => self.inline = true,
            _ => return None,
        }
        Some(())
    }
}
