//! The two forms of an ECDSA signature over P-256: DER as TLS has it, and two numbers side by side as tokens have it (RFC 7518, 3.4).

/// The length of each number in a token, in bytes.
const NUMBER: usize = 32;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// The 64 bytes of a signature in DER; `None` where it isn't one.
pub fn from_der(der: &[u8]) -> Option<Vec<u8>> {
    let [SEQUENCE, length, content @ ..] = der else { return None };
    if usize::from(*length) != content.len() {
        return None;
    }
    let (first, rest) = take_integer(content)?;
    let (second, rest) = take_integer(rest)?;
    rest.is_empty().then(|| [first, second].concat())
}

/// A signature of 64 bytes in DER; `None` where it has another length.
pub fn to_der(signature: &[u8]) -> Option<Vec<u8>> {
    if signature.len() != 2 * NUMBER {
        return None;
    }
    let (first, second) = signature.split_at(NUMBER);
    let content = [integer(first), integer(second)].concat();
    let mut der = vec![SEQUENCE, u8::try_from(content.len()).ok()?];
    der.extend(content);
    Some(der)
}

/// A number of the fixed length, and what follows it.
fn take_integer(bytes: &[u8]) -> Option<([u8; NUMBER], &[u8])> {
    let [INTEGER, length, rest @ ..] = bytes else { return None };
    let (number, rest) = rest.split_at_checked(usize::from(*length))?;
    let significant = number.strip_prefix(&[0]).unwrap_or(number);
    let start = NUMBER.checked_sub(significant.len())?;
    let mut fixed = [0; NUMBER];
    fixed[start..].copy_from_slice(significant);
    Some((fixed, rest))
}

fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count().min(number.len() - 1);
    let significant = &number[zeros..];
    // A leading one bit would make it negative.
    let padding = usize::from(significant[0] & 0x80 != 0);
    let length = significant.len() + padding;
    let mut out = vec![INTEGER, u8::try_from(length).unwrap_or(u8::MAX)];
    out.resize(2 + padding, 0);
    out.extend_from_slice(significant);
    out
}
