//! The fields of a protobuf message, without knowing what they mean: so that two servers' bytes can be compared.

use super::show::Names;

/// The fields, one a line, those of messages within indented.
pub fn dump(bytes: &[u8], names: &Names) -> Vec<String> {
    let mut lines = Vec::new();
    match fields(bytes) {
        Some(fields) => write(&fields, 0, names, &mut lines),
        None => lines.push("(no protobuf)".to_owned()),
    }
    lines
}

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn write(fields: &[(u64, Field<'_>)], depth: usize, names: &Names, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    for (number, field) in fields {
        match field {
            Field::Number(0) => {}
            Field::Number(value) => lines.push(format!("{indent}{number}: {value}")),
            Field::Bytes(bytes) => match text(bytes) {
                // What is empty says as much as what is absent.
                Some("") => {}
                Some(text) => lines.push(format!("{indent}{number}: {:?}", names.text(&normal(text)))),
                None => match self::fields(bytes) {
                    Some(inner) if is_time(&inner) => lines.push(format!("{indent}{number}: <time>")),
                    Some(inner) => {
                        let mut within = Vec::new();
                        write(&inner, depth + 1, names, &mut within);
                        if !within.is_empty() {
                            lines.push(format!("{indent}{number}:"));
                            lines.append(&mut within);
                        }
                    }
                    None => lines.push(format!("{indent}{number}: ({} bytes)", bytes.len())),
                },
            },
        }
    }
}

/// Text of digits alone may be a version, and that differs each time.
fn normal(text: &str) -> String {
    if text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        "<version>".to_owned()
    } else {
        text.to_owned()
    }
}

/// A message of one large number is the seconds of a time.
fn is_time(fields: &[(u64, Field<'_>)]) -> bool {
    matches!(fields.first(), Some((1, Field::Number(seconds))) if *seconds > 1_000_000_000)
}

/// The bytes as text, if they are that: a message has a byte below the space in it.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| text.chars().all(|letter| letter >= ' '))
}

fn fields(mut bytes: &[u8]) -> Option<Vec<(u64, Field<'_>)>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        let field = match tag & 7 {
            0 => Field::Number(varint(&mut bytes)?),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let (inner, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                Field::Bytes(inner)
            }
            _ => return None,
        };
        fields.push((tag >> 3, field));
    }
    Some(fields)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
