//! What the palette offers: actions, orders of the rows, and places.

use super::Deck;
use crate::actions::{Action, ActionSpec, ArgumentValue, Context};
use crate::console::overlay::{Goal, PaletteEntry};
use crate::panes::{PaneId, Place, Scope, WorkloadName};
use crate::picture::columns::{ColumnKey, PodColumn, WorkloadColumn};
use crate::platform::text::sanitize;
use crate::platform::zone::ZoneId;
use crate::widgets::picker::PickerItem;

impl Deck {
    /// Every action and every place. What can't be done now comes last, with the reason.
    pub(super) fn palette_entries(&self) -> Vec<PaletteEntry> {
        let situation = self.situation();
        let contexts = self.contexts();
        let listed = |action: &&ActionSpec| {
            action.context != Context::Dialog
                && !action.name.starts_with("cursor.")
                && !matches!(action.name, "console.palette" | "pane.open")
        };
        let mut entries: Vec<PaletteEntry> = self
            .setting
            .registry
            .iter()
            .filter(listed)
            .map(|action| PaletteEntry {
                item: PickerItem {
                    text: action.title.to_owned(),
                    alias: action.name.to_owned(),
                    description: action.summary.to_owned(),
                    key: self.setting.key_of(&contexts, action.name).unwrap_or_default(),
                    refused: situation.refusal(action).map(str::to_owned),
                    ..PickerItem::default()
                },
                goal: Goal::Perform(Action::plain(action.name)),
            })
            .chain(self.orders())
            .chain(self.places())
            .collect();
        entries.sort_by_key(|entry| entry.item.refused.is_some());
        entries
    }

    fn places(&self) -> Vec<PaletteEntry> {
        let mut places = Vec::new();
        for pane in PaneId::ALL {
            let goal = Goal::Open(Place::whole(pane));
            places.push(entry(
                format!("pane {}", pane.word()),
                "Go to the whole pane",
                self.pane_key(pane),
                goal,
            ));
        }
        let specifications = self.picture.zone_specs().iter();
        let zones = specifications.map(|(id, zone)| (Some(id), zone.name.as_str()));
        for (id, name) in zones.chain([(None::<ZoneId>, "unzoned")]) {
            let scope = Scope { zone: Some(id), ..Scope::default() };
            let goal = Goal::Open(Place { scope, ..Place::whole(PaneId::Workloads) });
            places.push(entry(format!("zone {name}"), "Open the workloads of the zone", String::new(), goal));
        }
        for (name, _) in self.namespace_choices() {
            let text = format!("namespace {}", sanitize(&name));
            let goal = Goal::Namespaces(vec![name]);
            places.push(entry(text, "Show this namespace only", String::new(), goal));
        }
        if !self.namespaces.is_empty() {
            let goal = Goal::Namespaces(Vec::new());
            places.push(entry("all namespaces".to_owned(), "Show every namespace", String::new(), goal));
        }
        places
    }

    /// Every workload by its name, which leads to its pods.
    pub(super) fn workload_entries(&self) -> Vec<PaletteEntry> {
        let entries = self.picture.workloads().iter().map(|row| {
            let name =
                WorkloadName { kind: row.kind, namespace: row.namespace.clone(), name: row.name.clone() };
            let kind = row.kind.name().to_ascii_lowercase();
            let text = format!("{kind} {}/{}", sanitize(&row.namespace), sanitize(&row.name));
            let scope = Scope { workload: Some(name), ..Scope::default() };
            let goal = Goal::Open(Place { scope, ..Place::whole(PaneId::Pods) });
            entry(text, "Open its pods", String::new(), goal)
        });
        entries.collect()
    }

    /// The columns that the rows of the pane can be sorted by.
    fn orders(&self) -> Vec<PaletteEntry> {
        let order = |column: &'static str| {
            let mut action = Action::plain("table.sort");
            action.arguments.push(("column", ArgumentValue::Text(column.to_owned())));
            let alias = action.to_string();
            let item = PickerItem {
                text: format!("sort by {column}"),
                alias,
                description: "Sort the rows by this column".to_owned(),
                ..PickerItem::default()
            };
            PaletteEntry { item, goal: Goal::Perform(action) }
        };
        match self.stack.pane().id() {
            PaneId::Zones => Vec::new(),
            PaneId::Workloads => WorkloadColumn::ALL.iter().map(|column| order(column.name())).collect(),
            PaneId::Pods => PodColumn::ALL.iter().map(|column| order(column.name())).collect(),
        }
    }
}

fn entry(text: String, description: &str, key: String, goal: Goal) -> PaletteEntry {
    let item = PickerItem { text, description: description.to_owned(), key, ..PickerItem::default() };
    PaletteEntry { item, goal }
}
