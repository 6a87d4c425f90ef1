//! Quantities in whole thousandths of their unit, so that what fits can be counted without a rounding error.

use crate::platform::quantity;

/// The value in thousandths, rounded up as the server does; nothing when it is no quantity.
pub(crate) fn thousandths(text: &str) -> Option<i128> {
    Some((quantity::parse(text)? * 1000.0 - 1e-6).ceil() as i128)
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
