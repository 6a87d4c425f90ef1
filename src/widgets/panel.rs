//! Framed panels: the ground of dialogs, pickers and popups.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::text;
use crate::theme::{Slot, Theme};

/// A frame with a title on its upper edge.
#[derive(Debug, Clone, Copy)]
pub struct Panel<'a> {
    /// The title; empty for none.
    pub title: &'a str,
    /// A remark at the right end of the upper edge, such as a count; empty for none.
    pub remark: &'a str,
    /// The style of the frame.
    pub frame: Slot,
    /// The style of the title.
    pub title_slot: Slot,
    /// The style of the ground; `None` leaves what is beneath visible.
    pub ground: Option<Slot>,
}

impl<'a> Panel<'a> {
    /// A panel with the ordinary frame and no ground of its own.
    pub fn new(title: &'a str) -> Self {
        Self { title, remark: "", frame: Slot::Border, title_slot: Slot::Title, ground: None }
    }

    /// The style beneath everything in the panel.
    pub fn base(&self, theme: &Theme) -> Style {
        self.ground.map_or_else(Style::default, |slot| theme.style(slot))
    }

    /// Draws the panel and returns the room inside it, a cell of padding left and right where that fits.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Rect {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return Rect::new(area.x, area.y, 0, 0);
        }
        let base = self.base(theme);
        if self.ground.is_some() {
            clear(area, buffer, base);
        }
        // Too small for a frame: the content needs every cell.
        if area.width < 8 || area.height < 3 {
            return area;
        }
        let style = base.patch(theme.style(self.frame));
        self.draw_frame(area, buffer, theme, style);
        self.draw_titles(area, buffer, theme, base, style);
        let padding = u16::from(area.width >= 24);
        let inset = 1 + padding;
        Rect::new(area.x + inset, area.y + 1, area.width - 2 * inset, area.height - 2)
    }

    fn draw_frame(&self, area: Rect, buffer: &mut Buffer, theme: &Theme, style: Style) {
        let symbols = theme.symbols();
        let (left, right) = (area.x, area.right() - 1);
        let (top, bottom) = (area.y, area.bottom() - 1);
        for x in left + 1..right {
            text::put(buffer, x, top, symbols.horizontal, 1, style);
            text::put(buffer, x, bottom, symbols.horizontal, 1, style);
        }
        for y in top + 1..bottom {
            text::put(buffer, left, y, symbols.vertical, 1, style);
            text::put(buffer, right, y, symbols.vertical, 1, style);
        }
        text::put(buffer, left, top, symbols.top_left, 1, style);
        text::put(buffer, right, top, symbols.top_right, 1, style);
        text::put(buffer, left, bottom, symbols.bottom_left, 1, style);
        text::put(buffer, right, bottom, symbols.bottom_right, 1, style);
    }

    fn draw_titles(&self, area: Rect, buffer: &mut Buffer, theme: &Theme, base: Style, frame: Style) {
        let room = area.width.saturating_sub(4);
        let mut used = 0;
        if !self.title.is_empty() {
            let style = base.patch(theme.style(self.title_slot));
            let title = text::truncate(
                self.title,
                usize::from(room.saturating_sub(2)),
                text::Truncate::End,
                theme.symbols().ellipsis,
            );
            let after = text::put(buffer, area.x + 2, area.y, " ", 1, frame);
            let after = text::put(buffer, after, area.y, &title, room, style);
            used = text::put(buffer, after, area.y, " ", 1, frame) - area.x;
        }
        let remark = text::cells(text::width(self.remark));
        if remark > 0 && used + remark + 5 <= area.width {
            let style = base.patch(theme.style(Slot::Muted));
            let start = area.right() - remark - 4;
            let after = text::put(buffer, start, area.y, " ", 1, frame);
            let after = text::put(buffer, after, area.y, self.remark, remark, style);
            text::put(buffer, after, area.y, " ", 1, frame);
        }
    }
}

/// Blanks an area and gives it a style, whatever was drawn there before.
pub fn clear(area: Rect, buffer: &mut Buffer, style: Style) {
    let area = area.intersection(buffer.area);
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let cell = &mut buffer[(x, y)];
            cell.reset();
            cell.set_style(style);
        }
    }
}

/// Draws a horizontal rule.
pub fn rule(area: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) {
    let style = base.patch(theme.style(Slot::Border));
    for x in area.left()..area.right() {
        text::put(buffer, x, area.y, theme.symbols().horizontal, 1, style);
    }
}

/// The middle of `outer`, at most `width` by `height`, a little above the centre where the eye rests.
pub fn centered(outer: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(outer.width);
    let height = height.min(outer.height);
    let x = outer.x + (outer.width - width) / 2;
    let y = outer.y + (outer.height - height) * 2 / 5;
    Rect::new(x, y, width, height)
}
