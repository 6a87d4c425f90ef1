//! Drawing a listing: notices, the filter line, the table, and the detail where there is room for it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{ColumnDesign, Listed, Listing, RowContext, namespaces_in_words};
use crate::panes::detail::{Room, object_sections};
use crate::panes::notices::{absence, notices};
use crate::panes::words::{grouped, safe};
use crate::panes::{Scope, ViewContext};
use crate::picture::columns::ColumnKey;
use crate::theme::{Slot, Theme};
use crate::widgets::line::StyledLine;
use crate::widgets::table::{Column, Sorted, Table};

/// The fewest lines that are left for the table, however much there is to say above it.
const LEAST_TABLE: u16 = 4;
/// From this width on, columns get the room that their texts usually need, and fewer of them are shown.
const WIDE_FROM: u16 = 96;

impl<R: Listed> Listing<R> {
    pub(super) fn draw(&mut self, buffer: &mut Buffer, area: Rect, context: &ViewContext<'_>) {
        let area = self.draw_lines_above(buffer, area, context);
        let room = Room::of(area);
        self.detail.note_room(room);
        // Where there is nothing to tell of, the table has the whole room for saying why.
        let shown = self.detail.is_shown() && self.current(context.picture).is_some();
        let wanted = if shown && room == Room::Beside { self.wanted_width(area, context) } else { 0 };
        let (table_area, detail_area) = room.split(area, shown, wanted);
        if !table_area.is_empty() {
            self.draw_table(buffer, table_area, context);
        }
        if let Some(detail_area) = detail_area {
            self.draw_detail(buffer, detail_area, room, context);
        }
    }

    /// Draws what stands above the table, and returns the area that is left.
    fn draw_lines_above(&self, buffer: &mut Buffer, area: Rect, context: &ViewContext<'_>) -> Rect {
        let mut lines = Vec::new();
        if !self.filter.text().is_empty() {
            lines.push(self.filter_line(context));
        }
        // Where the table has no rows, it says itself why.
        let rows = R::view(context.picture).total() > 0;
        lines.extend(notices(context.picture, R::KINDS, rows, context.now, context.theme.symbols()));
        let most = area.height.saturating_sub(LEAST_TABLE);
        draw_lines(&lines, buffer, area, most, context.theme)
    }

    fn filter_line(&self, context: &ViewContext<'_>) -> StyledLine {
        let view = R::view(context.picture);
        let (_, plural) = R::NOUNS;
        let mut line = StyledLine::new("/ ", Slot::Key).and(safe(self.filter.text()), Slot::Filter);
        line.push(format!("  {} of {} {plural}", grouped(view.len()), grouped(view.total())), Slot::Muted);
        if let Some(key) = (context.key_of)("table.clear-filter") {
            line.push(format!("  {key}"), Slot::Key);
            line.push(" clears it", Slot::Muted);
        }
        line
    }

