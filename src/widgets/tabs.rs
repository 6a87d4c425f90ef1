//! The strip of panes, each with the number that opens it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::text;
use crate::theme::{Slot, Theme};

/// One tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// The key that opens it; may be empty.
    pub key: String,
    /// The name of the pane.
    pub title: String,
    /// What wants attention in it, such as a count, with its style.
    pub badge: Option<(String, Slot)>,
}

impl Tab {
    fn width(&self, detail: Detail) -> u16 {
        let key = if self.key.is_empty() { 0 } else { text::width(&self.key) + 1 };
        let title = if detail == Detail::Full { text::width(&self.title) } else { 0 };
        let badge = self.badge.as_ref().map_or(0, |(badge, _)| text::width(badge) + 1);
        text::cells(key + title + badge + 2)
    }
}

/// How much of the tabs that are not shown is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Full,
    KeyAlone,
}

/// Draws the strip in one row. In a narrow window the other tabs shrink to their keys.
pub fn draw(tabs: &[Tab], active: usize, row: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) {
    let row = row.intersection(buffer.area);
    if row.is_empty() {
        return;
    }
    let full: u32 = tabs.iter().map(|tab| u32::from(tab.width(Detail::Full))).sum();
    let others = if full <= u32::from(row.width) { Detail::Full } else { Detail::KeyAlone };
    let mut x = row.x;
    for (index, tab) in tabs.iter().enumerate() {
        let is_active = index == active;
        let detail = if is_active { Detail::Full } else { others };
        // The active tab is drawn even when it has to be cut; the others only whole.
        if !is_active && x.saturating_add(tab.width(detail)) > row.right() {
            continue;
        }
        x = draw_tab(tab, detail, is_active, x, row, buffer, theme, base);
    }
}

#[expect(clippy::too_many_arguments, reason = "one tab's whole surroundings, used in one place")]
fn draw_tab(
    tab: &Tab,
    detail: Detail,
    is_active: bool,
    x: u16,
    row: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
    base: Style,
) -> u16 {
    let slot = if is_active { Slot::TabActive } else { Slot::TabInactive };
    let style = base.patch(theme.style(slot));
    let room = |x: u16| row.right().saturating_sub(x);
    let mut x = text::put(buffer, x, row.y, " ", room(x), style);
    if !tab.key.is_empty() {
        x = text::put(buffer, x, row.y, &tab.key, room(x), style.patch(theme.style(Slot::Key)));
        if detail == Detail::Full {
            x = text::put(buffer, x, row.y, " ", room(x), style);
        }
    }
    if detail == Detail::Full {
        x = text::put(buffer, x, row.y, &tab.title, room(x), style);
    }
    if let Some((badge, badge_slot)) = &tab.badge {
        x = text::put(buffer, x, row.y, " ", room(x), style);
        x = text::put(buffer, x, row.y, badge, room(x), style.patch(theme.style(*badge_slot)));
    }
    text::put(buffer, x, row.y, " ", room(x), style)
}
