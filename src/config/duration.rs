//! Lengths of time as people write them: `90s`, `15m`, `4h`, `30d`, `1y`.

/// Seconds in a written length of time: a whole number and one unit of `s`, `m`, `h`, `d`, `w` or `y`
/// (365 days).
pub(super) fn seconds(text: &str) -> Option<u64> {
    let unit = text.chars().next_back()?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        'y' => 365 * 86_400,
        _ => return None,
    };
    number.checked_mul(factor)
}
