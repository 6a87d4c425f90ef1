//! The dialog of an operation: what was found, the question, and how it goes on.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::super::operations::{Desk, Phase, Running};
use super::{AnswerKeys, Outcome, scroll};
use crate::actions::Danger;
use crate::operations::{Answer, Confirmation, Finding, Preflight, Weight};
use crate::platform::text::sanitize;
use crate::theme::{Slot, Symbols, Theme};
use crate::widgets::confirmation::TypedConfirmation;
use crate::widgets::detail::{Item, Section};
use crate::widgets::dialog::{self, Dialog, Field};
use crate::widgets::hints::Hint;
use crate::widgets::line::{StyledLine, StyledSpan};
use crate::widgets::notes::Gravity;
use crate::widgets::scroll::ScrollState;
use crate::widgets::text;

/// What is said instead of a question that could not be read.
const TOO_SMALL: &str = "The window is too small to ask";
/// Cells of a dialog's frame beside its title: corners, blanks and a warning sign.
const TITLE_SIDES: usize = 8;
/// Cells of the words around what has to be typed.
const ASKING: usize = "Type  to confirm".len();

/// The dialog of one operation.
pub(in crate::console) struct OperationDialog {
    id: u64,
    typed: Option<TypedConfirmation>,
    asked: bool,
    shown: bool,
    settled: bool,
    /// The window holds too little of the question for an answer to count.
    cramped: bool,
    scroll: ScrollState,
}

impl OperationDialog {
    /// The dialog of the operation of that number.
    pub(in crate::console) fn new(id: u64) -> Self {
        OperationDialog {
            id,
            typed: None,
            asked: false,
            shown: false,
            settled: false,
            cramped: false,
            scroll: ScrollState::default(),
        }
    }

    /// The number of the operation.
    pub(in crate::console) fn id(&self) -> u64 {
        self.id
    }

    /// Begins to ask, when what was found has come; keys count only once it has been drawn.
    pub(in crate::console) fn ask(&mut self, confirmation: &Confirmation) {
        self.asked = true;
        if let Confirmation::Typed(expected) = confirmation {
            self.typed = Some(TypedConfirmation::new(expected.as_str()));
        }
    }

    /// It has been answered, or needs no answer any more.
    pub(in crate::console) fn stop_asking(&mut self) {
        self.asked = false;
        self.settled = true;
        self.typed = None;
    }

    /// Notes that a frame with it is on the screen. True the first time that the question is.
    pub(in crate::console) fn was_drawn(&mut self) -> bool {
        let readable = self.asked && !self.cramped;
        let first = readable && !self.shown;
        self.shown = readable;
        first
    }

    pub(super) fn takes_text(&self) -> bool {
        self.typed.is_some()
    }

    /// Whether there is something to say yes or no to, or to give up: afterwards, the keys for that mean nothing.
    pub(super) fn can_be_refused(&self) -> bool {
        !self.settled
    }

    pub(super) fn command(&mut self, action: &str, desk: &Desk) -> Outcome {
        match action {
            "dialog.cancel" | "console.back" | "console.quit" => Outcome::PutAway(self.id),
            "dialog.confirm" | "dialog.accept" | "table.open" => self.answer(action, desk),
            _ if scroll(&mut self.scroll, action) => Outcome::Stay,
            _ => Outcome::Unknown,
        }
    }

    fn answer(&self, action: &str, desk: &Desk) -> Outcome {
        let ended = desk.get(self.id).is_none_or(|running| matches!(running.phase(), Phase::Ended(..)));
        if ended && action != "dialog.confirm" {
            return Outcome::PutAway(self.id);
        }
        if !self.shown {
            return Outcome::Stay;
        }
        match (&self.typed, action) {
            (None, "dialog.confirm") => Outcome::Answer(self.id, Answer::Confirm),
            (Some(typed), "dialog.accept") if typed.is_complete() => {
                Outcome::Answer(self.id, Answer::Typed(typed.typed().to_owned()))
            }
            (Some(_), _) => Outcome::Stay,
            (None, _) => Outcome::Unknown,
        }
    }

    /// Which keys answer it, in words.
    pub(in crate::console) fn explain_answers(&self, keys: &AnswerKeys) -> String {
        match (&self.typed, self.asked) {
            (_, true) if self.cramped => TOO_SMALL.to_owned(),
            (Some(_), true) => format!("type the name and {}, or {} to leave it", keys.accept, keys.abandon),
            (None, true) => format!("{} or {} answers this", keys.confirm, keys.cancel),
            (_, false) => format!("{} closes this", keys.abandon),
        }
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        if let Some(typed) = &mut self.typed
            && self.shown
        {
            typed.handle_key(key);
        }
    }

