//! Kubernetes quantities (`250m`, `1Gi`, `2`), as whole thousandths.

/// The suffixes and what they multiply by, in thousandths.
const SUFFIXES: [(&str, f64); 13] = [
    ("Ki", 1024e3),
    ("Mi", 1_048_576e3),
    ("Gi", 1_073_741_824e3),
    ("Ti", 1_099_511_627_776e3),
    ("Pi", 1_125_899_906_842_624e3),
    ("n", 1e-6),
    ("u", 1e-3),
    ("m", 1.0),
    ("k", 1e6),
    ("M", 1e9),
    ("G", 1e12),
    ("T", 1e15),
    ("P", 1e18),
];

/// The quantity in thousandths of its unit; `None` when it isn't one.
pub fn thousandths(text: &str) -> Option<i64> {
    let text = text.trim();
    for (suffix, scale) in SUFFIXES {
        if let Some(number) = text.strip_suffix(suffix) {
            return number.parse::<f64>().ok().map(|number| (number * scale).ceil() as i64);
        }
    }
    text.parse::<f64>().ok().map(|number| (number * 1e3).ceil() as i64)
}

/// The quantity in whole units, rounded up; `None` when it isn't one.
pub fn whole(text: &str) -> Option<i64> {
    thousandths(text).map(|value| value.saturating_add(999).div_euclid(1000))
}

/// Processor time in thousandths of a core, in the server's canonical form.
pub fn cores(thousandths: i64) -> String {
    if thousandths % 1000 == 0 { (thousandths / 1000).to_string() } else { format!("{thousandths}m") }
}

/// Bytes with the largest binary suffix that leaves a whole number.
pub fn bytes(bytes: i64) -> String {
    for (suffix, size) in [("Ti", 1i64 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)] {
        if bytes != 0 && bytes % size == 0 {
            return format!("{}{suffix}", bytes / size);
        }
    }
    bytes.to_string()
}
