//! The journal, newest first.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use serde_json::Value;

use super::{AnswerKeys, Outcome, closes, scroll};
use crate::journal::{History, Operation, Verdict};
use crate::platform::text::sanitize;
use crate::theme::{Slot, Theme};
use crate::widgets::detail::{Item, Section};
use crate::widgets::dialog::{Dialog, Field};
use crate::widgets::hints::Hint;
use crate::widgets::line::StyledLine;
use crate::widgets::scroll::ScrollState;

/// The most operations that are shown; `quarterdeck journal` prints all of them.
const SHOWN: usize = 200;

/// The journal, to read.
pub(in crate::console) struct JournalView {
    body: Vec<Section>,
    scroll: ScrollState,
}

impl JournalView {
    /// The operations of a journal.
    pub(in crate::console) fn new(history: &History) -> Self {
        let mut body: Vec<Section> = history.operations.iter().rev().take(SHOWN).map(section).collect();
        if body.is_empty() {
            body.push(Section::paragraphs(["Nothing was changed from this machine yet.".into()]));
        }
        if history.unreadable > 0 {
            let lines = if history.unreadable == 1 { "line" } else { "lines" };
            body.push(Section::paragraphs([StyledLine::new(
                format!("{} {lines} of the journal can't be read", history.unreadable),
                Slot::Warning,
            )]));
        }
        JournalView { body, scroll: ScrollState::default() }
    }

    pub(super) fn command(&mut self, action: &str) -> Outcome {
        if closes(action) {
            return Outcome::Close;
        }
        if scroll(&mut self.scroll, action) { Outcome::Stay } else { Outcome::Unknown }
    }

    pub(super) fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        keys: &AnswerKeys,
    ) -> Option<Position> {
        let footer = [Hint::new(&keys.abandon, "close")];
        let dialog =
            Dialog { title: "Journal", danger: false, body: &self.body, field: Field::None, footer: &footer };
        dialog.draw(area, buffer, theme, &mut self.scroll)
    }
}

fn section(operation: &Operation) -> Section {
    let intent = &operation.intent;
    let subject = &intent.subject;
    let arguments: String = intent.arguments.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    let what =
        format!("{} {}/{}/{}{arguments}", intent.action, subject.kind, subject.namespace, subject.name);
    let (word, slot, message) = match &operation.outcome {
        Some(outcome) => (outcome.result.word(), slot(outcome.result), clean(&outcome.message)),
        None => ("unfinished", Slot::Warning, "no outcome is on record".to_owned()),
    };
    let mut section = Section::new(intent.at.rfc3339());
    section.items.push(Item::Text(StyledLine::new(clean(&what), Slot::Strong)));
    section.items.extend(changes(operation));
    section.items.push(Item::Text(StyledLine::new(word, slot).and(format!("  {message}"), Slot::Text)));
    section.items.push(Item::Text(StyledLine::new(
        clean(&format!("{} in {}", intent.who, intent.context)),
        Slot::Muted,
    )));
    if let Some(reason) = &intent.reason {
        section.items.push(Item::Text(StyledLine::new(format!("because: {}", clean(reason)), Slot::Text)));
    }
    section
}

/// From what to what, a line for each field; where no outcome tells what it became, what was asked for does.
fn changes(operation: &Operation) -> impl Iterator<Item = Item> {
    let after = operation.outcome.as_ref().map(|outcome| &outcome.after);
    operation.intent.before.iter().map(move |(field, before)| {
        let became = after.and_then(|after| after.get(field)).map(plain);
        let became = became.or_else(|| operation.intent.arguments.get(field).map(|asked| clean(asked)));
        let line = StyledLine::new(format!("{} ", clean(field)), Slot::Muted)
            .and(plain(before), Slot::DiffRemoved)
            .and(" → ", Slot::Muted)
            .and(became.unwrap_or_else(|| "unknown".to_owned()), Slot::DiffAdded);
        Item::Text(line)
    })
}

/// A value as one would say it: a text without its quotes.
fn plain(value: &Value) -> String {
    clean(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn clean(text: &str) -> String {
    sanitize(text).into_owned()
}

fn slot(verdict: Verdict) -> Slot {
    match verdict {
        Verdict::Reached => Slot::Good,
        Verdict::Applied => Slot::Busy,
        Verdict::Stuck | Verdict::Overridden | Verdict::Unknown => Slot::Warning,
        Verdict::Failed => Slot::Bad,
    }
}
