//! What comes of keys: pending sequences, overlays, and the actions that they ask for.

use crossterm::event::KeyEvent;

use super::{Deck, Request};
use crate::actions::Action;
use crate::console::bindings::{GLOBAL, TABLE};
use crate::console::key::{Key, Name};
use crate::console::keymap::{Lookup, written};
use crate::console::overlay::{AnswerKeys, Outcome, Overlay};
use crate::panes::Effect;

impl Deck {
    /// Where keys are looked up now, the innermost first.
    pub(in crate::console) fn contexts(&self) -> Vec<&'static str> {
        match &self.overlay {
            Some(overlay) => overlay.contexts().to_vec(),
            None => vec![self.stack.pane().id().word(), TABLE, GLOBAL],
        }
    }

    /// Takes a key in.
    pub(in crate::console) fn on_key(&mut self, event: KeyEvent) {
        self.notes.forget_hint();
        let Some(key) = Key::from_event(event) else { return self.type_key(event) };
        self.pending.push(key);
        let contexts = self.contexts();
        match self.setting.keymap.lookup(&contexts, &self.pending) {
            Lookup::Action(action) => {
                let action = action.clone();
                self.pending.clear();
                self.command(action);
            }
            Lookup::Prefix(_) => {}
            Lookup::Unbound => {
                let keys = std::mem::take(&mut self.pending);
                match &self.overlay {
                    Some(overlay) if overlay.takes_text() => self.type_key(event),
                    _ => self.unbound(&keys),
                }
            }
        }
    }

    /// Takes a pasted text in; where no text is typed, it means nothing.
    pub(in crate::console) fn on_paste(&mut self, text: &str) {
        self.pending.clear();
        match &mut self.overlay {
            Some(overlay) => {
                overlay.paste(text);
                self.apply_typed_filter();
            }
            None => {
                let now = self.now();
                self.notes.hint(now, "pasted text means nothing here: open the filter or the palette first");
            }
        }
    }

    /// The keys that answer questions.
    pub(in crate::console) fn answer_keys(&self) -> AnswerKeys {
        let dialog =
            |action| self.setting.key_of(&[crate::console::bindings::DIALOG], action).unwrap_or_default();
        let prompt =
            |action| self.setting.key_of(&[crate::console::bindings::PROMPT], action).unwrap_or_default();
        AnswerKeys {
            confirm: dialog("dialog.confirm"),
            cancel: dialog("dialog.cancel"),
            accept: prompt("dialog.accept"),
            abandon: prompt("dialog.cancel"),
            scroll: format!("{}/{}", prompt("cursor.up"), prompt("cursor.down")),
        }
    }

    fn type_key(&mut self, event: KeyEvent) {
        if let Some(overlay) = &mut self.overlay {
            overlay.type_key(event);
            self.apply_typed_filter();
        }
    }

    /// The filter narrows the rows while it is typed; what means nothing is said beneath it.
    fn apply_typed_filter(&mut self) {
        if let Some(Overlay::Filter(prompt)) = &mut self.overlay {
            let error = self.stack.pane_mut().set_filter(prompt.text()).err();
            prompt.set_error(error);
        }
    }

    fn unbound(&mut self, keys: &[Key]) {
        // Escape only takes back what was begun.
        if keys.last() == Some(&Key::named(Name::Escape)) {
            return;
        }
        if matches!(self.overlay, Some(Overlay::Operation(_))) {
            return self.explain_answers();
        }
        let now = self.now();
        let help = self.setting.key_of(&[GLOBAL], "console.help");
        let hint = match help {
            Some(help) => format!("{} does nothing here; {help} shows what does", written(keys)),
            None => format!("{} does nothing here", written(keys)),
        };
        self.notes.hint(now, hint);
    }

    /// An action of the keyboard goes to what stands above the pane first.
    fn command(&mut self, action: Action) {
        let Some(mut overlay) = self.overlay.take() else { return self.perform(action) };
        let outcome = overlay.command(&action, &self.operations);
        if matches!(outcome, Outcome::Stay | Outcome::Unknown | Outcome::Answer(..)) {
            self.overlay = Some(overlay);
        }
        self.settle(outcome, &action);
    }

    fn settle(&mut self, outcome: Outcome, action: &Action) {
        match outcome {
            Outcome::Stay | Outcome::Close => {}
            Outcome::RestoreFilter(text) => {
                // It was the filter before, so that it can be read.
                let _ = self.stack.pane_mut().set_filter(&text);
            }
            Outcome::Perform(action) => self.perform(action),
            Outcome::Open(place) => self.stack.open(&place, &self.namespaces),
            Outcome::Namespaces(namespaces) => {
                self.stack.set_namespaces(&namespaces);
                self.namespaces = namespaces;
            }
            Outcome::Watch(namespaces) => self.request(Request::Watch(namespaces)),
            Outcome::Switch(context) => self.request(Request::Switch(context)),
            Outcome::Scale(counts) => self.scale_to(&counts),
            Outcome::Answer(id, answer) => self.answer_operation(id, answer),
            Outcome::PutAway(id) => self.put_operation_away(id),
            Outcome::Unknown if action.name == "console.suspend" => self.request(Request::Suspend),
            Outcome::Unknown => {
                self.explain_answers();
            }
        }
    }

    /// Says which keys mean something to what stands above the pane.
    fn explain_answers(&mut self) {
        let keys = self.answer_keys();
        let hint = match &self.overlay {
            Some(Overlay::Operation(dialog)) => dialog.explain_answers(&keys),
            Some(overlay) if overlay.takes_text() => {
                format!("{} takes it, {} leaves it", keys.accept, keys.abandon)
            }
            _ => format!("{} closes this", keys.abandon),
        };
        let now = self.now();
        self.notes.hint(now, hint);
    }

    /// What a pane asks of the console.
    pub(super) fn take_effect(&mut self, effect: Effect, action: &Action) {
        let now = self.now();
        match effect {
            Effect::Changed => {}
            Effect::Open(place) => self.stack.open(&place, &self.namespaces),
            Effect::Notify(text) => self.notes.hint(now, text),
            Effect::Unknown => {
                let title = self.setting.registry.get(action.name).map_or(action.name, |known| known.title);
                self.notes.hint(now, format!("{title} does nothing in this pane"));
            }
        }
    }
}
