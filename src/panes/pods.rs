//! Pods: kubectl's columns in kubectl's words, and what a pod's row knows of it.

use serde_json::{Map, Value};

use crate::panes::listing::{ColumnDesign, Listed, RowContext};
use crate::panes::words::{Safe, moment, pod_ails, pod_sign, pod_word, safe};
use crate::panes::{Interests, PaneId, Place};
use crate::picture::columns::{PodColumn, Tabled};
use crate::picture::model::PodRow;
use crate::picture::{Picture, Query, View};
use crate::platform::age;
use crate::platform::object::{Kind, Symbol, Uid};
use crate::platform::pod::PodHealth;
use crate::platform::time::Instant;
use crate::theme::Slot;
use crate::widgets::detail::Section;
use crate::widgets::line::StyledLine;
use crate::widgets::table::RowCells;
use crate::widgets::text::Truncate;

/// A restart that is younger than this, in milliseconds, stands out: it may belong to what is wrong now.
const RECENT: i64 = 3_600_000;

/// A column of pods: its fewest cells in a narrow and in a wide window, its most, and its priority.
const fn column(
    column: PodColumn,
    title: &'static str,
    cells: (u16, u16, u16),
    priority: u8,
) -> ColumnDesign<PodColumn> {
    ColumnDesign::new(column, title, cells, priority)
}

impl Listed for PodRow {
    const PANE: PaneId = PaneId::Pods;
    const NOUNS: (&'static str, &'static str) = ("pod", "pods");
    const KINDS: &'static [Kind] = &[Kind::Pod];
    const COLUMNS: &'static [ColumnDesign<PodColumn>] = &[
        column(PodColumn::Namespace, "NAMESPACE", (9, 12, 24), 230),
        // The hash at the end of a name is what tells the pods of a workload apart.
        column(PodColumn::Name, "NAME", (18, 34, 63), 255).cut(Truncate::Middle).weight(4),
        column(PodColumn::Ready, "READY", (5, 5, 7), 240),
        column(PodColumn::Status, "STATUS", (18, 18, 30), 250).weight(8).largest_first(),
        column(PodColumn::Restarts, "RESTARTS", (8, 12, 14), 220).largest_first(),
        column(PodColumn::Age, "AGE", (5, 5, 6), 210).right(),
        column(PodColumn::Node, "NODE", (8, 14, 44), 200),
        column(PodColumn::Ip, "IP", (10, 13, 39), 120),
        column(PodColumn::Image, "IMAGE", (12, 24, 60), 140).cut(Truncate::Start),
        column(PodColumn::Tag, "TAG", (6, 10, 20), 180).cut(Truncate::Middle),
        column(PodColumn::Owner, "OWNER", (10, 14, 40), 150),
        column(PodColumn::Zone, "ZONE", (6, 11, 16), 110),
    ];

    fn view(picture: &Picture) -> View<'_, Self> {
        picture.pod_view()
    }

    fn find(picture: &Picture, uid: Uid) -> Option<&Self> {
        picture.pods().get(uid)
    }

    fn interests(query: Query<Self>) -> Interests {
        Interests { pods: Some(query), ..Interests::default() }
    }

    fn kind(&self) -> Kind {
        Kind::Pod
    }

    fn symbol(&self) -> Symbol {
        Symbol::from(&*self.name)
    }

    fn namespace_symbol(&self) -> Symbol {
        self.namespace.clone()
    }

    fn fill(&self, column: PodColumn, cells: &mut RowCells, context: &RowContext<'_>) {
        match column {
            PodColumn::Name => {
                let slot = if pod_ails(self.health) { Slot::Strong } else { Slot::Text };
                cells.push(Safe(&self.name), slot);
            }
            PodColumn::Ready => {
                let done = self.health == PodHealth::Done;
                let slot = if self.ready >= self.containers || done { Slot::Text } else { Slot::Warning };
                cells.push(format_args!("{}/{}", self.ready, self.containers), slot);
            }
            PodColumn::Status => {
                let sign = pod_sign(self.health, context.symbols);
                cells.push(format_args!("{} ", sign.symbol), sign.slot);
                let calm = self.health == PodHealth::Ready;
                cells.extend(Safe(&self.status), if calm { Slot::Text } else { sign.slot });
            }
            PodColumn::Restarts => fill_restarts(self, cells, context),
            PodColumn::Age => cells.push(age::age(self.created, context.now), Slot::Text),
            PodColumn::Namespace | PodColumn::Node => {
                cells.push(Safe(&self.value(column, context.picture.names()).text()), Slot::Text);
            }
            PodColumn::Ip | PodColumn::Image | PodColumn::Tag | PodColumn::Owner | PodColumn::Zone => {
                cells.push(Safe(&self.value(column, context.picture.names()).text()), Slot::Muted);
            }
        }
    }

    fn opens(&self) -> Option<Place> {
        None
    }

    fn summary(&self, context: &RowContext<'_>) -> Vec<Section> {
        let names = context.picture.names();
        let sign = pod_sign(self.health, context.symbols);
        let mut status = StyledLine::new(format!("{} {}", sign.symbol, safe(&self.status)), sign.slot);
        if !self.status.eq_ignore_ascii_case(pod_word(self.health)) {
            status.push(format!("  {}", pod_word(self.health)), Slot::Muted);
        }
        let mut section = Section::new("")
            .field("Status", status)
            .field("Ready", format!("{} of {} containers", self.ready, self.containers))
            .field("Restarts", restarts_in_words(self, context.now))
            .field("Created", moment(self.created, context.now))
            .field("Namespace", safe(&self.namespace).into_owned());
        section = match &self.node {
            Some(node) => section.field("Node", safe(node).into_owned()),
            None => section.field("Node", StyledLine::new("none yet", Slot::Warning)),
        };
        if let Some(ip) = self.ip {
            section = section.field("IP", ip.to_string());
        }
        section = section
            .field("Zone", safe(names.zone(self.zone)).into_owned())
            .field("Requests", format!("cpu {}, memory {}", self.requests.cpu, self.requests.memory));
        for image in self.images.iter() {
            section = section.field("Image", StyledLine::new(safe(image), Slot::Text));
        }
        vec![section]
    }

    fn owners(&self) -> Vec<(Symbol, Symbol)> {
        let direct = self.owner.as_ref();
        let last = self.workload.as_ref().filter(|workload| direct != Some(workload));
        direct.into_iter().chain(last).map(|owner| (owner.kind.clone(), owner.name.clone())).collect()
    }

    fn more_values(&self, _picture: &Picture, into: &mut Map<String, Value>) {
        let restarted = self.restarted.map(|instant| Value::from(instant.rfc3339()));
        into.insert("last_restart".to_owned(), restarted.unwrap_or(Value::Null));
    }

    fn next_change(&self, now: Instant) -> Instant {
        let age = age::changes_at(self.created, now);
        self.restarted.map_or(age, |restarted| age.min(age::changes_at(restarted, now)))
    }
}

