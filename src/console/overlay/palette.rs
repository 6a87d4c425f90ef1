//! The palette: every action and every place, by a few letters.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Outcome;
use super::finder::Finder;
use crate::actions::Action;
use crate::panes::Place;
use crate::platform::object::Symbol;
use crate::theme::Theme;
use crate::widgets::picker::PickerItem;

/// What an entry leads to.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::console) enum Goal {
    /// An action; what it needs and was not given is asked for.
    Perform(Action),
    /// A place.
    Open(Place),
    /// These namespaces.
    Namespaces(Vec<Symbol>),
}

/// One entry.
pub(in crate::console) struct PaletteEntry {
    /// How it looks.
    pub(in crate::console) item: PickerItem,
    /// What it leads to.
    pub(in crate::console) goal: Goal,
}

/// The palette.
pub(in crate::console) struct Palette {
    finder: Finder,
    goals: Vec<Option<Goal>>,
}

impl Palette {
    /// The palette of these entries, and of more that are found only by typing.
    pub(in crate::console) fn new(mut entries: Vec<PaletteEntry>, more: Vec<PaletteEntry>) -> Self {
        let offered = entries.len();
        entries.extend(more);
        // What is refused stays in sight, so that one learns why.
        let goals =
            entries.iter().map(|entry| entry.item.refused.is_none().then(|| entry.goal.clone())).collect();
        let items = entries.into_iter().map(|entry| entry.item).collect();
        let finder = Finder::new("Actions and places", "type a few letters", items).offering(offered);
        Palette { finder, goals }
    }

    pub(super) fn command(&mut self, action: &str) -> Outcome {
        match action {
            "cursor.down" => self.finder.move_by(1),
            "cursor.up" => self.finder.move_by(-1),
            "dialog.cancel" => return Outcome::Close,
            "dialog.accept" => {
                let goal = self.finder.chosen().and_then(|index| self.goals.get(index)?.clone());
                return match goal {
                    Some(Goal::Perform(action)) => Outcome::Perform(action),
                    Some(Goal::Open(place)) => Outcome::Open(place),
                    Some(Goal::Namespaces(namespaces)) => Outcome::Namespaces(namespaces),
                    None => Outcome::Stay,
                };
            }
            _ => return Outcome::Unknown,
        }
        Outcome::Stay
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        self.finder.type_key(key);
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.finder.paste(text);
    }

    pub(super) fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Option<Position> {
        self.finder.draw(area, buffer, theme, |_| String::new())
    }
}
