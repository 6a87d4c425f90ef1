//! One frame: the bar, the tabs, the pane with its heading and filter, notifications and hints, and what stands above them.

mod areas;
mod plain;
mod status;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use self::areas::{Areas, Wanted};
use super::deck::Deck;
use super::overlay::Overlay;
use crate::clients::kubernetes::SignInState;
use crate::panes::ViewContext;
use crate::platform::text::sanitize;
use crate::theme::{Slot, Theme};
use crate::widgets::notes::{Gravity, Note};
use crate::widgets::{bar, hints, notes, panel, tabs, text, whichkey};

/// The most notifications that are shown at once.
const MOST_NOTES: usize = 3;

impl Deck {
    /// Draws the whole frame, and tells where the terminal's cursor belongs. Reads no server, file or clock but the
    /// injected one, so that a snapshot needs no terminal.
    pub fn draw(&mut self, buffer: &mut Buffer, area: Rect) -> Option<Position> {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return None;
        }
        // The theme is taken along by value: it is a table of styles.
        let theme = self.themes.current().clone();
        panel::clear(area, buffer, theme.style(Slot::Background));
        let notes = self.shown_notes();
        let filter = match &self.overlay {
            Some(Overlay::Filter(prompt)) => prompt.height(),
            _ => 0,
        };
        let areas = Areas::lay_out(area, Wanted { filter, notes: text::cells(notes.len()) });
        self.draw_surroundings(&areas, &notes, buffer, &theme);
        let typed = self.draw_filter(areas.filter, buffer, &theme);
        self.draw_pane(areas.pane, buffer, &theme);
        self.draw_continuations(area, buffer, &theme);
        let keys = self.answer_keys();
        let above = match &mut self.overlay {
            Some(overlay) => overlay.draw(area, buffer, &theme, &self.operations, &keys),
            None => None,
        };
        if theme.symbols().horizontal.is_ascii() {
            plain::fold(area, buffer);
        }
        above.or(typed)
    }

    fn draw_surroundings(&self, areas: &Areas, notes: &[Note], buffer: &mut Buffer, theme: &Theme) {
        let base = theme.style(Slot::Background);
        if let Some(row) = areas.bar {
            let (left, right) = self.status(row.width);
            bar::draw(&left, &right, row, buffer, theme);
        }
        if let Some(row) = areas.tabs {
            let (strip, active) = self.tabs();
            tabs::draw(&strip, active, row, buffer, theme, base);
        }
        if let Some(row) = areas.heading {
            self.draw_heading(row, buffer, theme);
        }
        if let Some(area) = areas.notes {
            notes::draw(notes, area, buffer, theme, base);
        }
        if let Some(row) = areas.hints {
            self.draw_hints(row, buffer, theme, base);
        }
    }

    /// Where one is: the places that led here, and what is shown.
    fn draw_heading(&self, row: Rect, buffer: &mut Buffer, theme: &Theme) {
        let pane = self.stack.pane();
        let mut trail = self.trail();
        trail.pop();
        let heading = pane.heading(&self.picture);
        // The heading says itself what the pane is narrowed to.
        if trail.last().is_some_and(|last| heading.split(" · ").any(|part| part == last)) {
            trail.pop();
        }
        trail.push(heading);
        let places: Vec<&str> = trail.iter().map(String::as_str).collect();
        bar::draw_breadcrumb(&places, row, buffer, theme);
    }

    fn draw_filter(&self, area: Option<Rect>, buffer: &mut Buffer, theme: &Theme) -> Option<Position> {
        match (&self.overlay, area) {
            (Some(Overlay::Filter(prompt)), Some(area)) => prompt.draw(area, buffer, theme),
            _ => None,
        }
    }

    fn draw_pane(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let now = self.now();
        let contexts = [self.stack.pane().id().word(), super::bindings::TABLE, super::bindings::GLOBAL];
        let setting = &self.setting;
        let key_of = |action: &str| setting.key_of(&contexts, action);
        let context = ViewContext {
            picture: &self.picture,
            theme,
            now,
            server: &setting.server,
            key_of: &key_of,
            focused: matches!(self.overlay, None | Some(Overlay::Filter(_))),
        };
        self.stack.pane_mut().view(buffer, area, &context);
    }

    fn draw_hints(&self, row: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) {
        let padded = if row.width > 20 { Rect { x: row.x + 1, width: row.width - 2, ..row } } else { row };
        match self.notes.current_hint() {
            Some(hint) => {
                let style = base.patch(theme.style(Slot::Waiting));
                let at = (padded.x, padded.y);
                text::put_truncated(buffer, at, hint, padded.width, theme.symbols().ellipsis, style);
            }
            None if self.overlay.is_none() => {
                hints::draw(&self.hints(), padded, buffer, theme, base);
            }
            None => {}
        }
    }

    fn draw_continuations(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        if let Some((typed, entries)) = self.continuations() {
            whichkey::draw(&typed, &entries, area, buffer, theme);
        }
    }

    /// The notifications, with what waits for a person last, next to the keys.
    fn shown_notes(&self) -> Vec<Note> {
        let mut shown = self.notes.latest(MOST_NOTES, self.now());
        if let SignInState::Broken { reason, .. } = &self.sign_in {
            let text =
                sanitize(&format!("no credential for {}: {reason}", self.setting.context)).into_owned();
            shown.push(Note { gravity: Gravity::Error, text, when: String::new() });
        }
        if let SignInState::Wanted { plugin, reason } = &self.sign_in {
            let key = self.setting.key_of(&[super::bindings::GLOBAL], "console.sign-in").unwrap_or_default();
            let text = format!("{plugin} wants you to sign in: {key} hands it the terminal ({reason})");
            let text = sanitize(&text).into_owned();
            shown.push(Note { gravity: Gravity::Warning, text, when: String::new() });
        }
        shown
    }
}
