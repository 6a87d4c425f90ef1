//! Notifications: what happened, in a line each.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::text;
use crate::theme::{Slot, Theme};

/// How grave a notification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Good to know.
    Info,
    /// Look at it.
    Warning,
    /// Something failed.
    Error,
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How grave it is.
    pub gravity: Gravity,
    /// What happened, and what to do about it.
    pub text: String,
    /// When, or how long ago; may be empty.
    pub when: String,
}

/// Draws the latest notes, one a row, the newest in the last row. Returns how many were drawn.
pub fn draw(notes: &[Note], area: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) -> usize {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return 0;
    }
    let count = notes.len().min(usize::from(area.height));
    for (row, note) in notes[notes.len() - count..].iter().enumerate() {
        let y = area.y.saturating_add(text::cells(row));
        draw_note(note, Rect { y, height: 1, ..area }, buffer, theme, base);
    }
    count
}

fn draw_note(note: &Note, row: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) {
    let symbols = theme.symbols();
    let (symbol, slot) = match note.gravity {
        Gravity::Info => (symbols.good, Slot::NoteInfo),
        Gravity::Warning => (symbols.warning, Slot::NoteWarning),
        Gravity::Error => (symbols.bad, Slot::NoteError),
    };
    let style = base.patch(theme.style(slot));
    let x = text::put(buffer, row.x, row.y, symbol, row.width, style);
    let x = text::put(buffer, x, row.y, " ", row.right().saturating_sub(x), style);
    let when = text::cells(text::width(&note.when));
    let beside = when > 0 && row.width >= when + 24;
    let room = row.right().saturating_sub(x).saturating_sub(if beside { when + 2 } else { 0 });
    text::put_truncated(buffer, (x, row.y), &note.text, room, symbols.ellipsis, style);
    if beside {
        let muted = base.patch(theme.style(Slot::Muted));
        text::put(buffer, row.right() - when, row.y, &note.when, when, muted);
    }
}
