//! A table of rows of one kind with a filter, an order, a cursor, marks and a detail: what workloads and pods have in common.

mod draw;
mod listed;
mod selection;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::{Map, Value};

pub(super) use draw::draw_lines;
pub(super) use listed::{ColumnDesign, Listed, RowContext};
use selection::Selection;

use crate::actions::{Action, Subject};
use crate::panes::detail::DetailPanel;
use crate::panes::notices::{arriving, knowledge, stale_since};
use crate::panes::words::{grouped, safe};
use crate::panes::{Effect, Interests, Pane, PaneId, Place, Scope, ViewContext, detail};
use crate::picture::columns::{ColumnKey, Filter, Sort, Value as CellValue};
use crate::picture::{Picture, Query};
use crate::platform::age;
use crate::platform::object::Symbol;
use crate::platform::time::Instant;
use crate::widgets::table::TableState;

/// How many namespaces a heading names before it only counts them.
const NAMED_NAMESPACES: usize = 3;

/// A pane that lists rows of one kind.
pub(super) struct Listing<R: Listed> {
    scope: Scope,
    namespaces: Vec<Symbol>,
    filter: Filter,
    sort: Sort<R::Column>,
    selection: Selection,
    table: TableState,
    detail: DetailPanel,
    /// The rows that were drawn last, whose ages have to be kept up to date.
    visible: Range<usize>,
}

impl<R: Listed> Listing<R> {
    /// A listing narrowed to a scope.
    pub(super) fn new(scope: Scope) -> Self {
        Listing {
            scope,
            namespaces: Vec::new(),
            filter: Filter::default(),
            sort: Sort::default(),
            selection: Selection::default(),
            table: TableState::default(),
            detail: DetailPanel::default(),
            visible: 0..0,
        }
    }

    /// What to ask of the picture. A workload has its namespace in its name, so that the choice of namespaces doesn't hide its pods.
    fn query(&self) -> Query<R> {
        let workload = self.scope.workload.clone();
        Query {
            namespaces: if workload.is_some() { Vec::new() } else { self.namespaces.clone() },
            zone: self.scope.zone,
            workload: workload.map(|workload| (workload.kind, workload.namespace, workload.name)),
            node: self.scope.node.clone(),
            filter: self.filter.clone(),
            sort: self.sort,
        }
    }

    fn arriving(&self, picture: &Picture) -> bool {
        arriving(picture, R::KINDS) || !R::view(picture).settled()
    }