    /// The columns in the order in which they are shown.
    fn designs(&self) -> Vec<&'static ColumnDesign<R::Column>> {
        let mut designs: Vec<_> = self.columns().collect();
        // The first column stays when columns are scrolled away, so the name has to be the first.
        if self.table.scrolled_columns > 0
            && let Some(name) = designs.iter().position(|design| design.column.name() == "name")
        {
            designs[..=name].rotate_right(1);
        }
        designs
    }

    fn table_columns(
        &self,
        designs: &[&'static ColumnDesign<R::Column>],
        narrow: bool,
    ) -> Vec<Column<'static>> {
        let order = if self.sort.descending { Sorted::Descending } else { Sorted::Ascending };
        designs
            .iter()
            .map(|design| Column {
                title: design.title,
                width: design.width(narrow),
                align: design.align,
                truncate: design.truncate,
                priority: design.priority,
                sorted: (design.column == self.sort.column).then_some(order),
            })
            .collect()
    }

    /// The cells that the table would take with all of its columns, none of them cut.
    fn wanted_width(&mut self, area: Rect, context: &ViewContext<'_>) -> u16 {
        let picture = context.picture;
        let view = R::view(picture);
        let designs = self.designs();
        let columns = self.table_columns(&designs, false);
        let table = Table { columns: &columns, total: view.len(), empty: "", focused: context.focused };
        let row_context =
            RowContext { picture, symbols: context.theme.symbols(), now: context.now, narrow: false };
        table.wanted_width(area.height, &mut self.table, |index, cells| {
            let Some(shown) = view.row(index) else { return };
            for design in &designs {
                shown.row.fill(design.column, cells, &row_context);
            }
        })
    }

    fn draw_table(&mut self, buffer: &mut Buffer, area: Rect, context: &ViewContext<'_>) {
        let picture = context.picture;
        let view = R::view(picture);
        let designs = self.designs();
        let narrow = area.width < WIDE_FROM;
        let columns = self.table_columns(&designs, narrow);
        let empty = if view.is_empty() { self.emptiness(context) } else { String::new() };
        let table = Table { columns: &columns, total: view.len(), empty: &empty, focused: context.focused };
        let row_context = RowContext { picture, symbols: context.theme.symbols(), now: context.now, narrow };
        let selection = &self.selection;
        self.visible = table.draw(area, buffer, context.theme, &mut self.table, |index, cells| {
            let Some(shown) = view.row(index) else { return };
            cells.mark(selection.is_marked(shown.row.uid()));
            cells.stale(!shown.confirmed);
            for design in &designs {
                shown.row.fill(design.column, cells, &row_context);
            }
        });
    }

    /// Why there are no rows, and what can be done about it.
    fn emptiness(&self, context: &ViewContext<'_>) -> String {
        let view = R::view(context.picture);
        let (_, plural) = R::NOUNS;
        if view.total() > 0 {
            let filter = safe(self.filter.text());
            let key = (context.key_of)("table.clear-filter");
            let remedy = key.map(|key| format!("; {key} clears the filter")).unwrap_or_default();
            return format!("no {plural} match `{filter}`{remedy}");
        }
        if let Some(absence) = absence(context.picture, R::KINDS, context.server, context.now) {
            return absence;
        }
        if !view.settled() {
            return "looking".to_owned();
        }
        match (&self.scope, namespaces_in_words(&self.namespaces)) {
            (Scope { workload: Some(workload), .. }, _) => {
                format!("no {plural} of {}/{}", safe(&workload.namespace), safe(&workload.name))
            }
            (Scope { node: Some(node), .. }, _) => format!("no {plural} on {}", safe(node)),
            (Scope { zone: Some(zone), .. }, _) => {
                format!("no {plural} in the zone {}", context.picture.zone_name(*zone))
            }
            (_, Some(namespaces)) => format!("no {plural} in {namespaces}"),
            _ => format!("no {plural} in this cluster"),
        }
    }

    fn draw_detail(&mut self, buffer: &mut Buffer, area: Rect, room: Room, context: &ViewContext<'_>) {
        let picture = context.picture;
        let Some(row) = self.current(picture) else { return };
        let row_context =
            RowContext { picture, symbols: context.theme.symbols(), now: context.now, narrow: false };
        let sections = object_sections(row, picture.detail(&row.reference(picture)), &row_context);
        let title = safe(row.name()).into_owned();
        let frame = room.frame(buffer, area, &title, context.theme);
        self.detail.draw(&sections, buffer, frame, context.theme);
    }
}

/// Draws lines from the top, at most `most` of them, and returns the area below.
pub(in crate::panes) fn draw_lines(
    lines: &[StyledLine],
    buffer: &mut Buffer,
    area: Rect,
    most: u16,
    theme: &Theme,
) -> Rect {
    let count = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(most);
    let indent = if area.width > 3 { 3 } else { 0 };
    for (y, line) in (area.y..area.y.saturating_add(count)).zip(lines) {
        line.draw(buffer, (area.x + indent, y), area.width - indent, theme, Style::default());
    }
    Rect { y: area.y + count, height: area.height - count, ..area }
}
