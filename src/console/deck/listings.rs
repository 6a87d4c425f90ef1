//! What is listed from the registry, the keymap and the picture: hints, help, choosers, tabs.

use std::collections::BTreeMap;

use super::Deck;
use crate::actions::{Action, ActionSpec, Danger};
use crate::console::bindings::{GLOBAL, TABLE};
use crate::console::keymap::{Continuation, Lookup, written};
use crate::panes::{PaneId, Place};
use crate::picture::model::Scope as SourceScope;
use crate::platform::freshness::Freshness;
use crate::platform::object::{Kind, Symbol};
use crate::platform::text::sanitize;
use crate::widgets::help::{KeyEntry, KeyGroup};
use crate::widgets::hints::Hint;
use crate::widgets::tabs::Tab;

/// Actions that everybody finds without being told, or that stand elsewhere on the screen.
const UNHINTED: [&str; 3] = ["cursor.", "pane.", "dialog."];

impl Deck {
    /// What the keys do here, the most useful first.
    pub(in crate::console) fn hints(&self) -> Vec<Hint> {
        let situation = self.situation();
        let contexts = self.contexts();
        let registry = &self.setting.registry;
        let mut hints: Vec<Hint> = registry
            .iter()
            .filter(|action| !UNHINTED.iter().any(|prefix| action.name.starts_with(prefix)))
            .filter_map(|action| {
                let refused = situation.refusal(action).is_some();
                let priority = priority(action, refused)?;
                let key = self.setting.key_of(&contexts, action.name)?;
                Some(Hint::new(key, action.title).priority(priority).enabled(!refused))
            })
            .collect();
        hints.sort_by_key(|hint| std::cmp::Reverse(hint.priority));
        hints
    }

    /// What can follow the keys that were pressed.
    pub(in crate::console) fn continuations(&self) -> Option<(String, Vec<KeyEntry>)> {
        if self.pending.is_empty() {
            return None;
        }
        let contexts = self.contexts();
        let Lookup::Prefix(following) = self.setting.keymap.lookup(&contexts, &self.pending) else {
            return None;
        };
        let entries = following
            .into_iter()
            .map(|(key, continuation)| match continuation {
                Continuation::Action(action) => self.key_entry(key.to_string(), action),
                Continuation::More => {
                    KeyEntry { key: key.to_string(), description: "more".to_owned(), enabled: true }
                }
            })
            .collect();
        Some((written(&self.pending), entries))
    }

    pub(super) fn help_title(&self) -> String {
        format!("Keys in {}", self.stack.pane().id().title())
    }

    /// Every binding that holds here, in groups.
    pub(super) fn help_groups(&self) -> Vec<KeyGroup> {
        let pane = self.stack.pane().id();
        let contexts = [(pane.word(), pane.title()), (TABLE, "In tables"), (GLOBAL, "Anywhere")];
        let holding = [pane.word(), TABLE, GLOBAL];
        let mut groups = Vec::new();
        for (context, title) in contexts {
            let mut entries: Vec<(String, Action)> = Vec::new();
            for (keys, action) in self.setting.keymap.bindings(context) {
                // An inner context may have given the same keys another meaning.
                if self.setting.keymap.lookup(&holding, &keys) != Lookup::Action(action) {
                    continue;
                }
                match entries.iter_mut().find(|(_, known)| known == action) {
                    Some((known, _)) => *known = format!("{known}, {}", written(&keys)),
                    None => entries.push((written(&keys), action.clone())),
                }
            }
            if !entries.is_empty() {
                let entries =
                    entries.into_iter().map(|(keys, action)| self.key_entry(keys, &action)).collect();
                groups.push(KeyGroup { title: title.to_owned(), entries });
            }
        }
        groups
    }

    fn key_entry(&self, key: String, action: &Action) -> KeyEntry {
        let specification = self.setting.registry.get(action.name);
        let description = match (action.text("pane").and_then(PaneId::from_word), specification) {
            (Some(pane), _) => format!("Go to {}", pane.title()),
            (None, Some(known)) if action.arguments.is_empty() => gist(known.summary).to_owned(),
            (None, Some(known)) => format!("{}: {action}", known.title),
            (None, None) => action.to_string(),
        };
        let situation = self.situation();
        let refusal = specification.and_then(|known| situation.refusal(known));
        match refusal {
            Some(why) => KeyEntry { key, description: format!("{description} ({why})"), enabled: false },
            None => KeyEntry { key, description, enabled: true },
        }
    }