    /// The row under the cursor.
    fn current<'a>(&self, picture: &'a Picture) -> Option<&'a R> {
        let view = R::view(picture);
        let row = self.selection.row(&view, &self.table)?;
        view.row(row).map(|shown| shown.row)
    }

    /// Keeps the cursor on its object.
    fn follow(&mut self, picture: &Picture) {
        let arriving = self.arriving(picture);
        if self.selection.follow(&R::view(picture), &mut self.table, arriving) {
            self.detail.begin_anew();
        }
    }

    /// Moves the cursor, and follows what it is on then.
    fn move_cursor(&mut self, picture: &Picture, step: impl FnOnce(&mut TableState, usize)) -> Effect {
        let view = R::view(picture);
        step(&mut self.table, view.len());
        self.selection.note_move();
        if self.selection.adopt(&view, &self.table) {
            self.detail.begin_anew();
        }
        Effect::Changed
    }

    /// The columns that say something that the scope doesn't say already.
    fn columns(&self) -> impl Iterator<Item = &'static ColumnDesign<R::Column>> {
        let one_owner = self.scope.workload.is_some();
        let one_namespace = one_owner || self.namespaces.len() == 1;
        let one_zone = one_owner || self.scope.zone.is_some();
        R::COLUMNS.iter().filter(move |design| {
            let repeats = |column: R::Column| match column.name() {
                "namespace" => one_namespace,
                "owner" => one_owner,
                "zone" => one_zone,
                _ => false,
            };
            !repeats(design.column)
        })
    }

    /// A cursor on the first row stays there when the rows are about to be put into another order.
    fn keep_top(&mut self) {
        if self.table.cursor == 0 {
            self.selection.stay_at_top();
        }
    }

    fn sort_by(&mut self, column: R::Column, descending: bool) -> Effect {
        self.keep_top();
        self.sort = Sort { column, descending };
        Effect::Changed
    }

    /// Sorts by the column so many places further on, around the end.
    fn sort_along(&mut self, step: isize) -> Effect {
        let columns: Vec<_> = self.columns().map(|design| (design.column, design.largest_first)).collect();
        let here = columns.iter().position(|(column, _)| *column == self.sort.column);
        let next = match here {
            Some(here) => {
                here.saturating_add_signed(step.rem_euclid(columns.len().cast_signed())) % columns.len()
            }
            None => 0,
        };
        match columns.get(next) {
            Some((column, largest_first)) => self.sort_by(*column, *largest_first),
            None => Effect::Changed,
        }
    }

    fn sort_by_name(&mut self, action: &Action) -> Effect {
        let name = action.text("column").unwrap_or_default();
        let Some(column) = R::Column::from_name(name) else {
            let names: Vec<_> = R::Column::ALL.iter().map(|column| column.name()).collect();
            return Effect::Notify(format!(
                "there is no column `{name}` to sort by; there are {}",
                names.join(", ")
            ));
        };
        let descending = match action.text("order") {
            Some(order) => order == "descending",
            None if self.sort.column == column => !self.sort.descending,
            None => R::COLUMNS.iter().any(|design| design.column == column && design.largest_first),
        };
        self.sort_by(column, descending)
    }

    fn open(&mut self, picture: &Picture) -> Effect {
        match self.current(picture).map(R::opens) {
            Some(Some(place)) => Effect::Open(place),
            Some(None) => self.detail.toggle(),
            None => Effect::Changed,
        }
    }

    fn toggle_mark(&mut self, picture: &Picture) -> Effect {
        let Some(uid) = self.current(picture).map(R::uid) else { return Effect::Changed };
        self.selection.toggle(uid);
        self.move_cursor(picture, |table, total| table.move_by(1, total))
    }

    fn mark_all(&mut self, picture: &Picture) -> Effect {
        let view = R::view(picture);
        let rows = (0..view.len()).filter_map(|index| view.row(index));
        self.selection.mark_all(rows.map(|shown| shown.row.uid()));
        Effect::Changed
    }

    /// The marked rows that there still are.
    fn marked<'a>(&self, picture: &'a Picture) -> impl Iterator<Item = &'a R> {
        self.selection.marks().filter_map(|uid| R::find(picture, uid))
    }

    /// What the pane is narrowed to, in words.
    fn narrowed_to(&self, picture: &Picture) -> Vec<String> {
        let mut parts = Vec::new();
        if let Some(zone) = self.scope.zone {
            parts.push(picture.zone_name(zone).to_owned());
        }
        if let Some(workload) = &self.scope.workload {
            let kind = workload.kind.name().to_ascii_lowercase();
            parts.push(format!("{kind} {}/{}", safe(&workload.namespace), safe(&workload.name)));
        }
        if let Some(node) = &self.scope.node {
            parts.push(format!("node {}", safe(node)));
        }
        if self.scope.workload.is_none() {
            parts.extend(namespaces_in_words(&self.namespaces));
        }
        parts
    }
}

/// The namespaces that a pane shows, in words; nothing when it shows all.
pub(super) fn namespaces_in_words(namespaces: &[Symbol]) -> Option<String> {
    match namespaces.len() {
        0 => None,
        1..=NAMED_NAMESPACES => {
            let names: Vec<_> = namespaces.iter().map(|name| safe(name)).collect();
            Some(names.join(", "))
        }
        count => Some(format!("{count} namespaces")),
    }
}

impl<R: Listed> Pane for Listing<R> {
    fn id(&self) -> PaneId {
        R::PANE
    }

    fn place(&self) -> Place {
        Place { pane: R::PANE, scope: self.scope.clone(), filter: self.filter.text().to_owned() }
    }

    fn heading(&self, picture: &Picture) -> String {
        let view = R::view(picture);
        let mut parts = vec![R::PANE.title().to_owned()];
        parts.extend(self.narrowed_to(picture));
        let unknown = knowledge(picture, R::KINDS);
        let mut count = match unknown.word() {
            // Nothing is known of how many there are, so that no number is said.
            Some(word) if view.total() == 0 && (unknown.is_off() || !self.arriving(picture)) => {
                word.to_owned()
            }
            _ if self.filter.is_empty() => grouped(view.len()),
            _ => format!("{} of {}", grouped(view.len()), grouped(view.total())),
        };
        if self.arriving(picture) {
            count.push('…');
        }
        parts.push(count);
        let marks = self.marked(picture).count();
        if marks > 0 {
            parts.push(format!("{} marked", grouped(marks)));
        }
        parts.join(" · ")
    }

