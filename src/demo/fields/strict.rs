//! Reads an object while looking for fields that its kind doesn't have, and for fields that are there twice.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::shape::Shape;

/// An object as it was read, and what is odd about its text.
#[derive(Debug, Default)]
pub struct Reading {
    /// The object; of fields that are there twice, the last.
    pub value: Value,
    /// What is odd, in the order of the text and in the server's words.
    pub oddities: Vec<Oddity>,
}

/// Something in a text that a strict reader refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Oddity {
    /// The kind has no such field.
    Unknown(String),
    /// An operation of a JSON patch has no such field.
    UnknownInPatch(String),
    /// The field is there more than once.
    Duplicate(String),
}

impl fmt::Display for Oddity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Oddity::Unknown(path) => write!(out, "unknown field \"{path}\""),
            Oddity::UnknownInPatch(path) => write!(out, "json patch unknown field \"{path}\""),
            Oddity::Duplicate(path) => write!(out, "duplicate field \"{path}\""),
        }
    }
}

impl Reading {
    /// Reads JSON. Without a shape, no field is unknown.
    ///
    /// # Errors
    /// When it isn't JSON.
    pub fn json(text: &[u8], shape: Option<Shape<'_>>) -> Result<Reading, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let reading = Reading::read(&mut deserializer, shape)?;
        deserializer.end()?;
        Ok(reading)
    }

    /// Reads from any format.
    ///
    /// # Errors
    /// Those of the format.
    pub fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        shape: Option<Shape<'_>>,
    ) -> Result<Reading, D::Error> {
        let mut oddities = Vec::new();
        let value = Part { shape, path: String::new(), oddities: &mut oddities }.deserialize(deserializer)?;
        Ok(Reading { value, oddities })
    }
}

/// A part of the object that is being read.
struct Part<'a, 'o> {
    shape: Option<Shape<'a>>,
    path: String,
    oddities: &'o mut Vec<Oddity>,
}

impl<'de> DeserializeSeed<'de> for Part<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_, '_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let part = Part {
                shape: self.shape.map(|shape| shape.item()),
                path: format!("{}[{}]", self.path, items.len()),
                oddities: &mut *self.oddities,
            };
            match sequence.next_element_seed(part)? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let path = if self.path.is_empty() { key.clone() } else { format!("{}.{key}", self.path) };
            if object.contains_key(&key) {
                self.oddities.push(Oddity::Duplicate(path.clone()));
            }
            let part = self.shape.map(|shape| shape.part(&key));
            if let Some(None) = part {
                self.oddities.push(Oddity::Unknown(path.clone()));
            }
            let shape = part.flatten().map(|part| part.shape);
            let value = entries.next_value_seed(Part { shape, path, oddities: &mut *self.oddities })?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
