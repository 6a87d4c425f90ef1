//! Writes a protobuf message as JSON text, in the order of its declaration.

use base64::Engine as _;

use super::WireError;
use super::scan::{Raw, next_field};
use super::schema::{Field, FieldKind, Label, MessageId, Schema};

impl Schema {
    /// The message as a JSON object with `apiVersion` and `kind` first.
    pub fn object_json(
        &self,
        message: MessageId,
        api_version: &str,
        kind: &str,
        bytes: &[u8],
    ) -> Result<Vec<u8>, WireError> {
        let mut out = Vec::with_capacity(bytes.len() * 2 + 128);
        out.push(b'{');
        let mut first = true;
        for (name, value) in [("kind", kind), ("apiVersion", api_version)] {
            separate(&mut out, &mut first);
            write_text(name, &mut out);
            out.push(b':');
            write_text(value, &mut out);
        }
        self.write_fields(message, bytes, &mut out, &mut first)?;
        out.push(b'}');
        Ok(out)
    }

    /// The message as a JSON object without a type, as the items of a list are.
    pub fn item_json(&self, message: MessageId, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
        out.push(b'{');
        self.write_fields(message, bytes, out, &mut true)?;
        out.push(b'}');
        Ok(())
    }

    fn write_fields(
        &self,
        message: MessageId,
        bytes: &[u8],
        out: &mut Vec<u8>,
        first: &mut bool,
    ) -> Result<(), WireError> {
        let message = self.message(message);
        let malformed = WireError::Malformed(message.name);
        let mut found: Vec<(u32, Raw<'_>)> = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            match next_field(&mut rest) {
                Some(field) => found.push(field),
                None => return Err(malformed),
            }
        }
        found.sort_by_key(|(number, _)| *number);
        for field in &message.fields {
            let start = found.partition_point(|(number, _)| *number < field.number);
            let end = found.partition_point(|(number, _)| *number <= field.number);
            let values = &found[start..end];
            let Some((_, last)) = values.last() else { continue };
            if field.label == Label::Inline {
                if let (FieldKind::Message(inner), Raw::Bytes(bytes)) = (field.kind, last) {
                    self.write_fields(inner, bytes, out, first)?;
                }
                continue;
            }
            separate(out, first);
            write_text(field.name, out);
            out.push(b':');
            match field.label {
                Label::Single | Label::Inline => self.write_value(field, *last, out)?,
                Label::Repeated => {
                    out.push(b'[');
                    let mut first = true;
                    for (_, value) in values {
                        separate(out, &mut first);
                        self.write_value(field, *value, out)?;
                    }
                    out.push(b']');
                }
                Label::Map => self.write_map(field, values, out)?,
            }
        }
        Ok(())
    }

    fn write_map(
        &self,
        field: &Field,
        entries: &[(u32, Raw<'_>)],
        out: &mut Vec<u8>,
    ) -> Result<(), WireError> {
        out.push(b'{');
        let mut first = true;
        for (_, entry) in entries {
            let Raw::Bytes(mut entry) = *entry else { return Err(WireError::Malformed("map")) };
            let (mut key, mut value) = (&[][..], Raw::Bytes(&[]));
            while let Some((number, raw)) = next_field(&mut entry) {
                match (number, raw) {
                    (1, Raw::Bytes(bytes)) => key = bytes,
                    (2, raw) => value = raw,
                    _ => {}
                }
            }
            separate(out, &mut first);
            write_text(&String::from_utf8_lossy(key), out);
            out.push(b':');
            self.write_value(field, value, out)?;
        }
        out.push(b'}');
        Ok(())
    }

    fn write_value(&self, field: &Field, raw: Raw<'_>, out: &mut Vec<u8>) -> Result<(), WireError> {
        match (field.kind, raw) {
            (FieldKind::String, Raw::Bytes(bytes)) => write_text(&String::from_utf8_lossy(bytes), out),
            (FieldKind::Bytes, Raw::Bytes(bytes)) => {
                write_text(&base64::engine::general_purpose::STANDARD.encode(bytes), out);
            }
            (FieldKind::Bool, Raw::Number(value)) => {
                out.extend_from_slice(if value != 0 { b"true" } else { b"false" });
            }
            (FieldKind::Int32 | FieldKind::Int64, Raw::Number(value)) => {
                out.extend_from_slice((value as i64).to_string().as_bytes());
            }
            (FieldKind::Time, Raw::Bytes(bytes)) => write_time(bytes, false, out),
            (FieldKind::MicroTime, Raw::Bytes(bytes)) => write_time(bytes, true, out),
            (FieldKind::Quantity, Raw::Bytes(bytes)) => write_text(&string_field(bytes, 1), out),
            (FieldKind::IntOrString, Raw::Bytes(bytes)) => {
                if number_field(bytes, 1) == 0 {
                    out.extend_from_slice(number_field(bytes, 2).to_string().as_bytes());
                } else {
                    write_text(&string_field(bytes, 3), out);
                }
            }
            (FieldKind::Json, Raw::Bytes(mut bytes)) => match next_field(&mut bytes) {
                Some((1, Raw::Bytes(json))) => out.extend_from_slice(json),
                _ => out.extend_from_slice(b"{}"),
            },
            (FieldKind::Strings, Raw::Bytes(mut bytes)) => {
                out.push(b'[');
                let mut first = true;
                while let Some((1, Raw::Bytes(text))) = next_field(&mut bytes) {
                    separate(out, &mut first);
                    write_text(&String::from_utf8_lossy(text), out);
                }
                out.push(b']');
            }
            (FieldKind::Message(message), Raw::Bytes(bytes)) => self.item_json(message, bytes, out)?,
            _ => return Err(WireError::Malformed(field.name)),
        }
        Ok(())
    }
}

fn separate(out: &mut Vec<u8>, first: &mut bool) {
    if !std::mem::take(first) {
        out.push(b',');
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    // Writing to memory doesn't fail.
    let _ = serde_json::to_writer(out, text);
}

fn write_time(bytes: &[u8], micro: bool, out: &mut Vec<u8>) {
    let nanos = i32::try_from(number_field(bytes, 2)).unwrap_or(0);
    match jiff::Timestamp::new(number_field(bytes, 1), if micro { nanos } else { 0 }) {
        Ok(stamp) if micro => write_text(&format!("{stamp:.6}"), out),
        Ok(stamp) => write_text(&stamp.to_string(), out),
        Err(_) => out.extend_from_slice(b"null"),
    }
}

fn number_field(mut bytes: &[u8], wanted: u32) -> i64 {
    while let Some((number, raw)) = next_field(&mut bytes) {
        if let (true, Raw::Number(value)) = (number == wanted, raw) {
            return value as i64;
        }
    }
    0
}

fn string_field(mut bytes: &[u8], wanted: u32) -> String {
    while let Some((number, raw)) = next_field(&mut bytes) {
        if let (true, Raw::Bytes(value)) = (number == wanted, raw) {
            return String::from_utf8_lossy(value).into_owned();
        }
    }
    String::new()
}
