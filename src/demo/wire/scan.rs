//! Walks the fields of a protobuf message without knowing what they mean.

/// The value of one field as it lies in the bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// Takes one field off the front; `None` at the end or where the bytes are malformed.
pub(super) fn next_field<'a>(bytes: &mut &'a [u8]) -> Option<(u32, Raw<'a>)> {
    let key = next_varint(bytes)?;
    let number = u32::try_from(key >> 3).ok()?;
    let raw = match key & 7 {
        0 => Raw::Number(next_varint(bytes)?),
        1 => Raw::Bytes(take(bytes, 8)?),
        2 => {
            let length = usize::try_from(next_varint(bytes)?).ok()?;
            Raw::Bytes(take(bytes, length)?)
        }
        5 => Raw::Bytes(take(bytes, 4)?),
        _ => return None,
    };
    Some((number, raw))
}

/// The `metadata` of any object: its field 1.
pub fn metadata_slice(object: &[u8]) -> &[u8] {
    let mut rest = object;
    while let Some((number, raw)) = next_field(&mut rest) {
        if let (1, Raw::Bytes(bytes)) = (number, raw) {
            return bytes;
        }
    }
    &[]
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (front, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(front)
}

fn next_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
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
