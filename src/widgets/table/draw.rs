//! Drawing a table.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::cells::{CellSpan, RowCells};
use super::column::{Align, Column, Sorted};
use super::layout::{self, Placed};
use super::state::TableState;
use crate::theme::{Slot, Theme};
use crate::widgets::scroll::draw_scrollbar;
use crate::widgets::text::{self, Truncate};

/// Cells left of the first column: cursor, mark and a blank.
const GUTTER: u16 = 3;
/// Cells right of the last column: a blank and the scroll bar.
const RIGHT_EDGE: u16 = 2;

/// A table, for one frame.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The columns, in order. The first names the row, and never goes.
    pub columns: &'a [Column<'a>],
    /// How many rows there are in all.
    pub total: usize,
    /// What to say instead of rows when there are none.
    pub empty: &'a str,
    /// Whether keys go to this table; without the focus the cursor's row has no ground of its own.
    pub focused: bool,
}

impl Table<'_> {
    /// Draws header and visible rows, and returns the range of rows that is shown.
    ///
    /// `fill` is called once for each visible row, and pushes one cell for each column.
    pub fn draw(
        &self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        state: &mut TableState,
        mut fill: impl FnMut(usize, &mut RowCells),
    ) -> Range<usize> {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return 0..0;
        }
        let page = usize::from(area.height.saturating_sub(1));
        let visible = self.collect(page, state, &mut fill);

        let left = area.x.saturating_add(GUTTER.min(area.width));
        let available = area.width.saturating_sub(GUTTER + RIGHT_EDGE);
        let scrolled = state.scrolled_columns;
        let wanted = state.gather_wanted(self.columns);
        let shown = layout::choose(self.columns, wanted, available, scrolled);
        let placed = layout::place(self.columns, &shown, wanted, left, available);
        state.note_hidden_columns(self.columns.len() - shown.len());

        self.draw_header(Rect { height: 1, ..area }, buffer, theme, &placed);
        let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
        if self.total == 0 {
            draw_empty(body, buffer, theme, self.empty);
            return visible;
        }
        for row in 0..state.cells.row_count() {
            let line = Rect { y: body.y.saturating_add(text::cells(row)), height: 1, ..body };
            let is_cursor = visible.start + row == state.cursor;
            self.draw_row(line, buffer, theme, &state.cells, row, is_cursor, &placed);
        }
        let bar = Rect { x: body.right() - 1, width: 1, ..body };
        draw_scrollbar(bar, buffer, theme, visible.start, page, self.total);
        visible
    }

    /// The cells that the table would take if every column got what it wants for the rows of a window of that height,
    /// its header included. `fill` is what [`Self::draw`] takes.
    pub fn wanted_width(
        &self,
        height: u16,
        state: &mut TableState,
        mut fill: impl FnMut(usize, &mut RowCells),
    ) -> u16 {
        self.collect(usize::from(height.saturating_sub(1)), state, &mut fill);
        layout::wanted_total(state.gather_wanted(self.columns)).saturating_add(GUTTER + RIGHT_EDGE)
    }

    /// Asks for the rows of a window of that many, and returns which they are.
    fn collect(
        &self,
        page: usize,
        state: &mut TableState,
        fill: &mut impl FnMut(usize, &mut RowCells),
    ) -> Range<usize> {
        state.ensure_visible(self.total, page);
        let visible = state.offset..(state.offset + page).min(self.total);
        collect(&mut state.cells, visible.clone(), fill);
        visible
    }

    fn draw_header(&self, line: Rect, buffer: &mut Buffer, theme: &Theme, placed: &[Placed]) {
        let base = theme.style(Slot::Header);
        buffer.set_style(line, base);
        for place in placed {
            let column = &self.columns[place.column];
            let slot = if column.sorted.is_some() { Slot::HeaderSorted } else { Slot::Header };
            let style = base.patch(theme.style(slot));
            let title = text::truncate(
                column.title,
                usize::from(place.width),
                Truncate::End,
                theme.symbols().ellipsis,
            );
            let title_width = text::cells(text::width(&title)).min(place.width);
            // The arrow stands in the gap, so that sorting never changes a width.
            let (title_x, arrow_x) = match column.align {
                Align::Left => (place.x, place.x.saturating_add(title_width)),
                Align::Right => {
                    let x = place.x + place.width - title_width;
                    (x, x.saturating_sub(1))
                }
            };
            text::put(buffer, title_x, line.y, &title, place.width, style);
            if let Some(sorted) = column.sorted
                && arrow_x < line.right()
            {
                let arrow = match sorted {
                    Sorted::Ascending => theme.symbols().ascending,
                    Sorted::Descending => theme.symbols().descending,
                };
                text::put(buffer, arrow_x, line.y, arrow, 1, style);
            }
        }
        // A sign in the edge tells that there are more columns.
        if placed.len() < self.columns.len() {
            let style = base.patch(theme.style(Slot::Muted));
            text::put(buffer, line.right() - 1, line.y, theme.symbols().separator, 1, style);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one row's whole surroundings, used in one place")]
    fn draw_row(
        &self,
        line: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        cells: &RowCells,
        row: usize,
        is_cursor: bool,
        placed: &[Placed],
    ) {
        let symbols = theme.symbols();
        if is_cursor {
            text::put(buffer, line.x, line.y, symbols.cursor, line.width, theme.style(Slot::Accent));
        }
        if cells.is_marked(row) && line.width > 1 {
            text::put(buffer, line.x + 1, line.y, symbols.mark, 1, theme.style(Slot::Marked));
        }
        for place in placed {
            draw_cell(
                buffer,
                theme,
                cells,
                cells.spans(row, place.column),
                &self.columns[place.column],
                place,
                line.y,
            );
        }
        // Row styles go over the cells: a dimmed row is dimmed whole, the cursor's ground reaches from edge to edge.
        let ground = Rect { width: line.width.saturating_sub(1), ..line };
        if cells.is_marked(row) {
            buffer.set_style(ground, theme.style(Slot::Marked));
        }
        if cells.is_stale(row) {
            buffer.set_style(ground, theme.style(Slot::Stale));
        }
        if is_cursor && self.focused {
            buffer.set_style(ground, theme.style(Slot::Cursor));
        }
    }
}

/// Asks for the visible rows.
fn collect(cells: &mut RowCells, visible: Range<usize>, fill: &mut impl FnMut(usize, &mut RowCells)) {
    cells.clear();
    for row in visible {
        cells.begin_row();
        fill(row, cells);
        cells.end_row();
    }
}

fn draw_cell(
    buffer: &mut Buffer,
    theme: &Theme,
    cells: &RowCells,
    spans: &[CellSpan],
    column: &Column<'_>,
    place: &Placed,
    y: u16,
) {
    let Some(first) = spans.first() else { return };
    let content = cells.cell_text(spans);
    let room = usize::from(place.width);
    let cut = text::cut(content, room, column.truncate);
    let origin = first.text.start;
    let used = if cut.cut { place.width } else { text::cells(text::width(content)) };
    let mut x = match column.align {
        Align::Left => place.x,
        Align::Right => place.x + place.width.saturating_sub(used),
    };
    let end = place.x + place.width;
    let mut draw =
        |x: u16, part: &str, style: Style| text::put(buffer, x, y, part, end.saturating_sub(x), style);
    // What is kept of the beginning, then the ellipsis, then what is kept of the end, each in its own style.
    let mut ellipsis_owed = cut.cut;
    for span in spans {
        let (start, stop) = (span.text.start - origin, span.text.end - origin);
        let style = theme.style(span.slot);
        x = draw(x, content.get(start..stop.min(cut.head)).unwrap_or(""), style);
        if ellipsis_owed && stop >= cut.head {
            x = draw(x, theme.symbols().ellipsis, style);
            ellipsis_owed = false;
        }
        x = draw(x, content.get(start.max(cut.tail)..stop).unwrap_or(""), style);
    }
}

fn draw_empty(body: Rect, buffer: &mut Buffer, theme: &Theme, message: &str) {
    let width = usize::from(body.width.saturating_sub(4).max(1));
    let lines = text::wrap(message, width);
    let height = text::cells(lines.len()).min(body.height);
    let top = body.y + (body.height - height) / 3;
    for (index, line) in lines.iter().take(usize::from(height)).enumerate() {
        let x = body.x + (body.width.saturating_sub(text::cells(text::width(line)))) / 2;
        let y = top.saturating_add(text::cells(index));
        text::put(buffer, x, y, line, body.right().saturating_sub(x), theme.style(Slot::Muted));
    }
}
