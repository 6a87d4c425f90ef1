//! Kubernetes quantities: `250m`, `1.5Gi`, `123456789n`.

use std::fmt;
use std::ops::{AddAssign, SubAssign};

/// Processor time, in thousandths of a core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct MilliCpu(pub i64);

/// Memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Bytes(pub i64);

impl MilliCpu {
    /// Reads a quantity of cores, rounded up to a thousandth as the scheduler does.
    pub fn parse(text: &str) -> Option<MilliCpu> {
        Some(MilliCpu((parse(text)? * 1000.0 - 1e-6).ceil() as i64))
    }
}

impl Bytes {
    /// Reads a quantity of bytes, rounded up.
    pub fn parse(text: &str) -> Option<Bytes> {
        Some(Bytes((parse(text)? - 1e-6).ceil() as i64))
    }
}

/// Reads any quantity as a plain number; the suffixes are those of apimachinery's `resource.Quantity`.
pub fn parse(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text
        .char_indices()
        .find(|(index, character)| {
            let exponent = matches!(character, 'e' | 'E')
                && text[index + 1..]
                    .starts_with(|next: char| next.is_ascii_digit() || matches!(next, '+' | '-'));
            !(character.is_ascii_digit() || matches!(character, '.' | '+' | '-') || exponent)
        })
        .map_or(text.len(), |(index, _)| index);
    let number: f64 = text[..end].parse().ok()?;
    let factor = match &text[end..] {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024f64.powi(4),
        "Pi" => 1024f64.powi(5),
        "Ei" => 1024f64.powi(6),
        _ => return None,
    };
    number.is_finite().then_some(number * factor)
}

impl AddAssign for MilliCpu {
    fn add_assign(&mut self, other: MilliCpu) {
        self.0 = self.0.saturating_add(other.0);
    }
}

impl SubAssign for MilliCpu {
    fn sub_assign(&mut self, other: MilliCpu) {
        self.0 = self.0.saturating_sub(other.0);
    }
}

impl AddAssign for Bytes {
    fn add_assign(&mut self, other: Bytes) {
        self.0 = self.0.saturating_add(other.0);
    }
}

impl SubAssign for Bytes {
    fn sub_assign(&mut self, other: Bytes) {
        self.0 = self.0.saturating_sub(other.0);
    }
}

impl fmt::Display for MilliCpu {
    /// Cores: `250m`, `1.5`, `48`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            millis if millis % 1000 == 0 => write!(formatter, "{}", millis / 1000),
            millis if millis.abs() < 1000 => write!(formatter, "{millis}m"),
            millis => write!(formatter, "{:.1}", millis as f64 / 1000.0),
        }
    }
}

impl fmt::Display for Bytes {
    /// Binary units with at most one decimal: `512Mi`, `1.5Gi`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut amount = self.0 as f64;
        let mut unit = 0;
        const UNITS: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
        while amount.abs() >= 1024.0 && unit + 1 < UNITS.len() {
            amount /= 1024.0;
            unit += 1;
        }
        if amount.fract().abs() < 0.05 || amount.abs() >= 100.0 {
            write!(formatter, "{amount:.0}{}", UNITS[unit])
        } else {
            write!(formatter, "{amount:.1}{}", UNITS[unit])
        }
    }
}
