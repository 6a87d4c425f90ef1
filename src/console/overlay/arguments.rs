//! Asks for an argument that an action needs and was not given.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{AnswerKeys, Outcome};
use crate::actions::{Action, ActionSpec, ArgumentKind, ArgumentSpec, ArgumentValue};
use crate::theme::Theme;
use crate::widgets::detail::Section;
use crate::widgets::dialog::{Dialog, Field};
use crate::widgets::hints::Hint;
use crate::widgets::prompt::{InputChange, Prompt, Suggestion};
use crate::widgets::scroll::ScrollState;

/// The prompt for one argument.
pub(in crate::console) struct ArgumentPrompt {
    title: &'static str,
    argument: &'static ArgumentSpec,
    action: Action,
    prompt: Prompt,
    body: Vec<Section>,
    scroll: ScrollState,
}

/// The first argument that the action needs and was not given.
pub(in crate::console) fn missing(
    specification: &ActionSpec,
    action: &Action,
) -> Option<&'static ArgumentSpec> {
    let given = |name: &str| action.arguments.iter().any(|(given, _)| *given == name);
    specification.arguments.iter().find(|argument| argument.required && !given(argument.name))
}

impl ArgumentPrompt {
    /// Asks for what the action still needs; nothing where it needs nothing more.
    pub(in crate::console) fn for_missing(specification: &ActionSpec, action: Action) -> Option<Self> {
        let argument = missing(specification, &action)?;
        let mut prompt = Prompt::new(format!("{} ", argument.name), "");
        suggest(&mut prompt, argument);
        let body = vec![Section::paragraphs([argument.summary.into()])];
        Some(ArgumentPrompt {
            title: specification.title,
            argument,
            action,
            prompt,
            body,
            scroll: ScrollState::default(),
        })
    }

    pub(super) fn command(&mut self, action: &str) -> Outcome {
        match action {
            "cursor.down" => self.prompt.select_by(1),
            "cursor.up" => self.prompt.select_by(-1),
            "dialog.cancel" => return Outcome::Close,
            "dialog.accept" => {
                self.prompt.accept_selected();
                match read(self.argument, self.prompt.value()) {
                    Ok(value) => {
                        let mut action = self.action.clone();
                        action.arguments.push((self.argument.name, value));
                        return Outcome::Perform(action);
                    }
                    Err(error) => self.prompt.error = Some(error),
                }
            }
            _ => return Outcome::Unknown,
        }
        Outcome::Stay
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        if self.prompt.handle_key(key) == InputChange::Edited {
            self.prompt.error = None;
            suggest(&mut self.prompt, self.argument);
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.prompt.paste(text);
        suggest(&mut self.prompt, self.argument);
    }

    pub(super) fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        keys: &AnswerKeys,
    ) -> Option<Position> {
        let footer = [Hint::new(&keys.accept, self.title), Hint::new(&keys.abandon, "leave it")];
        let dialog = Dialog {
            title: self.title,
            danger: false,
            body: &self.body,
            field: Field::Prompt(&self.prompt),
            footer: &footer,
        };
        dialog.draw(area, buffer, theme, &mut self.scroll)
    }
}

/// Offers the words of a choice that begin with, or hold, what has been typed.
fn suggest(prompt: &mut Prompt, argument: &ArgumentSpec) {
    prompt.selected = None;
    prompt.suggestions = match argument.kind {
        ArgumentKind::Choice(words) => words
            .iter()
            .filter(|word| word.contains(prompt.value()))
            .map(|word| Suggestion { text: (*word).to_owned(), description: String::new() })
            .collect(),
        ArgumentKind::Text | ArgumentKind::Count => Vec::new(),
    };
    if let [_] = prompt.suggestions.as_slice() {
        prompt.selected = Some(0);
    }
}

fn read(argument: &ArgumentSpec, text: &str) -> Result<ArgumentValue, String> {
    let text = text.trim();
    match argument.kind {
        ArgumentKind::Text if text.is_empty() => Err(format!("type the {}", argument.name)),
        ArgumentKind::Text => Ok(ArgumentValue::Text(text.to_owned())),
        ArgumentKind::Count => {
            text.parse().map(ArgumentValue::Count).map_err(|_| "type a whole number, zero or more".to_owned())
        }
        ArgumentKind::Choice(words) if words.contains(&text) => Ok(ArgumentValue::Text(text.to_owned())),
        ArgumentKind::Choice(words) => Err(format!("it is one of {}", words.join(", "))),
    }
}
