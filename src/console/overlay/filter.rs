//! The filter, as it is typed.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Outcome;
use crate::theme::{Slot, Theme};
use crate::widgets::prompt::Prompt;

/// The prompt of the filter.
pub(in crate::console) struct FilterPrompt {
    prompt: Prompt,
    former: String,
}

impl FilterPrompt {
    /// Begins with the filter that there is.
    pub(in crate::console) fn new(former: &str) -> Self {
        FilterPrompt { prompt: Prompt::new("/", former), former: former.to_owned() }
    }

    /// What has been typed.
    pub(in crate::console) fn text(&self) -> &str {
        self.prompt.value()
    }

    /// Says what is wrong with it, if anything is.
    pub(in crate::console) fn set_error(&mut self, error: Option<String>) {
        self.prompt.error = error;
    }

    /// The rows that it wants.
    pub(in crate::console) fn height(&self) -> u16 {
        self.prompt.height()
    }

    pub(super) fn command(&mut self, action: &str) -> Outcome {
        match action {
            // What means nothing is not taken: nothing of it is lost either.
            "dialog.accept" if self.prompt.error.is_some() => Outcome::Stay,
            "dialog.accept" => Outcome::Close,
            "dialog.cancel" => Outcome::RestoreFilter(self.former.clone()),
            "cursor.down" | "cursor.up" => Outcome::Stay,
            _ => Outcome::Unknown,
        }
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        self.prompt.handle_key(key);
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.prompt.paste(text);
    }

    /// Draws it, and tells where the terminal's cursor belongs.
    pub(in crate::console) fn draw(
        &self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
    ) -> Option<Position> {
        self.prompt.draw(area, buffer, theme, theme.style(Slot::Filter))
    }
}
