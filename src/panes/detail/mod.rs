//! The detail of what is under the cursor: where it stands, how far it is scrolled, and what it says.

mod room;
mod sections;

pub(super) use room::Room;
pub(super) use sections::{next_change, object_sections};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::panes::Effect;
use crate::theme::Theme;
use crate::widgets::detail::{Section, lay_out};
use crate::widgets::line::StyledLine;
use crate::widgets::scroll::{ScrollState, draw_scrollbar};
use crate::widgets::text::cells;

/// From this width on, sections stand in two columns.
const TWO_COLUMNS: u16 = 96;
/// Cells between two columns of sections.
const GUTTER: u16 = 3;

/// Whether the detail is shown, and how far it is scrolled.
#[derive(Debug, Default)]
pub(super) struct DetailPanel {
    /// What a person asked for; without that, it is shown where it doesn't take the table's place.
    asked: Option<bool>,
    room: Room,
    scroll: ScrollState,
}

impl DetailPanel {
    /// Whether the detail is shown.
    pub(super) fn is_shown(&self) -> bool {
        self.asked.unwrap_or(self.room != Room::Over)
    }

    /// Shows or hides the detail.
    pub(super) fn toggle(&mut self) -> Effect {
        self.asked = Some(!self.is_shown());
        Effect::Changed
    }

    /// Scrolls by so many steps, down when positive.
    pub(super) fn scroll(&mut self, steps: isize) -> Effect {
        self.scroll.scroll_by(steps.saturating_mul(3));
        Effect::Changed
    }

    /// Shows the beginning, because it is about something else now.
    pub(super) fn begin_anew(&mut self) {
        self.scroll.to_start();
    }

    /// Remembers where there was room for it when it was drawn last.
    pub(super) fn note_room(&mut self, room: Room) {
        self.room = room;
    }

    /// Draws sections, in two columns where that leaves both wide enough.
    pub(super) fn draw(&mut self, sections: &[Section], buffer: &mut Buffer, area: Rect, theme: &Theme) {
        if area.is_empty() {
            return;
        }
        let columns = lay_out_columns(sections, area.width.saturating_sub(2));
        let page = usize::from(area.height);
        let total = columns.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        self.scroll.measure(total, page);
        for (column, lines) in &columns {
            for (row, line) in lines.iter().skip(self.scroll.offset).take(page).enumerate() {
                let at = (area.x + column.x, area.y.saturating_add(cells(row)));
                line.draw(buffer, at, column.width, theme, Style::default());
            }
        }
        let bar = Rect { x: area.right() - 1, width: 1, ..area };
        draw_scrollbar(bar, buffer, theme, self.scroll.offset, page, total);
    }
}

/// The cells of one column of sections, counted from the left of the panel.
struct Span {
    x: u16,
    width: u16,
}

/// Lays sections out in one column, or, where there is room, in two of about the same height.
fn lay_out_columns(sections: &[Section], width: u16) -> Vec<(Span, Vec<StyledLine>)> {
    if width < TWO_COLUMNS || sections.len() < 2 {
        return vec![(Span { x: 0, width }, lay_out(sections, width))];
    }
    let half = (width - GUTTER) / 2;
    let heights: Vec<usize> =
        sections.iter().map(|section| lay_out(std::slice::from_ref(section), half).len() + 1).collect();
    let total: usize = heights.iter().sum();
    // The reading order stays: the break is where the taller of the two columns is lowest.
    let split = (1..sections.len())
        .min_by_key(|&split| {
            let left: usize = heights[..split].iter().sum();
            left.max(total - left)
        })
        .unwrap_or(1);
    vec![
        (Span { x: 0, width: half }, lay_out(&sections[..split], half)),
        (Span { x: half + GUTTER, width: half }, lay_out(&sections[split..], half)),
    ]
}