    pub(super) fn refuse_paste(&mut self) {
        if let Some(typed) = &mut self.typed {
            typed.refuse_paste();
        }
    }

    pub(super) fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        desk: &Desk,
        keys: &AnswerKeys,
    ) -> Option<Position> {
        let running = desk.get(self.id)?;
        let title = title(running, theme.symbols());
        let footer = self.footer(running, desk, keys);
        let headline = StyledLine::new(title.clone(), Slot::Strong);
        self.cramped = self.asked && !self.fits(&headline, &footer, area);
        if self.cramped {
            return draw_too_small(area, buffer, theme, keys);
        }
        let danger = running.preflight().is_some_and(|preflight| preflight.danger() == Danger::Dangerous);
        let field = self.typed.as_ref().map_or(Field::None, Field::Confirmation);
        let danger = danger && *running.phase() == Phase::Asking;
        let whole = body(running, theme.symbols(), Fine::Listed);
        let dialog = Dialog { title: &title, danger, body: &whole, field, footer: &footer };
        if dialog.fits(area) {
            return dialog.draw(area, buffer, theme, &mut self.scroll);
        }
        let folded = body(running, theme.symbols(), Fine::Folded);
        let dialog = Dialog { body: &folded, ..dialog };
        if dialog.fits(area) {
            return dialog.draw(area, buffer, theme, &mut self.scroll);
        }
        let mut footer = footer.clone();
        footer.push(Hint::new(&keys.scroll, "scroll, there is more").priority(180));
        Dialog { footer: &footer, ..dialog }.draw(area, buffer, theme, &mut self.scroll)
    }

    /// Whether the window holds what it is about, what has to be typed, and both answers.
    fn fits(&self, headline: &StyledLine, footer: &[Hint], area: Rect) -> bool {
        let width = usize::from(dialog::width(area)).saturating_sub(dialog::SIDES);
        let answers: usize = footer.iter().take(2).map(|hint| usize::from(hint.width()) + 2).sum();
        let in_frame = headline.width() + TITLE_SIDES <= usize::from(dialog::width(area));
        let lines = if in_frame { 1 } else { headline.wrap(width.saturating_sub(2).max(1)).len() };
        let field = self.typed.as_ref().map_or(0, |_| usize::from(TypedConfirmation::HEIGHT));
        let typed = self.typed.as_ref().map_or(0, |typed| text::width(typed.expected()) + ASKING);
        answers <= width + 2 && typed <= width && lines + field + 3 <= usize::from(area.height)
    }

    fn footer(&self, running: &Running, desk: &Desk, keys: &AnswerKeys) -> Vec<Hint> {
        let mut footer = match running.phase() {
            Phase::Checking => vec![Hint::new(&keys.abandon, "give it up")],
            Phase::Asking => match &self.typed {
                None => vec![
                    Hint::new(&keys.confirm, "yes, do it").priority(200),
                    Hint::new(&keys.cancel, "no, leave it").priority(190),
                ],
                Some(typed) => vec![
                    Hint::new(&keys.accept, "do it").enabled(typed.is_complete()).priority(200),
                    Hint::new(&keys.abandon, "no, leave it").priority(190),
                ],
            },
            Phase::Applying | Phase::Following(..) => {
                vec![Hint::new(&keys.abandon, "go on in the background")]
            }
            Phase::Ended(..) => vec![Hint::new(&keys.abandon, "close")],
        };
        if desk.waiting() > 0 {
            footer.push(Hint::new("", format!("{} more after this", desk.waiting())).priority(50));
        }
        footer
    }
}

/// Says that the window is too small for a question.
fn draw_too_small(area: Rect, buffer: &mut Buffer, theme: &Theme, keys: &AnswerKeys) -> Option<Position> {
    let body = [Section::paragraphs([TOO_SMALL.into()])];
    let footer = [Hint::new(&keys.abandon, "leave it")];
    let dialog = Dialog { title: "", danger: false, body: &body, field: Field::None, footer: &footer };
    dialog.draw(area, buffer, theme, &mut ScrollState::default())
}

/// How findings that stand against nothing are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fine {
    /// One by one.
    Listed,
    /// All in one line, by their topics.
    Folded,
}

