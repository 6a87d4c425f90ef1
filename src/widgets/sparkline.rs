//! Inline histories, a cell for each value.

use crate::theme::Symbols;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 8] = ['_', '.', '-', '~', '=', '+', '*', '#'];
/// The dots of a braille cell, from the bottom up, left and right.
const LEFT_DOTS: [u32; 4] = [0x40, 0x04, 0x02, 0x01];
const RIGHT_DOTS: [u32; 4] = [0x80, 0x20, 0x10, 0x08];
const BRAILLE_BLANK: u32 = 0x2800;

/// The latest values as `width` cells of eighths, the newest on the right; what is not known is blank.
///
/// The scale goes from 0 to `top`, or to the largest value where `top` is `None`. Values below 0 count as 0.
pub fn blocks(values: &[Option<f64>], width: usize, top: Option<f64>, symbols: &Symbols) -> String {
    let levels = if draws_unicode(symbols) { BLOCKS } else { ASCII };
    let latest = &values[values.len().saturating_sub(width)..];
    let top = scale(latest, top);
    let mut line = " ".repeat(width - latest.len());
    for value in latest {
        line.push(level(*value, top, levels.len()).map_or(' ', |level| levels[level]));
    }
    line
}

/// The latest values as `width` cells of braille, two values a cell. Falls back to [`blocks`] in ASCII.
pub fn braille(values: &[Option<f64>], width: usize, top: Option<f64>, symbols: &Symbols) -> String {
    if !draws_unicode(symbols) {
        return blocks(values, width, top, symbols);
    }
    let latest = &values[values.len().saturating_sub(width * 2)..];
    let top = scale(latest, top);
    let blanks = width * 2 - latest.len();
    let padded: Vec<Option<f64>> = std::iter::repeat_n(None, blanks).chain(latest.iter().copied()).collect();
    padded
        .chunks(2)
        .map(|pair| {
            let left = dots(pair.first().copied().flatten(), top, &LEFT_DOTS);
            let right = dots(pair.get(1).copied().flatten(), top, &RIGHT_DOTS);
            char::from_u32(BRAILLE_BLANK + left + right).unwrap_or(' ')
        })
        .collect()
}

fn dots(value: Option<f64>, top: f64, column: &[u32; 4]) -> u32 {
    level(value, top, column.len()).map_or(0, |level| column[..=level].iter().sum())
}

/// Which of `levels` a value reaches, from 0; something above nothing is at least the first above it.
fn level(value: Option<f64>, top: f64, levels: usize) -> Option<usize> {
    let value = value.filter(|value| value.is_finite())?.max(0.0);
    if top <= 0.0 || value <= 0.0 {
        return Some(0);
    }
    let share = (value / top).min(1.0);
    (1..levels).rev().find(|&level| share * small(levels) >= small(level) + 0.5).or(Some(0))
}

fn scale(values: &[Option<f64>], top: Option<f64>) -> f64 {
    let largest = values.iter().flatten().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    top.filter(|top| top.is_finite() && *top > 0.0).unwrap_or(largest)
}

/// A number of levels, of which there are eight at most.
fn small(number: usize) -> f64 {
    f64::from(u8::try_from(number).unwrap_or(u8::MAX))
}

fn draws_unicode(symbols: &Symbols) -> bool {
    !symbols.gauge_filled.is_ascii()
}
