//! The choosers of namespaces, of which several can be marked, and of a context.

use std::collections::BTreeSet;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Outcome;
use super::finder::Finder;
use crate::platform::object::Symbol;
use crate::platform::text::sanitize;
use crate::theme::Theme;
use crate::widgets::picker::PickerItem;

/// A chooser.
pub(in crate::console) struct Chooser {
    finder: Finder,
    choices: Choices,
}

enum Choices {
    /// The first item stands for all of them.
    Namespaces {
        names: Vec<Symbol>,
        /// How many of them were listed; those after them were typed.
        listed: usize,
        /// Whether others may exist, which could not be listed.
        open_ended: bool,
        marked: BTreeSet<usize>,
        touched: bool,
    },
    Contexts(Vec<String>),
}

impl Chooser {
    /// Chooses among these namespaces; those that are shown now are marked. Where the list may lack some
    /// (`open_ended`), a name that is not on it can be typed.
    pub(in crate::console) fn namespaces(
        names: Vec<(Symbol, String)>,
        shown: &[Symbol],
        open_ended: bool,
    ) -> Self {
        let mut items = vec![PickerItem { text: "all namespaces".to_owned(), ..PickerItem::default() }];
        items.extend(names.iter().map(|(name, description)| PickerItem {
            text: sanitize(name).into_owned(),
            description: description.clone(),
            ..PickerItem::default()
        }));
        let names: Vec<Symbol> = names.into_iter().map(|(name, _)| name).collect();
        let marked: BTreeSet<usize> =
            (0..names.len()).filter(|index| shown.contains(&names[*index])).map(|index| index + 1).collect();
        let mut finder = Finder::new("Namespaces", "type to find, space marks several", items);
        finder.choose(marked.first().copied().unwrap_or(0));
        let listed = names.len();
        Chooser { finder, choices: Choices::Namespaces { names, listed, open_ended, marked, touched: false } }
    }

    /// Chooses among these contexts.
    pub(in crate::console) fn contexts(names: Vec<(String, String)>, here: &str) -> Self {
        let items = names
            .iter()
            .map(|(name, description)| PickerItem {
                text: name.clone(),
                description: description.clone(),
                ..PickerItem::default()
            })
            .collect();
        let mut finder = Finder::new("Contexts", "type to find", items);
        finder.choose(names.iter().position(|(name, _)| name == here).unwrap_or(0));
        Chooser { finder, choices: Choices::Contexts(names.into_iter().map(|(name, _)| name).collect()) }
    }

    pub(super) fn command(&mut self, action: &str) -> Outcome {
        match action {
            "cursor.down" => self.finder.move_by(1),
            "cursor.up" => self.finder.move_by(-1),
            "dialog.cancel" => return Outcome::Close,
            "dialog.accept" => return self.accept(),
            _ => return Outcome::Unknown,
        }
        Outcome::Stay
    }

    fn accept(&self) -> Outcome {
        let Some(chosen) = self.finder.chosen() else { return Outcome::Stay };
        match &self.choices {
            Choices::Contexts(names) => names.get(chosen).cloned().map_or(Outcome::Stay, Outcome::Switch),
            Choices::Namespaces { names, listed, marked, touched, .. } => {
                // Without a mark made here, enter means the one under the cursor, whatever was shown before.
                let one = BTreeSet::from([chosen]);
                let wanted = if *touched && !marked.is_empty() { marked } else { &one };
                let chosen: Vec<Symbol> =
                    wanted.iter().filter_map(|index| names.get(index.checked_sub(1)?).cloned()).collect();
                // Nothing is read from a namespace that was not known when the console began.
                let unknown = wanted.iter().any(|index| index > listed);
                if unknown { Outcome::Watch(chosen) } else { Outcome::Namespaces(chosen) }
            }
        }
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        match (&mut self.choices, key.code) {
            // No name of a namespace holds a blank.
            (Choices::Namespaces { marked, touched, .. }, KeyCode::Char(' ') | KeyCode::Tab) => {
                *touched = true;
                match self.finder.chosen() {
                    Some(0) => marked.clear(),
                    Some(index) if !marked.remove(&index) => {
                        marked.insert(index);
                    }
                    _ => {}
                }
                self.finder.move_by(1);
            }
            _ => {
                self.finder.type_key(key);
                self.offer_typed();
            }
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.finder.paste(text);
        self.offer_typed();
    }

    /// Offers what was typed as a namespace, where the list may lack it; a former offer goes unless it was marked.
    fn offer_typed(&mut self) {
        let Choices::Namespaces { names, listed, open_ended: true, marked, .. } = &mut self.choices else {
            return;
        };
        if names.len() > *listed && !marked.contains(&names.len()) {
            names.pop();
            self.finder.pop();
        }
        let typed = self.finder.typed().trim().to_owned();
        if is_name(&typed) && !names.iter().any(|name| **name == *typed) {
            names.push(Symbol::from(typed.as_str()));
            let description = "not listed; the console begins again on it".to_owned();
            let text = format!("use `{typed}`");
            self.finder.push(PickerItem { text, description, ..PickerItem::default() });
        }
    }

    pub(super) fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Option<Position> {
        let mark = theme.symbols().mark;
        match &self.choices {
            Choices::Contexts(_) => self.finder.draw(area, buffer, theme, |_| String::new()),
            Choices::Namespaces { marked, .. } => {
                let is_marked =
                    |index: usize| if index == 0 { marked.is_empty() } else { marked.contains(&index) };
                self.finder.draw(area, buffer, theme, |index| {
                    format!("{} ", if is_marked(index) { mark } else { " " })
                })
            }
        }
    }
}

/// Whether a namespace can be called that: an RFC 1123 label.
fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    let ends = bytes.first().copied().is_some_and(plain) && bytes.last().copied().is_some_and(plain);
    ends && bytes.len() <= 63 && bytes.iter().all(|&byte| plain(byte) || byte == b'-')
}