/// What would be done, and from what to what, once that is known: short enough for a narrow window.
fn title(running: &Running, symbols: &Symbols) -> String {
    let Some(preflight) = running.preflight() else { return clean(running.title()) };
    let mut title = clean(preflight.title());
    if let [change] = preflight.changes() {
        title.push_str(&format!(" {} {} {}", clean(&change.before), symbols.arrow, clean(&change.after)));
    }
    title
}

fn body(running: &Running, symbols: &Symbols, fine: Fine) -> Vec<Section> {
    let mut body = vec![state(running, symbols)];
    if let Some(preflight) = running.preflight() {
        body.insert(0, changes(preflight, symbols));
        body.push(findings(preflight, symbols, fine));
    }
    body.retain(|section| !section.items.is_empty());
    body
}

/// From what to what, and where.
fn changes(preflight: &Preflight, symbols: &Symbols) -> Section {
    let mut section = Section::default().text(StyledLine::new(clean(preflight.headline()), Slot::Text));
    for change in preflight.changes() {
        // Neither count is the good one, so that neither gets a colour.
        let line = StyledLine::new(clean(&change.before), Slot::Text)
            .and(format!(" {} ", symbols.arrow), Slot::Muted)
            .and(clean(&change.after), Slot::Strong);
        section = section.field(clean(&change.field), line);
    }
    section
}

fn findings(preflight: &Preflight, symbols: &Symbols, fine: Fine) -> Section {
    let mut section = Section::new("What was found");
    let folded = |finding: &&Finding| fine == Fine::Folded && finding.weight == Weight::Fine;
    for finding in preflight.findings().iter().filter(|finding| !folded(finding)) {
        section.items.push(point(finding.topic.word(), weight(finding, symbols), &finding.text));
        if let Some(advice) = &finding.advice {
            section.items.push(Item::Point {
                label: String::new(),
                symbol: StyledSpan { text: symbols.arrow.to_owned(), slot: Slot::Muted },
                value: StyledLine::new(clean(advice), Slot::Muted),
            });
        }
    }
    let topics: Vec<&str> =
        preflight.findings().iter().filter(folded).map(|finding| finding.topic.word()).collect();
    if !topics.is_empty() {
        section.items.push(point("fine", (symbols.good, Slot::Good), &topics.join(", ")));
    }
    section
}

fn weight(finding: &Finding, symbols: &Symbols) -> (&'static str, Slot) {
    match finding.weight {
        Weight::Fine => (symbols.good, Slot::Good),
        Weight::Note => (symbols.done, Slot::Muted),
        Weight::Unknown => (symbols.unknown, Slot::Unknown),
        Weight::Warning => (symbols.warning, Slot::Warning),
        Weight::Blocking => (symbols.bad, Slot::Bad),
    }
}

/// How far it is, in a line or two.
fn state(running: &Running, symbols: &Symbols) -> Section {
    let items = match running.phase() {
        Phase::Checking => vec![line(symbols.busy, Slot::Busy, "Reading what speaks for and against it…")],
        Phase::Asking => Vec::new(),
        Phase::Applying => vec![line(symbols.busy, Slot::Busy, "On its way to the server…")],
        Phase::Following(done, progress) => {
            let mut items = vec![line(symbols.good, Slot::Good, done)];
            if let Some(progress) = progress {
                items.push(line(symbols.busy, Slot::Busy, &progress.message));
            }
            items
        }
        Phase::Ended(gravity, message, advice) => {
            let (symbol, slot) = match gravity {
                Gravity::Info => (symbols.good, Slot::Good),
                Gravity::Warning => (symbols.warning, Slot::Warning),
                Gravity::Error => (symbols.bad, Slot::Bad),
            };
            let mut items = vec![line(symbol, slot, message)];
            items.extend(advice.as_ref().map(|advice| line(symbols.arrow, Slot::Muted, advice)));
            items
        }
    };
    Section { heading: String::new(), items }
}

fn line(symbol: &str, slot: Slot, text: &str) -> Item {
    point("", (symbol, slot), text)
}

fn point(label: &str, (symbol, slot): (&str, Slot), text: &str) -> Item {
    Item::Point {
        label: label.to_owned(),
        symbol: StyledSpan { text: symbol.to_owned(), slot },
        value: StyledLine::new(clean(text), Slot::Text),
    }
}

fn clean(text: &str) -> String {
    sanitize(text).into_owned()
}
