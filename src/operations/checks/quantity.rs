//! Quantities as Kubernetes writes them: `500m`, `1.5`, `512Mi`, `1e3`.

/// The value in thousandths, rounded up as the server does; nothing when it is no quantity.
pub(crate) fn thousandths(text: &str) -> Option<i128> {
    let text = text.trim();
    let end = text
        .char_indices()
        .find(|(index, character)| {
            !(character.is_ascii_digit()
                || *character == '.'
                || *index == 0 && matches!(character, '+' | '-'))
        })
        .map_or(text.len(), |(index, _)| index);
    let (number, suffix) = text.split_at(end);
    let (numerator, denominator) = scale_of(suffix)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 18 || whole.len() > 20 || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let below = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?.checked_mul(denominator)?;
    let above = digits.checked_mul(numerator)?.checked_mul(1000)?;
    Some(above.div_euclid(below) + i128::from(above.rem_euclid(below) != 0))
}

/// A suffix as a fraction.
fn scale_of(suffix: &str) -> Option<(i128, i128)> {
    let decimal = |power: u32| 10_i128.checked_pow(power);
    let binary = |power: u32| Some(1_i128 << (10 * power));
    Some(match suffix {
        "" => (1, 1),
        "n" => (1, decimal(9)?),
        "u" => (1, decimal(6)?),
        "m" => (1, 1000),
        "k" => (decimal(3)?, 1),
        "M" => (decimal(6)?, 1),
        "G" => (decimal(9)?, 1),
        "T" => (decimal(12)?, 1),
        "P" => (decimal(15)?, 1),
        "E" => (decimal(18)?, 1),
        "Ki" => (binary(1)?, 1),
        "Mi" => (binary(2)?, 1),
        "Gi" => (binary(3)?, 1),
        "Ti" => (binary(4)?, 1),
        "Pi" => (binary(5)?, 1),
        "Ei" => (binary(6)?, 1),
        exponent => {
            let power: i32 = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            let size = decimal(power.unsigned_abs())?;
            if power < 0 { (1, size) } else { (size, 1) }
        }
    })
}

/// A value in thousandths, as a person writes that resource.
pub(crate) fn in_words(resource: &str, thousandths: i128) -> String {
    const MEBIBYTE: i128 = 1024 * 1024 * 1000;
    if resource.ends_with("cpu") {
        return if thousandths % 1000 == 0 {
            format!("{}", thousandths / 1000)
        } else {
            format!("{thousandths}m")
        };
    }
    if resource.ends_with("memory") || resource.ends_with("ephemeral-storage") {
        return if thousandths >= 1024 * MEBIBYTE && thousandths % (1024 * MEBIBYTE) == 0 {
            format!("{}Gi", thousandths / (1024 * MEBIBYTE))
        } else {
            format!("{}Mi", (thousandths + MEBIBYTE - 1) / MEBIBYTE)
        };
    }
    format!("{}", thousandths / 1000)
}
