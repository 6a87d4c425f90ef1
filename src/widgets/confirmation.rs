//! The typed confirmation: what must be typed, what has been typed, never prefilled and never pasted.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use tui_input::Input;

use super::prompt::{self, InputChange};
use super::text;
use crate::theme::{Slot, Theme};

/// A text that has to be typed, letter by letter, before something dangerous may begin.
#[derive(Debug, Clone)]
pub struct TypedConfirmation {
    expected: String,
    input: Input,
    paste_refused: bool,
}

impl TypedConfirmation {
    /// Asks for `expected`. Nothing is typed yet, and nothing can be given to begin from.
    pub fn new(expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), input: Input::default(), paste_refused: false }
    }

    /// What must be typed.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What has been typed.
    pub fn typed(&self) -> &str {
        self.input.value()
    }

    /// Whether exactly the right text has been typed. An empty expectation is never fulfilled.
    pub fn is_complete(&self) -> bool {
        !self.expected.is_empty() && self.input.value() == self.expected
    }

    /// Gives a key to the field.
    pub fn handle_key(&mut self, key: KeyEvent) -> InputChange {
        let change = prompt::edit(&mut self.input, key);
        if change == InputChange::Edited {
            self.paste_refused = false;
        }
        change
    }

    /// Refuses pasted text, and says so until something is typed.
    pub fn refuse_paste(&mut self) {
        self.paste_refused = true;
    }

    /// Whether the last thing that happened was a paste.
    pub fn paste_was_refused(&self) -> bool {
        self.paste_refused
    }

    /// How many rows the field takes.
    pub const HEIGHT: u16 = 3;

    /// Draws the field, and returns where the terminal's cursor belongs. In one row only the input is drawn.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) -> Option<Position> {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return None;
        }
        let mut y = area.y;
        if area.height > 1 {
            let x = text::put(buffer, area.x, y, "Type ", area.width, base.patch(theme.style(Slot::Text)));
            let room = area.right().saturating_sub(x);
            let strong = base.patch(theme.style(Slot::Strong));
            let x =
                text::put_truncated(buffer, (x, y), &self.expected, room, theme.symbols().ellipsis, strong);
            let room = area.right().saturating_sub(x);
            text::put(buffer, x, y, " to confirm", room, base.patch(theme.style(Slot::Text)));
            y += 1;
        }
        let cursor = self.draw_field(Rect { y, height: 1, ..area }, buffer, theme, base);
        if area.height > 2 {
            let (note, slot) = self.note();
            let ellipsis = theme.symbols().ellipsis;
            let at = (area.x, y + 1);
            text::put_truncated(buffer, at, note, area.width, ellipsis, base.patch(theme.style(slot)));
        }
        cursor
    }

    fn draw_field(&self, row: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) -> Option<Position> {
        let (symbol, slot) = if self.is_complete() {
            (theme.symbols().good, Slot::Good)
        } else if self.is_on_the_way() {
            (theme.symbols().waiting, Slot::Waiting)
        } else {
            (theme.symbols().bad, Slot::Bad)
        };
        let style = base.patch(theme.style(slot));
        let x = text::put(buffer, row.x, row.y, symbol, 1, style);
        let x = text::put(buffer, x, row.y, " ", row.width.saturating_sub(1), base);
        let field = Rect { x, width: row.right().saturating_sub(x), ..row };
        let ground = base.patch(theme.style(Slot::Input));
        let text_style = if self.input.value().is_empty() { ground } else { ground.patch(theme.style(slot)) };
        prompt::draw_input(&self.input, field, buffer, text_style)
    }

    /// Whether what has been typed is the beginning of what is asked for.
    fn is_on_the_way(&self) -> bool {
        self.expected.starts_with(self.input.value())
    }

    fn note(&self) -> (&'static str, Slot) {
        if self.paste_refused {
            ("Pasting is refused here: the name has to be typed", Slot::Warning)
        } else if self.is_complete() {
            ("Matches", Slot::Good)
        } else if self.is_on_the_way() {
            ("Typed, not pasted", Slot::Muted)
        } else {
            ("This is not what is asked for", Slot::Bad)
        }
    }
}