    fn interests(&self, picture: &Picture) -> Interests {
        let under_cursor = || self.current(picture).map(|row| row.reference(picture));
        Interests {
            detail: if self.detail.is_shown() { under_cursor() } else { None },
            ..R::interests(self.query())
        }
    }

    fn set_namespaces(&mut self, namespaces: &[Symbol]) {
        self.namespaces = namespaces.to_vec();
    }

    fn set_filter(&mut self, text: &str) -> Result<(), String> {
        let filter = Filter::parse::<R>(text).map_err(|error| error.to_string())?;
        self.keep_top();
        self.filter = filter;
        Ok(())
    }

    fn update(&mut self, action: &Action, picture: &Picture) -> Effect {
        self.follow(picture);
        match action.name {
            "cursor.down" => self.move_cursor(picture, |table, total| table.move_by(1, total)),
            "cursor.up" => self.move_cursor(picture, |table, total| table.move_by(-1, total)),
            "cursor.page-down" => self.move_cursor(picture, |table, total| table.move_pages(1, total)),
            "cursor.page-up" => self.move_cursor(picture, |table, total| table.move_pages(-1, total)),
            "cursor.top" => self.move_cursor(picture, |table, _| table.to_first()),
            "cursor.bottom" => self.move_cursor(picture, TableState::to_last),
            "table.open" => self.open(picture),
            "table.mark" => self.toggle_mark(picture),
            "table.mark-all" => self.mark_all(picture),
            "table.clear-marks" => {
                self.selection.clear_marks();
                Effect::Changed
            }
            "table.clear-filter" => {
                self.keep_top();
                self.filter = Filter::default();
                Effect::Changed
            }
            "table.sort-next" => self.sort_along(1),
            "table.sort-previous" => self.sort_along(-1),
            "table.sort-reverse" => self.sort_by(self.sort.column, !self.sort.descending),
            "table.sort" => self.sort_by_name(action),
            "table.scroll-left" => {
                self.table.scroll_columns(-1);
                Effect::Changed
            }
            "table.scroll-right" => {
                self.table.scroll_columns(1);
                Effect::Changed
            }
            "detail.toggle" => self.detail.toggle(),
            "detail.scroll-down" => self.detail.scroll(1),
            "detail.scroll-up" => self.detail.scroll(-1),
            _ => Effect::Unknown,
        }
    }

    fn subjects(&self, picture: &Picture) -> Vec<Subject> {
        let marked: Vec<_> =
            self.marked(picture).map(|row| Subject::Object(row.reference(picture))).collect();
        if !marked.is_empty() {
            return marked;
        }
        self.current(picture).map(|row| Subject::Object(row.reference(picture))).into_iter().collect()
    }

    fn copy_text(&self, picture: &Picture) -> Option<String> {
        self.current(picture).map(|row| safe(row.name()).into_owned())
    }

    fn view(&mut self, buffer: &mut Buffer, area: Rect, context: &ViewContext<'_>) {
        self.follow(context.picture);
        self.draw(buffer, area, context);
    }

    fn next_change(&self, picture: &Picture, now: Instant) -> Option<Instant> {
        let view = R::view(picture);
        let rows = self.visible.clone().filter_map(|index| view.row(index));
        let rows = rows.map(|shown| shown.row.next_change(now));
        let stale = stale_since(picture, R::KINDS).into_iter().map(|since| age::changes_at(since, now));
        let detail = self
            .current(picture)
            .filter(|_| self.detail.is_shown())
            .and_then(|row| detail::next_change(picture.detail(&row.reference(picture)), now));
        rows.chain(stale).chain(detail).min()
    }

    fn each_row(&self, picture: &Picture, take: &mut dyn FnMut(Map<String, Value>)) {
        let view = R::view(picture);
        (0..view.len()).filter_map(|index| view.row(index)).for_each(|shown| {
            take(typed_values(shown.row, picture));
        });
    }
}

/// A row as a JSON object: numbers as numbers, times as RFC 3339, and null for what there is not.
fn typed_values<R: Listed>(row: &R, picture: &Picture) -> Map<String, Value> {
    let mut values = Map::new();
    for column in R::Column::ALL {
        let value = match row.value(*column, picture.names()) {
            CellValue::Text(text) => Value::from(text.into_owned()),
            CellValue::Count(count) => Value::from(count),
            CellValue::Time(instant) => Value::from(instant.rfc3339()),
            CellValue::Missing => Value::Null,
            other @ (CellValue::Ratio(..) | CellValue::Address(_)) => Value::from(other.text().into_owned()),
        };
        values.insert(column.name().to_owned(), value);
    }
    row.more_values(picture, &mut values);
    values
}
