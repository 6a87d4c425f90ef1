//! Widths, truncation, wrapping and safe drawing of plain text.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Which part of a text gives way when there is not enough room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Truncate {
    /// The end: for prose.
    #[default]
    End,
    /// The middle, keeping more of the end than of the beginning: for images, whose tag matters most.
    Middle,
    /// The beginning: for paths, whose last part matters most.
    Start,
}

/// Where a text is cut: `[..head]`, then an ellipsis if `cut`, then `[tail..]`, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// End of the part kept from the beginning.
    pub head: usize,
    /// Beginning of the part kept from the end.
    pub tail: usize,
    /// Whether anything was left out.
    pub cut: bool,
}

/// Where a word that is too long for its line is broken, if the rest of it then fits into the next one.
const JOINTS: [char; 3] = ['=', '/', ','];

/// The width of a text, in cells.
pub fn width(text: &str) -> usize {
    if is_plain_ascii(text) { text.len() } else { text.width() }
}

/// Where to cut a text so that it takes at most `max` cells, one of them for the ellipsis.
pub fn cut(text: &str, max: usize, mode: Truncate) -> Cut {
    if width(text) <= max {
        return Cut { head: text.len(), tail: text.len(), cut: false };
    }
    let room = max.saturating_sub(1);
    let from_end = match mode {
        Truncate::End => 0,
        Truncate::Middle => room.div_ceil(2) + room / 6,
        Truncate::Start => room,
    };
    let head = prefix(text, room.saturating_sub(from_end));
    let tail = suffix(text, from_end).max(head);
    Cut { head, tail, cut: max > 0 }
}

/// The text in at most `max` cells, with `ellipsis` for what was left out.
pub fn truncate<'a>(text: &'a str, max: usize, mode: Truncate, ellipsis: &str) -> Cow<'a, str> {
    let cut = cut(text, max, mode);
    if cut.head == text.len() {
        return Cow::Borrowed(text);
    }
    let ellipsis = if cut.cut { ellipsis } else { "" };
    Cow::Owned(format!("{}{ellipsis}{}", &text[..cut.head], &text[cut.tail..]))
}

/// Byte index after the longest prefix that takes at most `max` cells.
pub fn prefix(text: &str, max: usize) -> usize {
    if is_plain_ascii(text) {
        return max.min(text.len());
    }
    let mut used = 0;
    for (index, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > max {
            return index;
        }
    }
    text.len()
}

/// Byte index of the longest suffix that takes at most `max` cells.
fn suffix(text: &str, max: usize) -> usize {
    if is_plain_ascii(text) {
        return text.len().saturating_sub(max);
    }
    let mut used = 0;
    let mut start = text.len();
    for (index, character) in text.char_indices().rev() {
        let cells = character.width().unwrap_or(0);
        used += cells;
        if used > max {
            break;
        }
        // A combining mark alone is no place to begin: its letter comes before it.
        if cells > 0 {
            start = index;
        }
    }
    start
}

/// Breaks a text into lines of at most `max` cells, between words where it can.
pub fn wrap(text: &str, max: usize) -> Vec<String> {
    let max = max.max(1);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            push_word(&mut lines, &mut line, word, max);
        }
        // A word that was broken in the end of a line leaves nothing over.
        if !line.is_empty() || paragraph.is_empty() {
            lines.push(line);
        }
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

fn push_word(lines: &mut Vec<String>, line: &mut String, word: &str, max: usize) {
    let gap = usize::from(!line.is_empty());
    if width(line) + gap + width(word) <= max {
        if gap == 1 {
            line.push(' ');
        }
        line.push_str(word);
        return;
    }
    if !line.is_empty() {
        lines.push(std::mem::take(line));
    }
    let mut rest = word;
    while width(rest) > max {
        // A grapheme wider than the line still has to go somewhere: one character at least moves on.
        let hard = prefix(rest, max).max(rest.chars().next().map_or(1, char::len_utf8));
        // A label is broken before its value, and a path before one of its parts, rather than within them.
        let soft = rest[..hard].rfind(JOINTS).map(|joint| joint + 1);
        let step = soft.filter(|step| width(&rest[*step..]) <= max).unwrap_or(hard);
        lines.push(rest[..step].to_owned());
        rest = &rest[step..];
    }
    line.push_str(rest);
}

/// Draws a text on one row in at most `max` cells, clipped to the buffer, and returns the column after it.
pub fn put(buffer: &mut Buffer, x: u16, y: u16, text: &str, max: u16, style: Style) -> u16 {
    let area = buffer.area;
    if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() || max == 0 {
        return x;
    }
    if is_plain_ascii(text) {
        return put_ascii(buffer, x, y, text, max, style);
    }
    buffer.set_stringn(x, y, text, usize::from(max), style).0
}

/// The fast path: no grapheme to find, each byte is a cell.
fn put_ascii(buffer: &mut Buffer, x: u16, y: u16, text: &str, max: u16, style: Style) -> u16 {
    let room = usize::from(max.min(buffer.area.right() - x)).min(text.len());
    let start = buffer.index_of(x, y);
    for (cell, byte) in buffer.content[start..start + room].iter_mut().zip(text.bytes()) {
        cell.set_char(char::from(byte)).set_style(style);
    }
    x + u16::try_from(room).unwrap_or(0)
}

/// Draws a text cut to `max` cells, with the ellipsis where it was cut, and returns the column after it.
pub fn put_truncated(
    buffer: &mut Buffer,
    position: (u16, u16),
    text: &str,
    max: u16,
    ellipsis: &str,
    style: Style,
) -> u16 {
    let text = truncate(text, usize::from(max), Truncate::End, ellipsis);
    put(buffer, position.0, position.1, &text, max, style)
}

/// Printable ASCII alone: one byte is one cell.
fn is_plain_ascii(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// A length as cells of a terminal, which are counted in sixteen bits.
pub fn cells(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}
