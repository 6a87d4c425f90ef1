//! Scrolling through lines, and the thin bar that tells how far.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::theme::{Slot, Theme};

/// How far a scrollable widget has been scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScrollState {
    /// The first line that is shown.
    pub offset: usize,
    /// How many lines there were when it was drawn last.
    total: usize,
    /// How many of them fitted.
    page: usize,
}

impl ScrollState {
    /// Scrolled so that a line is the first.
    pub fn at(offset: usize) -> Self {
        Self { offset, ..Self::default() }
    }

    /// Scrolls by so many lines, down when positive, never past either end.
    pub fn scroll_by(&mut self, lines: isize) {
        self.offset = self.offset.saturating_add_signed(lines).min(self.last_offset());
    }

    /// Scrolls by so many pages, down when positive; a line of the old page stays visible.
    pub fn scroll_pages(&mut self, pages: isize) {
        let page = isize::try_from(self.page.saturating_sub(1).max(1)).unwrap_or(isize::MAX);
        self.scroll_by(pages.saturating_mul(page));
    }

    /// Shows the first line.
    pub fn to_start(&mut self) {
        self.offset = 0;
    }

    /// Shows the last line.
    pub fn to_end(&mut self) {
        self.offset = self.last_offset();
    }

    /// Whether everything that there is fits.
    pub fn fits(&self) -> bool {
        self.total <= self.page
    }

    /// Notes what is there and what fits, and brings the offset back into range.
    pub fn measure(&mut self, total: usize, page: usize) {
        self.total = total;
        self.page = page;
        self.offset = self.offset.min(self.last_offset());
    }

    fn last_offset(&self) -> usize {
        self.total.saturating_sub(self.page)
    }
}

/// Draws a thumb in the one-cell column `area` for `page` of `total` lines from `offset` on; nothing when all fit.
pub fn draw_scrollbar(
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
    offset: usize,
    page: usize,
    total: usize,
) {
    let height = usize::from(area.height);
    if total <= page || height == 0 {
        return;
    }
    let thumb = (page * height / total).clamp(1, height);
    let travel = height - thumb;
    let last_offset = total - page;
    // Rounded, but the thumb touches an end only when the window does.
    let start = match offset.min(last_offset) {
        0 => 0,
        at_end if at_end == last_offset => travel,
        between => {
            (between * travel / last_offset).clamp(travel.min(1), travel.saturating_sub(1).max(travel.min(1)))
        }
    };
    let style = theme.style(Slot::Border);
    for row in start..start + thumb {
        text::put(buffer, area.x, area.y.saturating_add(text::cells(row)), theme.symbols().thumb, 1, style);
    }
}
