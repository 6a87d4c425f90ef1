//! The popup that tells how a sequence of keys can go on.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::help::KeyEntry;
use super::panel::Panel;
use super::text;
use crate::theme::{Slot, Theme};

/// Blank cells between two columns.
const GAP: u16 = 3;
/// The widest a column gets, in cells.
const WIDEST_COLUMN: u16 = 36;

/// Draws the popup at the bottom of `outer`; `typed` is what has been typed of the sequence.
pub fn draw(typed: &str, entries: &[KeyEntry], outer: Rect, buffer: &mut Buffer, theme: &Theme) {
    let outer = outer.intersection(buffer.area);
    if outer.is_empty() || entries.is_empty() {
        return;
    }
    let widest =
        entries.iter().map(|entry| text::width(&entry.key) + 2 + text::width(&entry.description)).max();
    let room = outer.width.saturating_sub(4).max(1);
    let column = text::cells(widest.unwrap_or(1)).min(WIDEST_COLUMN).min(room);
    let columns = usize::from(((room + GAP) / (column + GAP)).max(1));
    let rows = entries.len().div_ceil(columns);
    let height = text::cells(rows + 2).min(outer.height);
    let area = Rect { y: outer.bottom() - height, height, ..outer };
    let panel = Panel { frame: Slot::BorderFocused, ground: Some(Slot::Dialog), ..Panel::new(typed) };
    let inner = panel.draw(area, buffer, theme);
    let base = panel.base(theme);
    let keys = entries.iter().map(|entry| text::width(&entry.key)).max().unwrap_or(0);
    // Down the columns first: neighbours in the list stay neighbours for the eye.
    for (index, entry) in entries.iter().enumerate() {
        let (place, row) = (text::cells(index / rows), text::cells(index % rows));
        let x = inner.x.saturating_add(place.saturating_mul(column + GAP));
        let y = inner.y.saturating_add(row);
        if y >= inner.bottom() || x >= inner.right() {
            continue;
        }
        let room = column.min(inner.right() - x);
        let (key, words) = if entry.enabled { (Slot::Key, Slot::Hint) } else { (Slot::Muted, Slot::Muted) };
        let ellipsis = theme.symbols().ellipsis;
        text::put(buffer, x, y, &entry.key, room, base.patch(theme.style(key)));
        let start = text::cells(keys + 2).min(room);
        let at = (x + start, y);
        text::put_truncated(
            buffer,
            at,
            &entry.description,
            room - start,
            ellipsis,
            base.patch(theme.style(words)),
        );
    }
}
