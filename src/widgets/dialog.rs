//! A modal panel: a question, its reasons, and the keys that answer it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::confirmation::TypedConfirmation;
use super::detail::{self, Section};
use super::hints::{self, Hint};
use super::panel::{self, Panel};
use super::prompt::Prompt;
use super::scroll::ScrollState;
use super::text;
use crate::theme::{Slot, Theme};

/// The widest a dialog gets, in cells: longer lines are hard to read.
const WIDEST: u16 = 96;
/// Frame and padding, left and right together.
pub const SIDES: usize = 4;

/// How wide a dialog is in such an area, in cells, its frame included.
pub fn width(outer: Rect) -> u16 {
    let margin = if outer.width >= 60 { 8 } else { 0 };
    outer.width.saturating_sub(margin).min(WIDEST)
}

/// The field that a dialog asks to be filled.
#[derive(Debug, Clone, Copy)]
pub enum Field<'a> {
    /// None.
    None,
    /// A line of input.
    Prompt(&'a Prompt),
    /// The name of what the dialog is about.
    Confirmation(&'a TypedConfirmation),
}

impl Field<'_> {
    fn height(self) -> u16 {
        match self {
            Field::None => 0,
            Field::Prompt(prompt) => prompt.height(),
            Field::Confirmation(_) => TypedConfirmation::HEIGHT,
        }
    }

    fn draw(self, area: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) -> Option<Position> {
        match self {
            Field::None => None,
            Field::Prompt(prompt) => prompt.draw(area, buffer, theme, base),
            Field::Confirmation(confirmation) => confirmation.draw(area, buffer, theme, base),
        }
    }
}

/// A modal panel, for one frame.
#[derive(Debug, Clone, Copy)]
pub struct Dialog<'a> {
    /// The title, on the frame.
    pub title: &'a str,
    /// Whether the matter is dangerous: another ground, and a warning symbol before the title.
    pub danger: bool,
    /// What there is to know; scrolls when it does not fit.
    pub body: &'a [Section],
    /// What there is to fill in.
    pub field: Field<'a>,
    /// The keys that answer.
    pub footer: &'a [Hint],
}

impl Dialog<'_> {
    /// Draws the dialog in the middle of `outer`, and returns where the terminal's cursor belongs.
    pub fn draw(
        &self,
        outer: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        state: &mut ScrollState,
    ) -> Option<Position> {
        let outer = outer.intersection(buffer.area);
        if outer.is_empty() {
            return None;
        }
        let area = self.place(outer);
        let ground = if self.danger { Slot::DialogDanger } else { Slot::Dialog };
        let title = if self.danger {
            format!("{} {}", theme.symbols().warning, self.title)
        } else {
            self.title.to_owned()
        };
        let panel = Panel {
            frame: if self.danger { ground } else { Slot::BorderFocused },
            title_slot: if self.danger { ground } else { Slot::Title },
            ground: Some(ground),
            ..Panel::new(&title)
        };
        let inner = panel.draw(area, buffer, theme);
        self.draw_inner(inner, buffer, theme, panel.base(theme), state)
    }

    /// The field and the keys come first when there is little room; the body can be scrolled.
    fn draw_inner(
        &self,
        inner: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        base: Style,
        state: &mut ScrollState,
    ) -> Option<Position> {
        let footer = u16::from(!self.footer.is_empty() && inner.height > 1);
        let above_footer = inner.height - footer;
        let field = self.field.height().min(above_footer.saturating_sub(1).max(above_footer.min(1)));
        let body = above_footer - field;
        // Blank lines are a luxury: one above the field, one above the keys, while the body still fits.
        let lines = text::cells(detail::lay_out(self.body, inner.width.saturating_sub(2).max(1)).len());
        let spare = body.saturating_sub(lines);
        let gap_field = u16::from(field > 0 && spare > 0);
        let gap_footer = u16::from(footer > 0 && spare > gap_field);
        let body = body - gap_field - gap_footer;

        detail::draw(self.body, Rect { height: body, ..inner }, buffer, theme, base, state);
        let field_area = Rect { y: inner.y + body + gap_field, height: field, ..inner };
        let cursor = self.field.draw(field_area, buffer, theme, base);
        if footer > 0 {
            let row = Rect { y: inner.bottom() - 1, height: 1, ..inner };
            hints::draw(self.footer, row, buffer, theme, base);
        }
        cursor
    }

    /// Whether all of it can be seen at once in the middle of `outer`.
    pub fn fits(&self, outer: Rect) -> bool {
        let width = self.place(outer).width.saturating_sub(text::cells(SIDES + 2)).max(1);
        let footer = usize::from(!self.footer.is_empty());
        let lines = detail::lay_out(self.body, width).len() + usize::from(self.field.height()) + footer;
        lines + 2 <= usize::from(outer.height)
    }

    /// As large as its content, within the outer area and with a margin where there is room for one.
    fn place(&self, outer: Rect) -> Rect {
        let width = width(outer);
        let lines = detail::lay_out(self.body, width.saturating_sub(text::cells(SIDES + 2)).max(1));
        let gaps = u16::from(self.field.height() > 0) + u16::from(!self.footer.is_empty());
        let content = text::cells(lines.len())
            .saturating_add(self.field.height())
            .saturating_add(u16::from(!self.footer.is_empty()))
            .saturating_add(gaps);
        panel::centered(outer, width, content.saturating_add(2))
    }
}
