//! What can stand above the pane, one at a time: it has the keys while it is there.

mod arguments;
mod chooser;
mod filter;
mod finder;
mod help;
mod journal;
mod operation;
mod palette;
mod scale;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::actions::Action;
use crate::operations::Answer;
use crate::panes::Place;
use crate::platform::object::Symbol;
use crate::theme::Theme;

use super::bindings::{DIALOG, GLOBAL, PROMPT, TABLE};
use super::operations::{Desk, Target};

pub(super) use arguments::{ArgumentPrompt, missing};
pub(super) use chooser::Chooser;
pub(super) use filter::FilterPrompt;
pub(super) use help::Help;
pub(super) use journal::JournalView;
pub(super) use operation::OperationDialog;
pub(super) use palette::{Goal, Palette, PaletteEntry};
pub(super) use scale::ScalePrompt;

/// What stands above the pane.
pub(super) enum Overlay {
    /// The filter is being typed.
    Filter(FilterPrompt),
    /// Something is looked for among actions and places.
    Palette(Palette),
    /// Namespaces or a context are chosen.
    Chooser(Chooser),
    /// An argument of an action is asked for.
    Arguments(ArgumentPrompt),
    /// The counts of a scaling are asked for.
    Scale(ScalePrompt),
    /// An operation is checked, asked about, followed.
    Operation(OperationDialog),
    /// The keys are shown.
    Help(Help),
    /// The journal is shown.
    Journal(JournalView),
}

/// What comes of a key in an overlay.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// It stays.
    Stay,
    /// It goes.
    Close,
    /// It goes, and its former filter is put back.
    RestoreFilter(String),
    /// It goes, and the action is performed.
    Perform(Action),
    /// It goes, and the place is opened.
    Open(Place),
    /// It goes, and these namespaces are shown; none means all.
    Namespaces(Vec<Symbol>),
    /// It goes, and the console begins again on these namespaces, of which some were not known.
    Watch(Vec<Symbol>),
    /// It goes, and so does the console, to another context.
    Switch(String),
    /// It goes, and each target is to get so many replicas.
    Scale(Vec<(Target, u32)>),
    /// The question of an operation is answered.
    Answer(u64, Answer),
    /// The dialog of an operation goes.
    PutAway(u64),
    /// The key means nothing here.
    Unknown,
}

impl Overlay {
    /// Where keys are looked up while it is there, the innermost first.
    pub(super) fn contexts(&self) -> &'static [&'static str] {
        match self {
            Overlay::Operation(dialog) if !dialog.takes_text() && !dialog.can_be_refused() => {
                &[TABLE, GLOBAL]
            }
            _ if self.takes_text() => &[PROMPT],
            _ => &[DIALOG, TABLE, GLOBAL],
        }
    }

    /// Whether keys that are bound to nothing are typed into it.
    pub(super) fn takes_text(&self) -> bool {
        match self {
            Overlay::Help(_) | Overlay::Journal(_) => false,
            Overlay::Operation(dialog) => dialog.takes_text(),
            _ => true,
        }
    }

    /// Answers an action of the keyboard.
    pub(super) fn command(&mut self, action: &Action, desk: &Desk) -> Outcome {
        match self {
            Overlay::Filter(prompt) => prompt.command(action.name),
            Overlay::Palette(palette) => palette.command(action.name),
            Overlay::Chooser(chooser) => chooser.command(action.name),
            Overlay::Arguments(prompt) => prompt.command(action.name),
            Overlay::Scale(prompt) => prompt.command(action.name),
            Overlay::Operation(dialog) => dialog.command(action.name, desk),
            Overlay::Help(help) => help.command(action.name),
            Overlay::Journal(view) => view.command(action.name),
        }
    }

    /// Takes a key into its text.
    pub(super) fn type_key(&mut self, key: KeyEvent) {
        match self {
            Overlay::Filter(prompt) => prompt.type_key(key),
            Overlay::Palette(palette) => palette.type_key(key),
            Overlay::Chooser(chooser) => chooser.type_key(key),
            Overlay::Arguments(prompt) => prompt.type_key(key),
            Overlay::Scale(prompt) => prompt.type_key(key),
            Overlay::Operation(dialog) => dialog.type_key(key),
            Overlay::Help(_) | Overlay::Journal(_) => {}
        }
    }

    /// Takes a pasted text into its text, unless it has to be typed.
    pub(super) fn paste(&mut self, text: &str) {
        match self {
            Overlay::Filter(prompt) => prompt.paste(text),
            Overlay::Palette(palette) => palette.paste(text),
            Overlay::Chooser(chooser) => chooser.paste(text),
            Overlay::Arguments(prompt) => prompt.paste(text),
            Overlay::Scale(prompt) => prompt.paste(text),
            Overlay::Operation(dialog) => dialog.refuse_paste(),
            Overlay::Help(_) | Overlay::Journal(_) => {}
        }
    }

    /// Draws it above what is in the area, and tells where the terminal's cursor belongs. The filter is drawn with the
    /// pane instead.
    pub(super) fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        desk: &Desk,
        keys: &AnswerKeys,
    ) -> Option<Position> {
        match self {
            Overlay::Filter(_) => None,
            Overlay::Palette(palette) => palette.draw(area, buffer, theme),
            Overlay::Chooser(chooser) => chooser.draw(area, buffer, theme),
            Overlay::Arguments(prompt) => prompt.draw(area, buffer, theme, keys),
            Overlay::Scale(prompt) => prompt.draw(area, buffer, theme, keys),
            Overlay::Operation(dialog) => dialog.draw(area, buffer, theme, desk, keys),
            Overlay::Help(help) => help.draw(area, buffer, theme),
            Overlay::Journal(view) => view.draw(area, buffer, theme, keys),
        }
    }
}

/// The keys that answer questions, as the keymap writes them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct AnswerKeys {
    /// Yes.
    pub(super) confirm: String,
    /// No, or away with it.
    pub(super) cancel: String,
    /// What was typed is right.
    pub(super) accept: String,
    /// Away with what text is typed into.
    pub(super) abandon: String,
    /// Further down and up.
    pub(super) scroll: String,
}

/// How a scrolled text answers the actions of a cursor; whether it does.
fn scroll(state: &mut crate::widgets::scroll::ScrollState, action: &str) -> bool {
    match action {
        "cursor.down" | "detail.scroll-down" => state.scroll_by(1),
        "cursor.up" | "detail.scroll-up" => state.scroll_by(-1),
        "cursor.page-down" | "table.mark" => state.scroll_pages(1),
        "cursor.page-up" => state.scroll_pages(-1),
        "cursor.top" => state.to_start(),
        "cursor.bottom" => state.to_end(),
        _ => return false,
    }
    true
}

/// Whether the action takes away what can only be read.
fn closes(action: &str) -> bool {
    matches!(action, "dialog.cancel" | "dialog.accept" | "console.back" | "console.quit" | "console.help")
}
