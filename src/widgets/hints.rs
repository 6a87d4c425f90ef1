//! The hint bar: which keys do what, here and now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::text;
use crate::theme::{Slot, Theme};

/// Blank cells between two hints.
const GAP: u16 = 2;

/// A key and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The key as it is written in the keymap.
    pub key: String,
    /// What it does, in a word or two.
    pub word: String,
    /// In a narrow window the hints of the lowest priority are left out first.
    pub priority: u8,
    /// Whether the key does something here and now; what it cannot do is dimmed.
    pub enabled: bool,
}

impl Hint {
    /// An enabled hint of middling priority (100).
    pub fn new(key: impl Into<String>, word: impl Into<String>) -> Self {
        Self { key: key.into(), word: word.into(), priority: 100, enabled: true }
    }

    /// The same hint with another priority.
    #[must_use]
    pub fn priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }

    /// The same hint, dimmed unless `enabled`.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// How wide it is, in cells.
    pub fn width(&self) -> u16 {
        text::cells(text::width(&self.key) + 1 + text::width(&self.word))
    }
}

/// Draws hints in one row from the left, and returns the column after the last.
pub fn draw(hints: &[Hint], row: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) -> u16 {
    let row = row.intersection(buffer.area);
    if row.is_empty() {
        return row.x;
    }
    let mut x = row.x;
    for (place, index) in fitting(hints, row.width).into_iter().enumerate() {
        let hint = &hints[index];
        if place > 0 {
            x = x.saturating_add(GAP);
        }
        let (key, word) = if hint.enabled { (Slot::Key, Slot::Hint) } else { (Slot::Muted, Slot::Muted) };
        x = text::put(
            buffer,
            x,
            row.y,
            &hint.key,
            row.right().saturating_sub(x),
            base.patch(theme.style(key)),
        );
        x = text::put(buffer, x, row.y, " ", row.right().saturating_sub(x), base);
        x = text::put(
            buffer,
            x,
            row.y,
            &hint.word,
            row.right().saturating_sub(x),
            base.patch(theme.style(word)),
        );
    }
    x
}

/// The hints that fit, in their order: the most important first, then what there is room for.
fn fitting(hints: &[Hint], width: u16) -> Vec<usize> {
    let mut by_priority: Vec<usize> = (0..hints.len()).collect();
    by_priority.sort_by_key(|&index| std::cmp::Reverse(hints[index].priority));
    let mut used: u16 = 0;
    let mut chosen = Vec::new();
    for index in by_priority {
        let gap = if chosen.is_empty() { 0 } else { GAP };
        let wanted = hints[index].width().saturating_add(gap);
        if used.saturating_add(wanted) <= width {
            used += wanted;
            chosen.push(index);
        }
    }
    chosen.sort_unstable();
    chosen
}
