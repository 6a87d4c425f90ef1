//! Workloads: Deployments, StatefulSets and DaemonSets with their replicas, and what a row knows of them.

use serde_json::{Map, Value};

use crate::panes::listing::{ColumnDesign, Listed, RowContext};
use crate::panes::words::{Safe, moment, safe, workload_sign, workload_word};
use crate::panes::{Interests, PaneId, Place, Scope, WorkloadName};
use crate::picture::columns::{Tabled, WorkloadColumn};
use crate::picture::model::{AutoscalerRow, WorkloadRow};
use crate::picture::{Picture, Query, View};
use crate::platform::age;
use crate::platform::object::{Kind, Symbol, Uid};
use crate::platform::time::Instant;
use crate::platform::workload::Health;
use crate::theme::{Slot, Symbols};
use crate::widgets::detail::Section;
use crate::widgets::line::StyledLine;
use crate::widgets::table::RowCells;
use crate::widgets::text::Truncate;

/// A column of workloads: its fewest cells in a narrow and in a wide window, its most, and its priority.
const fn column(
    column: WorkloadColumn,
    title: &'static str,
    cells: (u16, u16, u16),
    priority: u8,
) -> ColumnDesign<WorkloadColumn> {
    ColumnDesign::new(column, title, cells, priority)
}

impl Listed for WorkloadRow {
    const PANE: PaneId = PaneId::Workloads;
    const NOUNS: (&'static str, &'static str) = ("workload", "workloads");
    const KINDS: &'static [Kind] = &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet];
    const COLUMNS: &'static [ColumnDesign<WorkloadColumn>] = &[
        column(WorkloadColumn::Namespace, "NAMESPACE", (9, 12, 24), 230),
        column(WorkloadColumn::Kind, "KIND", (6, 6, 6), 200),
        column(WorkloadColumn::Name, "NAME", (18, 26, 60), 255).cut(Truncate::Middle).weight(4),
        column(WorkloadColumn::Ready, "READY", (5, 5, 9), 245),
        column(WorkloadColumn::Health, "STATE", (13, 13, 13), 250).largest_first(),
        column(WorkloadColumn::Updated, "UPDATED", (7, 7, 8), 190).right(),
        column(WorkloadColumn::Available, "AVAILABLE", (9, 9, 9), 170).right(),
        column(WorkloadColumn::Autoscaler, "AUTOSCALER", (12, 14, 22), 220).largest_first(),
        column(WorkloadColumn::Age, "AGE", (5, 5, 6), 210).right(),
        column(WorkloadColumn::Image, "IMAGE", (12, 24, 60), 140).cut(Truncate::Start),
        column(WorkloadColumn::Tag, "TAG", (6, 10, 20), 195).cut(Truncate::Middle),
        column(WorkloadColumn::Owner, "OWNER", (8, 12, 32), 120),
        column(WorkloadColumn::Zone, "ZONE", (6, 11, 16), 160),
    ];

    fn view(picture: &Picture) -> View<'_, Self> {
        picture.workload_view()
    }

    fn find(picture: &Picture, uid: Uid) -> Option<&Self> {
        picture.workloads().get(uid)
    }

    fn interests(query: Query<Self>) -> Interests {
        Interests { workloads: Some(query), ..Interests::default() }
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn symbol(&self) -> Symbol {
        self.name.clone()
    }

    fn namespace_symbol(&self) -> Symbol {
        self.namespace.clone()
    }

    fn fill(&self, column: WorkloadColumn, cells: &mut RowCells, context: &RowContext<'_>) {
        let names = context.picture.names();
        let lacking = |count: u32| if count < self.wanted { Slot::Warning } else { Slot::Text };
        match column {
            WorkloadColumn::Kind => cells.push(short_kind(self.kind), Slot::Muted),
            WorkloadColumn::Name => {
                let slot = if self.health >= Health::Degraded { Slot::Strong } else { Slot::Text };
                cells.push(Safe(&self.name), slot);
            }
            WorkloadColumn::Ready => {
                cells.push(format_args!("{}/{}", self.ready, self.wanted), lacking(self.ready));
            }
            WorkloadColumn::Health => {
                let sign = workload_sign(self, context.symbols);
                cells.push(format_args!("{} ", sign.symbol), sign.slot);
                let calm = sign.slot == Slot::Good;
                cells.extend(workload_word(self), if calm { Slot::Text } else { sign.slot });
            }
            WorkloadColumn::Autoscaler => {
                fill_autoscaler(context.picture.autoscaler_of(self), cells, context.symbols);
            }
            WorkloadColumn::Updated => cells.push(self.updated, lacking(self.updated)),
            WorkloadColumn::Available => cells.push(self.available, lacking(self.available)),
            WorkloadColumn::Age => cells.push(age::age(self.created, context.now), Slot::Text),
            WorkloadColumn::Namespace | WorkloadColumn::Tag => {
                cells.push(Safe(&self.value(column, names).text()), Slot::Text);
            }
            WorkloadColumn::Image | WorkloadColumn::Owner | WorkloadColumn::Zone => {
                cells.push(Safe(&self.value(column, names).text()), Slot::Muted);
            }
        }
    }

    fn opens(&self) -> Option<Place> {
        let workload =
            WorkloadName { kind: self.kind, namespace: self.namespace.clone(), name: self.name.clone() };
        let scope = Scope { workload: Some(workload), ..Scope::default() };
        Some(Place { scope, ..Place::whole(PaneId::Pods) })
    }

    fn summary(&self, context: &RowContext<'_>) -> Vec<Section> {
        let sign = workload_sign(self, context.symbols);
        let state = StyledLine::new(format!("{} {}", sign.symbol, workload_word(self)), sign.slot);
        let mut section = Section::new("").field("State", state);
        if let Some(complaint) = &self.complaint {
            let line = StyledLine::new(safe(&complaint.reason), Slot::Bad)
                .and(format!(": {}", safe(&complaint.message)), Slot::Text);
            section = section.field("Because", line);
        }
        section = section.field("Replicas", replicas_in_words(self));
        if self.paused {
            section = section.field("Rollout", StyledLine::new("paused", Slot::Waiting));
        } else if !self.observed {
            let line = StyledLine::new("its controller has not seen the latest change yet", Slot::Busy);
            section = section.field("Rollout", line);
        }
        if let Some(line) = autoscaler_in_words(self, context) {
            section = section.field("Autoscaler", line);
        }
        section = section
            .field("Kind", self.kind.name())
            .field("Namespace", safe(&self.namespace).into_owned())
            .field("Zone", safe(context.picture.names().zone(self.zone)).into_owned())
            .field("Created", moment(self.created, context.now))
            .field("Requests", format!("cpu {}, memory {} a pod", self.requests.cpu, self.requests.memory));
        for image in self.images.iter() {
            section = section.field("Image", StyledLine::new(safe(image), Slot::Text));
        }
        vec![section]
    }

    fn owners(&self) -> Vec<(Symbol, Symbol)> {
        self.owner.iter().map(|owner| (owner.kind.clone(), owner.name.clone())).collect()
    }

    fn more_values(&self, picture: &Picture, into: &mut Map<String, Value>) {
        let autoscaler = picture.autoscaler_of(self);
        let number = |of: fn(&AutoscalerRow) -> u32| autoscaler.map_or(Value::Null, |row| of(row).into());
        into.insert("wanted".to_owned(), self.wanted.into());
        into.insert("paused".to_owned(), self.paused.into());
        into.insert("autoscaler_minimum".to_owned(), number(|row| row.minimum));
        into.insert("autoscaler_maximum".to_owned(), number(|row| row.maximum));
        into.insert("autoscaler_current".to_owned(), number(|row| row.current));
        let at_maximum = autoscaler.map_or(Value::Null, |row| row.at_maximum().into());
        into.insert("autoscaler_at_maximum".to_owned(), at_maximum);
    }

    fn next_change(&self, now: Instant) -> Instant {
        age::changes_at(self.created, now)
    }
}

