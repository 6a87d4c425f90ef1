//! What the palette and the choosers share: a text that narrows a list, and a choice in it.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::super::fuzzy::{Found, rank};
use crate::theme::Theme;
use crate::widgets::picker::{Picker, PickerItem, PickerState};
use crate::widgets::prompt::{InputChange, Prompt};

/// A list that is narrowed down by typing.
pub(super) struct Finder {
    title: String,
    placeholder: &'static str,
    prompt: Prompt,
    items: Vec<PickerItem>,
    /// How many of them are there before anything is typed; all where nothing is said.
    offered: Option<usize>,
    found: Vec<Found>,
    state: PickerState,
}

impl Finder {
    /// All of the items are found at first.
    pub(super) fn new(title: impl Into<String>, placeholder: &'static str, items: Vec<PickerItem>) -> Self {
        let mut finder = Finder {
            title: title.into(),
            placeholder,
            prompt: Prompt::default(),
            items,
            offered: None,
            found: Vec::new(),
            state: PickerState::default(),
        };
        finder.search();
        finder
    }

    /// The same, with only the first so many items there before anything is typed.
    pub(super) fn offering(mut self, count: usize) -> Self {
        self.offered = Some(count);
        self.search();
        self
    }

    /// The place in the whole list of the item that is chosen.
    pub(super) fn chosen(&self) -> Option<usize> {
        self.found.get(self.state.selected).map(|found| found.index)
    }

    /// Puts the cursor on an item of the whole list, if it is among those found.
    pub(super) fn choose(&mut self, index: usize) {
        if let Some(place) = self.found.iter().position(|found| found.index == index) {
            self.state.selected = place;
        }
    }

    /// Goes through what was found.
    pub(super) fn move_by(&mut self, steps: isize) {
        self.state.move_by(steps, self.found.len());
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        if self.prompt.handle_key(key) == InputChange::Edited {
            self.search();
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.prompt.paste(text);
        self.search();
    }

    /// What has been typed.
    pub(super) fn typed(&self) -> &str {
        self.prompt.value()
    }

    /// Adds an item at the end.
    pub(super) fn push(&mut self, item: PickerItem) {
        self.items.push(item);
        self.search();
    }

    /// Takes the last item away.
    pub(super) fn pop(&mut self) {
        self.items.pop();
        self.search();
    }

    fn search(&mut self) {
        let all = |count: usize| (0..count).map(|index| Found { index, matched: Vec::new() }).collect();
        self.found = match self.prompt.value().trim() {
            "" => all(self.offered.unwrap_or(self.items.len())),
            query => rank(query, self.items.iter()),
        };
        self.state.reset();
    }

    /// Draws it; `sign` puts something before the names of items, all of one width.
    pub(super) fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        sign: impl Fn(usize) -> String,
    ) -> Option<Position> {
        let items: Vec<PickerItem> = self
            .found
            .iter()
            .map(|found| {
                let mut item = self.items[found.index].clone();
                let before = sign(found.index);
                let shift = u32::try_from(before.chars().count()).unwrap_or(0);
                item.matched = found.matched.iter().map(|index| index + shift).collect();
                item.text.insert_str(0, &before);
                item
            })
            .collect();
        let picker = Picker {
            title: &self.title,
            input: &self.prompt.input,
            placeholder: self.placeholder,
            items: &items,
            total: self.items.len(),
        };
        picker.draw(area, buffer, theme, &mut self.state)
    }
}
