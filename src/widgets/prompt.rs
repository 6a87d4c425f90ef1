//! A one-line input with its label, an error and suggestions beneath.

use crossterm::event::{Event, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use tui_input::backend::crossterm::EventHandler;
use tui_input::{Input, InputRequest};

use super::text::{self, Truncate};
use crate::theme::{Slot, Theme};

/// What a key did to an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputChange {
    /// Nothing: the key is somebody else's.
    Ignored,
    /// The cursor moved.
    Moved,
    /// The text changed.
    Edited,
}

/// One proposal beneath a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What would be entered.
    pub text: String,
    /// What it means; may be empty.
    pub description: String,
}

/// A one-line input.
#[derive(Debug, Clone, Default)]
pub struct Prompt {
    /// What is asked for; stands before the text.
    pub label: String,
    /// The text and its cursor.
    pub input: Input,
    /// What is wrong with the text.
    pub error: Option<String>,
    /// What could be meant.
    pub suggestions: Vec<Suggestion>,
    /// The suggestion that is chosen.
    pub selected: Option<usize>,
}

impl Prompt {
    /// A prompt with a text to begin from.
    pub fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), input: Input::new(text.into()), ..Self::default() }
    }

    /// The text.
    pub fn value(&self) -> &str {
        self.input.value()
    }

    /// Gives a key to the input. Enter, Escape, Tab and the arrows up and down are the caller's.
    pub fn handle_key(&mut self, key: KeyEvent) -> InputChange {
        edit(&mut self.input, key)
    }

    /// Inserts pasted text: its first line, without control characters.
    pub fn paste(&mut self, pasted: &str) -> InputChange {
        let line = pasted.trim_start().lines().next().unwrap_or("");
        let mut change = InputChange::Ignored;
        for character in line.chars().filter(|character| !character.is_control()) {
            self.input.handle(InputRequest::InsertChar(character));
            change = InputChange::Edited;
        }
        change
    }

    /// Moves the choice among the suggestions, round at the ends.
    pub fn select_by(&mut self, steps: isize) {
        let count = self.suggestions.len();
        if count == 0 {
            self.selected = None;
            return;
        }
        let count = isize::try_from(count).unwrap_or(isize::MAX);
        let from = match self.selected {
            Some(index) => isize::try_from(index).unwrap_or(0),
            None if steps > 0 => -1,
            None => 0,
        };
        self.selected = usize::try_from((from + steps).rem_euclid(count)).ok();
    }

    /// Puts the chosen suggestion in the place of the text.
    pub fn accept_selected(&mut self) -> InputChange {
        let Some(suggestion) = self.selected.and_then(|index| self.suggestions.get(index)) else {
            return InputChange::Ignored;
        };
        self.input = Input::new(suggestion.text.clone());
        InputChange::Edited
    }

    /// How many rows the prompt wants.
    pub fn height(&self) -> u16 {
        1 + u16::from(self.error.is_some()) + text::cells(self.suggestions.len())
    }

    /// Draws the prompt from the top of the area, and returns where the terminal's cursor belongs.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) -> Option<Position> {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return None;
        }
        let label_style = base.patch(theme.style(Slot::Accent));
        // The text needs room more than its label does.
        let label_room = area.width / 2;
        let ellipsis = theme.symbols().ellipsis;
        let mut x =
            text::put_truncated(buffer, (area.x, area.y), &self.label, label_room, ellipsis, label_style);
        if x > area.x {
            x = text::put(buffer, x, area.y, " ", 1, base);
        }
        let field = Rect { x, width: area.right().saturating_sub(x), height: 1, ..area };
        let cursor = draw_input(&self.input, field, buffer, base.patch(theme.style(Slot::Input)));
        let mut y = area.y + 1;
        if let Some(error) = &self.error
            && y < area.bottom()
        {
            let message = format!("{} {error}", theme.symbols().bad);
            text::put_truncated(
                buffer,
                (area.x, y),
                &message,
                area.width,
                ellipsis,
                base.patch(theme.style(Slot::Bad)),
            );
            y += 1;
        }
        self.draw_suggestions(Rect { y, height: area.bottom() - y, ..area }, buffer, theme, base);
        cursor
    }

    fn draw_suggestions(&self, area: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) {
        let page = usize::from(area.height);
        if page == 0 {
            return;
        }
        let first = self.selected.map_or(0, |selected| (selected + 1).saturating_sub(page));
        let widest = self.suggestions.iter().map(|one| text::width(&one.text)).max().unwrap_or(0);
        let column = text::cells(widest).min(area.width / 2) + 4;
        let ellipsis = theme.symbols().ellipsis;
        for (row, (index, one)) in self.suggestions.iter().enumerate().skip(first).take(page).enumerate() {
            let y = area.y.saturating_add(text::cells(row));
            let chosen = self.selected == Some(index);
            let gutter = if chosen { theme.symbols().cursor } else { " " };
            text::put(buffer, area.x, y, gutter, 1, base.patch(theme.style(Slot::Accent)));
            let room = column.saturating_sub(4);
            let cut = text::truncate(&one.text, usize::from(room), Truncate::End, ellipsis);
            let at = area.x.saturating_add(2);
            text::put(buffer, at, y, &cut, area.width.saturating_sub(2), base.patch(theme.style(Slot::Text)));
            let room = area.width.saturating_sub(column);
            let at = (area.x.saturating_add(column), y);
            text::put_truncated(
                buffer,
                at,
                &one.description,
                room,
                ellipsis,
                base.patch(theme.style(Slot::Muted)),
            );
            if chosen {
                buffer.set_style(Rect { y, height: 1, ..area }, theme.style(Slot::Cursor));
            }
        }
    }
}

/// Gives a key to an input.
pub fn edit(input: &mut Input, key: KeyEvent) -> InputChange {
    match input.handle_event(&Event::Key(key)) {
        Some(changed) if changed.value => InputChange::Edited,
        Some(_) => InputChange::Moved,
        None => InputChange::Ignored,
    }
}

/// Draws an input in one row, scrolled so that its cursor shows, and returns where the cursor is.
pub fn draw_input(input: &Input, field: Rect, buffer: &mut Buffer, style: Style) -> Option<Position> {
    let field = field.intersection(buffer.area);
    if field.is_empty() {
        return None;
    }
    buffer.set_style(Rect { height: 1, ..field }, style);
    // The last cell is the cursor's own when it stands after the text.
    let scroll = input.visual_scroll(usize::from(field.width.saturating_sub(1)));
    let value = input.value();
    let shown = &value[text::prefix(value, scroll)..];
    text::put(buffer, field.x, field.y, shown, field.width, style);
    let column = text::cells(input.visual_cursor().saturating_sub(scroll)).min(field.width - 1);
    Some(Position::new(field.x + column, field.y))
}