/// How many replicas are in which state.
fn replicas_in_words(row: &WorkloadRow) -> StyledLine {
    let slot = match row.health {
        Health::Down => Slot::Bad,
        Health::Degraded => Slot::Warning,
        _ => Slot::Text,
    };
    StyledLine::new(format!("{} of {} ready", row.ready, row.wanted), slot)
        .and(format!(", {} updated, {} available", row.updated, row.available), Slot::Text)
}

/// kubectl's short word for a kind of workload.
fn short_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Deployment => "deploy",
        Kind::StatefulSet => "sts",
        Kind::DaemonSet => "ds",
        other => other.name(),
    }
}

/// `2-10 (4)`: the bounds, and how many it counts.
fn fill_autoscaler(autoscaler: Option<&AutoscalerRow>, cells: &mut RowCells, symbols: &Symbols) {
    let Some(row) = autoscaler else {
        return cells.push("", Slot::Muted);
    };
    let bounds = format!("{}-{}", row.minimum, row.maximum);
    if row.at_maximum() {
        cells.push(format_args!("{} {bounds} at max", symbols.warning), Slot::Warning);
    } else if row.inactive.is_some() {
        cells.push(format_args!("{} {bounds} inactive", symbols.unknown), Slot::Unknown);
    } else {
        cells.push(format_args!("  {bounds} ({})", row.current), Slot::Text);
    }
}

fn autoscaler_in_words(row: &WorkloadRow, context: &RowContext<'_>) -> Option<StyledLine> {
    let row = context.picture.autoscaler_of(row)?;
    let symbols = context.symbols;
    let mut line = StyledLine::new(
        format!(
            "{}: {} to {}, {} now, wants {}",
            safe(&row.name),
            row.minimum,
            row.maximum,
            row.current,
            row.desired
        ),
        Slot::Text,
    );
    if row.at_maximum() {
        line.push(format!("  {} at its maximum", symbols.warning), Slot::Warning);
    }
    for condition in [&row.inactive, &row.limited].into_iter().flatten() {
        line.push(format!("  {}", safe(&condition.reason)), Slot::Warning);
        line.push(format!(": {}", safe(&condition.message)), Slot::Muted);
    }
    Some(line)
}