    /// Every namespace that is known, from wherever it is known, with what is remarkable about it.
    pub(super) fn namespace_choices(&self) -> Vec<(Symbol, String)> {
        let mut known: BTreeMap<Symbol, String> = BTreeMap::new();
        for row in self.picture.namespaces().iter() {
            let environment = self.setting.environment(std::iter::once(&*row.name)).map(|known| &*known.name);
            let words = [environment, row.terminating.then_some("terminating")];
            let words: Vec<&str> = words.into_iter().flatten().collect();
            known.insert(row.name.clone(), words.join(", "));
        }
        let sources = self.picture.sources().into_iter().filter_map(|(key, _)| match key.scope {
            SourceScope::Namespace(name) => Some(name),
            SourceScope::Cluster => None,
        });
        for name in sources.chain(self.namespaces.iter().cloned()) {
            known.entry(name).or_default();
        }
        known.into_iter().collect()
    }

    /// Whether there may be namespaces that could not be listed.
    pub(super) fn namespaces_may_lack(&self) -> bool {
        matches!(self.picture.source(Kind::Namespace).freshness, Freshness::Off(_) | Freshness::Down(..))
    }

    pub(super) fn context_choices(&self) -> Vec<(String, String)> {
        let describe = |name: &String| {
            if **name == *self.setting.context { "here".to_owned() } else { String::new() }
        };
        self.setting.contexts.iter().map(|name| (name.clone(), describe(name))).collect()
    }

    /// The tabs, and which of them is shown.
    pub(in crate::console) fn tabs(&self) -> (Vec<Tab>, usize) {
        let here = self.stack.pane().id();
        let tabs = PaneId::ALL.into_iter().map(|pane| Tab {
            key: self.pane_key(pane),
            title: pane.title().to_owned(),
            badge: None,
        });
        let active = PaneId::ALL.iter().position(|pane| *pane == here).unwrap_or(0);
        (tabs.collect(), active)
    }

    pub(super) fn pane_key(&self, pane: PaneId) -> String {
        let opens = |action: &Action| action.name == "pane.open" && action.text("pane") == Some(pane.word());
        self.setting.keymap.keys_for(&[GLOBAL], opens).map(|keys| written(&keys)).unwrap_or_default()
    }

    /// What the places that led here are called.
    pub(in crate::console) fn trail(&self) -> Vec<String> {
        let mut labels: Vec<String> = Vec::new();
        for place in self.stack.trail() {
            let label = self.label(&place);
            // What led to another view of the same thing is one step.
            if labels.last() != Some(&label) {
                labels.push(label);
            }
        }
        labels
    }

    fn label(&self, place: &Place) -> String {
        let scope = &place.scope;
        if let Some(workload) = &scope.workload {
            sanitize(&workload.name).into_owned()
        } else if let Some(node) = &scope.node {
            sanitize(node).into_owned()
        } else if let Some(zone) = scope.zone {
            self.picture.zone_name(zone).to_owned()
        } else {
            place.pane.title().to_owned()
        }
    }
}

/// The first part of a summary, for where there is little room.
fn gist(summary: &str) -> &str {
    summary.split([':', ';', ',']).next().unwrap_or(summary)
}

/// How useful it is to be told of an action; nothing where it isn't.
fn priority(action: &ActionSpec, refused: bool) -> Option<u8> {
    let useful = match action.name {
        "table.open" => 200,
        "workload.scale" => 190,
        "table.filter" => 180,
        "console.back" => 170,
        "zone.open-pods" => 165,
        "detail.toggle" => 160,
        "console.help" => 155,
        "console.palette" => 150,
        "workload.undo" => 145,
        "namespace.choose" => 140,
        "table.clear-filter" => 135,
        "table.mark" => 120,
        "table.sort-next" => 110,
        "console.sign-in" | "console.dismiss" => 185,
        "context.choose" => 100,
        "console.quit" => 90,
        "text.copy" => 80,
        "journal.show" => 70,
        _ if action.danger != Danger::None => 145,
        _ => return None,
    };
    // What can't be done is worth a hint only where one would look for it.
    match (refused, action.danger) {
        (false, _) => Some(useful),
        (true, Danger::None) => None,
        (true, _) => Some(useful - 100),
    }
}
