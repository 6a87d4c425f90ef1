//! What every pane is: a place in the stack, its interests, and how it answers actions and draws.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::{Map, Value};

use crate::actions::{Action, Subject};
use crate::picture::model::{PodRow, WorkloadRow};
use crate::picture::{Picture, Query};
use crate::platform::object::{Kind, ObjectReference, Symbol};
use crate::platform::time::Instant;
use crate::platform::zone::ZoneId;
use crate::theme::Theme;

/// The panes that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaneId {
    /// The platform as zones.
    Zones,
    /// Workloads.
    Workloads,
    /// Pods.
    Pods,
}

impl PaneId {
    /// Every pane, in the order of the tabs.
    pub const ALL: [PaneId; 3] = [PaneId::Zones, PaneId::Workloads, PaneId::Pods];

    /// The word that names the pane on the command line and in `pane.open pane=…`.
    pub const fn word(self) -> &'static str {
        match self {
            PaneId::Zones => "zones",
            PaneId::Workloads => "workloads",
            PaneId::Pods => "pods",
        }
    }

    /// The title of the tab.
    pub const fn title(self) -> &'static str {
        match self {
            PaneId::Zones => "Zones",
            PaneId::Workloads => "Workloads",
            PaneId::Pods => "Pods",
        }
    }

    /// The pane of that word.
    pub fn from_word(word: &str) -> Option<PaneId> {
        PaneId::ALL.into_iter().find(|pane| pane.word() == word)
    }
}

/// A workload by name, as pods name their owners.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WorkloadName {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: Symbol,
    /// Its name.
    pub name: Symbol,
}

/// What a place is narrowed to by the way that led there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// A zone; `Some(None)` is what is in none.
    pub zone: Option<Option<ZoneId>>,
    /// The pods of one workload.
    pub workload: Option<WorkloadName>,
    /// The pods of one node.
    pub node: Option<Symbol>,
}

/// A place in the stack: a pane, and what it is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The pane.
    pub pane: PaneId,
    /// What it is narrowed to.
    pub scope: Scope,
    /// The text of its filter.
    pub filter: String,
}

impl Place {
    /// The whole of a pane.
    pub fn whole(pane: PaneId) -> Self {
        Place { pane, scope: Scope::default(), filter: String::new() }
    }
}

/// What a pane needs from the picture and the feeds while it is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interests {
    /// The pods that it shows.
    pub pods: Option<Query<PodRow>>,
    /// The workloads that it shows.
    pub workloads: Option<Query<WorkloadRow>>,
    /// The object under the cursor, in full.
    pub detail: Option<ObjectReference>,
}

/// What a pane draws with.
pub struct ViewContext<'a> {
    /// What there is to draw.
    pub picture: &'a Picture,
    /// How it looks.
    pub theme: &'a Theme,
    /// The present instant.
    pub now: Instant,
    /// Whether the pane has the focus, rather than a dialog above it.
    pub focused: bool,
    /// The address of the API server, for what is said while it has not answered.
    pub server: &'a str,
    /// The key that is bound to an action, as the keymap writes it.
    pub key_of: &'a dyn Fn(&str) -> Option<String>,
}

/// What an action asks of the console.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// The pane does not know the action.
    Unknown,
    /// The pane has changed, and wants to be drawn.
    Changed,
    /// Go to that place, with this one left on the stack.
    Open(Place),
    /// Tell the person something.
    Notify(String),
}

/// A pane. It only reads the picture and draws; everything that it wants, it declares.
pub trait Pane {
    /// Which pane it is.
    fn id(&self) -> PaneId;

    /// The place that it shows, to come back to.
    fn place(&self) -> Place;

    /// Its heading: what it shows, narrowed to what, with the count; `…` follows the count while rows or details arrive.
    fn heading(&self, picture: &Picture) -> String;

    /// What it needs. The console compares that with what it needed before.
    fn interests(&self, picture: &Picture) -> Interests;

    /// Shows these namespaces only; none means all.
    fn set_namespaces(&mut self, namespaces: &[Symbol]);

    /// Narrows the rows to what matches the text.
    ///
    /// # Errors
    /// What is wrong with the text; the filter of before stays.
    fn set_filter(&mut self, text: &str) -> Result<(), String>;

    /// Answers an action.
    fn update(&mut self, action: &Action, picture: &Picture) -> Effect;

    /// What an action of the keyboard is about: the marked rows, else the one under the cursor.
    fn subjects(&self, picture: &Picture) -> Vec<Subject>;

    /// The text that stands for what the cursor is on: its name.
    fn copy_text(&self, picture: &Picture) -> Option<String>;

    /// Draws the pane. May remember sizes and offsets, nothing else.
    fn view(&mut self, buffer: &mut Buffer, area: Rect, context: &ViewContext<'_>);

    /// The next instant at which something drawn reads differently by itself, such as an age.
    fn next_change(&self, picture: &Picture, now: Instant) -> Option<Instant>;

    /// Gives every row to `take`, with typed values, for `snapshot --format json`.
    fn each_row(&self, picture: &Picture, take: &mut dyn FnMut(Map<String, Value>));
}
