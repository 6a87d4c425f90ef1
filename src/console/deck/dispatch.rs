//! What comes of actions, wherever they were asked for.

use super::{Deck, Request};
use crate::actions::{Action, Danger};
use crate::console::errands::Purpose;
use crate::console::overlay::{ArgumentPrompt, Chooser, FilterPrompt, Help, Overlay, Palette, missing};
use crate::panes::PaneId;

impl Deck {
    /// Performs an action, or says why not.
    pub(in crate::console) fn perform(&mut self, action: Action) {
        let now = self.now();
        let Some(specification) = self.setting.registry.get(action.name).copied() else {
            return self.notes.hint(now, format!("there is no action {}", action.name));
        };
        if let Some(why) = self.situation().refusal(&specification) {
            return self.notes.hint(now, format!("{}: {why}", specification.title));
        }
        if missing(&specification, &action).is_some() {
            self.overlay = ArgumentPrompt::for_missing(&specification, action).map(Overlay::Arguments);
            return;
        }
        if specification.danger != Danger::None {
            return self.begin_operation(action);
        }
        if !self.perform_own(&action) {
            let effect = self.stack.pane_mut().update(&action, &self.picture);
            self.take_effect(effect, &action);
            if matches!(action.name, "table.open" | "detail.toggle") {
                self.hurry_detail();
            }
        }
    }

    /// Performs what the console itself does; whether it is that.
    fn perform_own(&mut self, action: &Action) -> bool {
        let now = self.now();
        match action.name {
            "pane.open" => {
                if let Some(pane) = action.text("pane").and_then(PaneId::from_word) {
                    self.stack.open_whole(pane);
                }
            }
            "console.back" => {
                self.stack.back();
            }
            "console.forward" => {
                self.stack.forward();
            }
            "console.palette" => {
                let palette = Palette::new(self.palette_entries(), self.workload_entries());
                self.overlay = Some(Overlay::Palette(palette));
            }
            "console.help" => {
                self.overlay = Some(Overlay::Help(Help::new(self.help_title(), self.help_groups())))
            }
            "console.dismiss" => {
                self.notes.dismiss();
            }
            "console.theme" => {
                if !self.themes.next() {
                    self.notes.hint(now, "there is only one theme");
                }
            }
            "console.refresh" => {
                self.refresh_sources();
                self.notes.hint(now, "listing everything again");
            }
            "console.quit" => self.request(Request::Quit),
            "console.suspend" => self.request(Request::Suspend),
            "console.sign-in" => self.request(Request::SignIn),
            "namespace.choose" => {
                let chooser = Chooser::namespaces(
                    self.namespace_choices(),
                    &self.namespaces,
                    self.namespaces_may_lack(),
                );
                self.overlay = Some(Overlay::Chooser(chooser));
            }
            "context.choose" => {
                let chooser = Chooser::contexts(self.context_choices(), &self.setting.context);
                self.overlay = Some(Overlay::Chooser(chooser));
            }
            "journal.show" => match self.operations.journal() {
                Some(journal) => self.errands.read(journal, Purpose::Show),
                None => self.notes.hint(now, "there is no journal here"),
            },
            "table.filter" => {
                let former = self.stack.pane().place().filter;
                self.overlay = Some(Overlay::Filter(FilterPrompt::new(&former)));
            }
            "text.copy" => match self.copy_text() {
                Some(text) => self.request(Request::Copy(text)),
                None => self.notes.hint(now, "there is nothing to copy"),
            },
            _ => return false,
        }
        true
    }

    /// The names of what is marked, a line each, or what the pane gives for the row under the cursor.
    fn copy_text(&self) -> Option<String> {
        let pane = self.stack.pane();
        let subjects = pane.subjects(&self.picture);
        if subjects.len() < 2 {
            return pane.copy_text(&self.picture);
        }
        let names = subjects.iter().filter_map(|subject| Some(subject.object()?.name.to_string()));
        Some(names.collect::<Vec<_>>().join("\n"))
    }

    /// The detail was asked for: it does not wait for the cursor to rest.
    fn hurry_detail(&mut self) {
        let tick = tokio::time::Instant::now();
        self.compare_interests(Some(tick));
        self.watched.hurry(tick);
    }
}
