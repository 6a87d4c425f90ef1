//! Asks how many replicas one workload or several are to have.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::super::operations::{Target, counts, present};
use super::{AnswerKeys, Outcome};
use crate::theme::{Slot, Theme};
use crate::widgets::detail::Section;
use crate::widgets::dialog::{Dialog, Field};
use crate::widgets::hints::Hint;
use crate::widgets::line::StyledLine;
use crate::widgets::prompt::{InputChange, Prompt};
use crate::widgets::scroll::ScrollState;

const LABEL: &str = "replicas ";

/// The prompt for counts.
pub(in crate::console) struct ScalePrompt {
    title: String,
    targets: Vec<Target>,
    prompt: Prompt,
    /// Nothing was typed yet: what stands there is the present count, and the first character replaces it.
    untouched: bool,
    scroll: ScrollState,
}

impl ScalePrompt {
    /// Asks for the count of these; it begins with the present one, if they all have the same.
    pub(in crate::console) fn new(targets: Vec<Target>) -> Self {
        let title = match targets.as_slice() {
            [one] => format!("Scale {}", one.object),
            several => format!("Scale {} workloads", several.len()),
        };
        let prompt = Prompt::new(LABEL, present(&targets));
        ScalePrompt { title, targets, prompt, untouched: true, scroll: ScrollState::default() }
    }

    pub(super) fn command(&mut self, action: &str) -> Outcome {
        match action {
            "dialog.cancel" => return Outcome::Close,
            "dialog.accept" => match counts(&self.targets, self.prompt.value()) {
                Ok(counts) => {
                    return Outcome::Scale(self.targets.iter().cloned().zip(counts).collect());
                }
                Err(error) => self.prompt.error = Some(error),
            },
            "cursor.down" => self.scroll.scroll_by(1),
            "cursor.up" => self.scroll.scroll_by(-1),
            _ => return Outcome::Unknown,
        }
        Outcome::Stay
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        if std::mem::take(&mut self.untouched) && matches!(key.code, KeyCode::Char(_)) {
            self.prompt = Prompt::new(LABEL, "");
        }
        if self.prompt.handle_key(key) == InputChange::Edited {
            self.prompt.error = None;
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if std::mem::take(&mut self.untouched) {
            self.prompt = Prompt::new(LABEL, "");
        }
        self.prompt.paste(text);
        self.prompt.error = None;
    }

    pub(super) fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        keys: &AnswerKeys,
    ) -> Option<Position> {
        let body = [self.preview(theme)];
        let footer = [Hint::new(&keys.accept, "check it"), Hint::new(&keys.abandon, "leave it")];
        let dialog = Dialog {
            title: &self.title,
            danger: false,
            body: &body,
            field: Field::Prompt(&self.prompt),
            footer: &footer,
        };
        dialog.draw(area, buffer, theme, &mut self.scroll)
    }

    /// What each would have, as far as what was typed says so.
    fn preview(&self, theme: &Theme) -> Section {
        let counts = counts(&self.targets, self.prompt.value()).ok();
        let mut section = Section::default();
        for (index, target) in self.targets.iter().enumerate() {
            let mut line = StyledLine::new(target.wanted.to_string(), Slot::Text);
            if let Some(count) = counts.as_ref().and_then(|counts| counts.get(index)) {
                line.push(format!(" {} ", theme.symbols().arrow), Slot::Muted);
                line.push(count.to_string(), Slot::Strong);
                if *count == target.wanted {
                    line.push("  as it is", Slot::Muted);
                }
            }
            section = section.field(format!("{}/{}", target.object.namespace, target.object.name), line);
        }
        section.text(StyledLine::new("A number, or +2 or -1 from what each has now.", Slot::Muted))
    }
}