/// Restarts as kubectl prints them, with the counts below each other and ages in one unit: `5 (3m ago)`.
fn fill_restarts(row: &PodRow, cells: &mut RowCells, context: &RowContext<'_>) {
    let now = context.now;
    let recent = row.restarted.is_some_and(|restarted| now.since(restarted) < RECENT);
    let slot = match row.restarts {
        0 => Slot::Muted,
        _ if recent => Slot::Warning,
        _ => Slot::Text,
    };
    cells.push(format_args!("{:>2}", row.restarts), slot);
    if let Some(restarted) = row.restarted.filter(|_| row.restarts > 0) {
        let ago = if context.narrow { "" } else { " ago" };
        cells.extend(format_args!(" ({}{ago})", coarse(&age::age(restarted, now))), Slot::Muted);
    }
}

/// The first unit of an age: `3h` of `3h43m`.
fn coarse(age: &str) -> &str {
    age.find(|letter: char| letter.is_ascii_alphabetic()).map_or(age, |unit| &age[..=unit])
}

fn restarts_in_words(row: &PodRow, now: Instant) -> StyledLine {
    let count = StyledLine::new(row.restarts.to_string(), Slot::Text);
    match row.restarted.filter(|_| row.restarts > 0) {
        Some(restarted) => count.and(format!(", the last {}", moment(restarted, now)), Slot::Muted),
        None => count,
    }
}
