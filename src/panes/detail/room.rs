//! Where a detail has room: beside the table, below it, or only in its place.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::theme::{Slot, Theme};
use crate::widgets::panel;
use crate::widgets::text::{self, Truncate};

/// From this width on, the detail stands beside the table.
const BESIDE_FROM: u16 = 150;
/// From this height on, it stands below: a terminal of thirty lines, less the bars around the pane.
const BELOW_FROM: u16 = 26;

/// The fewest cells of a detail beside a table, the rule between them included, and the most.
const LEAST_BESIDE: u16 = 44;
const MOST_BESIDE: u16 = 60;

/// Where a detail has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::panes) enum Room {
    /// Beside the table.
    #[default]
    Beside,
    /// Below the table.
    Below,
    /// Nowhere but in the table's place.
    Over,
}

impl Room {
    /// The room that an area has.
    pub(in crate::panes) fn of(area: Rect) -> Self {
        if area.width >= BESIDE_FROM && area.height >= 8 {
            Room::Beside
        } else if area.height >= BELOW_FROM {
            Room::Below
        } else {
            Room::Over
        }
    }

    /// The area of the table, and that of the detail if it is shown. Beside a table that wants so many cells, the detail
    /// is content with what that leaves, within bounds.
    pub(in crate::panes) fn split(self, area: Rect, shown: bool, wanted: u16) -> (Rect, Option<Rect>) {
        if !shown {
            return (area, None);
        }
        match self {
            Room::Beside => {
                let width = area.width.saturating_sub(wanted).clamp(LEAST_BESIDE, MOST_BESIDE);
                let table = Rect { width: area.width - width, ..area };
                (table, Some(Rect { x: table.right(), width, ..area }))
            }
            Room::Below => {
                let height = (area.height * 9 / 20).clamp(10, 24);
                let table = Rect { height: area.height - height, ..area };
                (table, Some(Rect { y: table.bottom(), height, ..area }))
            }
            Room::Over => (Rect { height: 0, ..area }, Some(area)),
        }
    }

    /// Draws what sets the detail apart from the table, with a title, and returns the room inside.
    pub(in crate::panes) fn frame(self, buffer: &mut Buffer, area: Rect, title: &str, theme: &Theme) -> Rect {
        let border = theme.style(Slot::Border);
        let mut inside = area;
        if self == Room::Beside {
            for y in area.top()..area.bottom() {
                text::put(buffer, area.x, y, theme.symbols().vertical, 1, border);
            }
            inside = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
        } else {
            panel::rule(Rect { height: 1, ..area }, buffer, theme, Style::default());
            inside = Rect { x: area.x + 3, width: area.width.saturating_sub(3), ..inside };
        }
        let room = usize::from(inside.width.saturating_sub(2));
        let title = text::truncate(title, room, Truncate::Middle, theme.symbols().ellipsis);
        let shown =
            if self == Room::Beside || title.is_empty() { title } else { format!(" {title} ").into() };
        let x = if self == Room::Beside { inside.x } else { inside.x.saturating_sub(1) };
        text::put(buffer, x, area.y, &shown, inside.width, theme.style(Slot::Title));
        Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside }
    }
}
