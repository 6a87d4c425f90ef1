//! Reads JSON into a protobuf message as Go would: fields that the message doesn't have are dropped, and so are empty
//! values where Go doesn't tell them from none; what Go always writes is there.

use base64::Engine as _;
use prost::encoding::encode_varint;
use serde_json::{Map, Value};

use super::WireError;
use super::envelope::field_start;
use super::schema::{Field, FieldKind, Label, MessageId, Schema};

impl Schema {
    /// The JSON object as a protobuf message.
    pub fn encode_json(&self, message: MessageId, value: &Value) -> Result<Vec<u8>, WireError> {
        let mut out = Vec::with_capacity(1024);
        match value {
            Value::Object(object) => self.read_fields(message, object, &mut out)?,
            Value::Null => {}
            other => return Err(wrong(other, self.message(message).name, "object")),
        }
        Ok(out)
    }

    fn read_fields(
        &self,
        message: MessageId,
        object: &Map<String, Value>,
        out: &mut Vec<u8>,
    ) -> Result<(), WireError> {
        let message = self.message(message);
        for position in &message.by_number {
            let field = &message.fields[*position];
            if let (Label::Inline, FieldKind::Message(inner)) = (field.label, field.kind) {
                let mut content = Vec::new();
                self.read_fields(inner, object, &mut content)?;
                if !content.is_empty() {
                    write_bytes(field.number, &content, out);
                }
                continue;
            }
            match object.get(field.name) {
                None | Some(Value::Null) => self.write_empty(field, out)?,
                Some(value) if says_nothing(field, value) => {}
                Some(value) => self.read_field(field, value, out)?,
            }
        }
        Ok(())
    }

    /// Writes what Go writes for a field that isn't given: the messages and numbers that aren't pointers.
    fn write_empty(&self, field: &Field, out: &mut Vec<u8>) -> Result<(), WireError> {
        if !field.rules.always || field.label != Label::Single {
            return Ok(());
        }
        match field.kind {
            FieldKind::Message(message) => {
                let mut content = Vec::new();
                self.read_fields(message, &Map::new(), &mut content)?;
                write_bytes(field.number, &content, out);
            }
            FieldKind::Bool | FieldKind::Int32 | FieldKind::Int64 => write_number(field.number, 0, out),
            _ => {}
        }
        Ok(())
    }

    fn read_field(&self, field: &Field, value: &Value, out: &mut Vec<u8>) -> Result<(), WireError> {
        match (field.label, value) {
            (Label::Single | Label::Inline, value) => self.read_value(field, field.number, value, out),
            (Label::Repeated, Value::Array(values)) => {
                values.iter().try_for_each(|value| self.read_value(field, field.number, value, out))
            }
            (Label::Map, Value::Object(entries)) => {
                for (key, value) in entries {
                    let mut entry = Vec::new();
                    write_bytes(1, key.as_bytes(), &mut entry);
                    self.read_value(field, 2, value, &mut entry)?;
                    write_bytes(field.number, &entry, out);
                }
                Ok(())
            }
            (Label::Repeated, other) => Err(wrong(other, field.name, "list")),
            (Label::Map, other) => Err(wrong(other, field.name, "map")),
        }
    }

    fn read_value(
        &self,
        field: &Field,
        number: u32,
        value: &Value,
        out: &mut Vec<u8>,
    ) -> Result<(), WireError> {
        match (field.kind, value) {
            (FieldKind::String, Value::String(text)) => write_bytes(number, text.as_bytes(), out),
            (FieldKind::String, other) => return Err(wrong(other, field.name, "string")),
            (FieldKind::Bytes, Value::String(text)) => {
                let bytes = base64::engine::general_purpose::STANDARD.decode(text);
                write_bytes(number, &bytes.map_err(|_| wrong(value, field.name, "base64"))?, out);
            }
            (FieldKind::Bool, Value::Bool(value)) => write_number(number, i64::from(*value), out),
            (FieldKind::Bool, other) => return Err(wrong(other, field.name, "bool")),
            (FieldKind::Int32, value) => match value.as_i64().and_then(|value| i32::try_from(value).ok()) {
                Some(value) => write_number(number, i64::from(value), out),
                None => return Err(wrong(value, field.name, "int32")),
            },
            (FieldKind::Int64, value) => match value.as_i64() {
                Some(value) => write_number(number, value, out),
                None => return Err(wrong(value, field.name, "int64")),
            },
            (FieldKind::Time | FieldKind::MicroTime, Value::String(text)) => {
                let stamp = text.parse::<jiff::Timestamp>().map_err(|_| wrong(value, field.name, "Time"))?;
                let mut time = Vec::new();
                write_number(1, stamp.as_second(), &mut time);
                write_number(2, i64::from(stamp.subsec_nanosecond()), &mut time);
                write_bytes(number, &time, out);
            }
            (FieldKind::Quantity, value) => {
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Number(amount) => amount.to_string(),
                    other => return Err(wrong(other, field.name, "Quantity")),
                };
                let mut quantity = Vec::new();
                write_bytes(1, text.as_bytes(), &mut quantity);
                write_bytes(number, &quantity, out);
            }
            (FieldKind::IntOrString, value) => {
                let mut content = Vec::new();
                match value {
                    Value::String(text) => {
                        write_number(1, 1, &mut content);
                        write_number(2, 0, &mut content);
                        write_bytes(3, text.as_bytes(), &mut content);
                    }
                    Value::Number(amount) => {
                        write_number(1, 0, &mut content);
                        write_number(2, amount.as_i64().unwrap_or(0), &mut content);
                        write_bytes(3, b"", &mut content);
                    }
                    other => return Err(wrong(other, field.name, "IntOrString")),
                }
                write_bytes(number, &content, out);
            }
            (FieldKind::Json, value) => {
                let mut content = Vec::new();
                write_bytes(1, value.to_string().as_bytes(), &mut content);
                write_bytes(number, &content, out);
            }
            (FieldKind::Strings, Value::Array(texts)) => {
                let mut content = Vec::new();
                for text in texts.iter().filter_map(Value::as_str) {
                    write_bytes(1, text.as_bytes(), &mut content);
                }
                write_bytes(number, &content, out);
            }
            (FieldKind::Message(message), Value::Object(object)) => {
                let mut content = Vec::new();
                self.read_fields(message, object, &mut content)?;
                write_bytes(number, &content, out);
            }
            (_, other) => return Err(wrong(other, field.name, "object")),
        }
        Ok(())
    }
}

/// Whether Go would leave this value out: it is empty, and neither a pointer nor written in any case.
fn says_nothing(field: &Field, value: &Value) -> bool {
    let rules = &field.rules;
    let empty = match value {
        Value::Bool(value) => !value,
        Value::Number(value) => value.as_f64() == Some(0.0),
        Value::String(value) => value.is_empty(),
        _ => false,
    };
    let plain = matches!(
        field.kind,
        FieldKind::String | FieldKind::Bytes | FieldKind::Bool | FieldKind::Int32 | FieldKind::Int64
    );
    empty && plain && field.label == Label::Single && !rules.always && !rules.pointer
}

fn write_bytes(number: u32, bytes: &[u8], out: &mut Vec<u8>) {
    field_start(number, bytes.len(), out);
    out.extend_from_slice(bytes);
}

fn write_number(number: u32, value: i64, out: &mut Vec<u8>) {
    encode_varint(u64::from(number << 3), out);
    encode_varint(value as u64, out);
}

fn wrong(found: &Value, field: &str, wanted: &'static str) -> WireError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    WireError::WrongType { found, field: field.to_owned(), wanted }
}
