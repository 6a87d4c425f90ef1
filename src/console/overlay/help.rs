//! Every key that does something here, as the keymap and the registry have it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Outcome, closes, scroll};
use crate::theme::{Slot, Theme};
use crate::widgets::help::{self, KeyGroup};
use crate::widgets::panel::{self, Panel};
use crate::widgets::scroll::ScrollState;
use crate::widgets::text;

/// The help.
pub(in crate::console) struct Help {
    title: String,
    groups: Vec<KeyGroup>,
    scroll: ScrollState,
}

impl Help {
    /// The help of these groups of keys.
    pub(in crate::console) fn new(title: String, groups: Vec<KeyGroup>) -> Self {
        Help { title, groups, scroll: ScrollState::default() }
    }

    pub(super) fn command(&mut self, action: &str) -> Outcome {
        if closes(action) {
            return Outcome::Close;
        }
        if scroll(&mut self.scroll, action) { Outcome::Stay } else { Outcome::Unknown }
    }

    pub(super) fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Option<Position> {
        let margin = if area.width >= 60 { 6 } else { 0 };
        let width = area.width.saturating_sub(margin);
        let lines =
            help::lay_out(&self.groups, width.saturating_sub(6).max(1), theme.symbols().ellipsis).len();
        let place = panel::centered(area, width, text::cells(lines).saturating_add(2));
        let panel =
            Panel { frame: Slot::BorderFocused, ground: Some(Slot::Dialog), ..Panel::new(&self.title) };
        let inner = panel.draw(place, buffer, theme);
        help::draw(&self.groups, inner, buffer, theme, panel.base(theme), &mut self.scroll);
        None
    }
}
