//! The texts of the visible rows, collected in one arena that is used again for every frame.

use std::fmt::{Display, Write};
use std::ops::Range;

use crate::theme::Slot;
use crate::widgets::text;

/// The cells of one visible row, in the order of the table's columns. The table asks the pane to fill it.
#[derive(Debug, Clone, Default)]
pub struct RowCells {
    text: String,
    spans: Vec<CellSpan>,
    cells: Vec<Range<usize>>,
    rows: Vec<RowRecord>,
}

/// A stretch of one cell in one style; the text is a range of the arena.
#[derive(Debug, Clone)]
pub(super) struct CellSpan {
    pub(super) text: Range<usize>,
    pub(super) slot: Slot,
}

#[derive(Debug, Clone)]
struct RowRecord {
    cells: Range<usize>,
    marked: bool,
    stale: bool,
}

impl RowCells {
    /// Adds the next cell of the row.
    pub fn push(&mut self, content: impl Display, slot: Slot) {
        let at = self.spans.len();
        self.cells.push(at..at);
        self.extend(content, slot);
    }

    /// Adds a stretch in another style to the cell that was added last.
    pub fn extend(&mut self, content: impl Display, slot: Slot) {
        let start = self.text.len();
        // Writing into a string cannot fail; a failing Display leaves what it wrote.
        let _ = write!(self.text, "{content}");
        self.spans.push(CellSpan { text: start..self.text.len(), slot });
        if self.cells.is_empty() {
            self.cells.push(0..0);
        }
        if let Some(cell) = self.cells.last_mut() {
            cell.end = self.spans.len();
        }
    }

    /// Marks the row: it is one of those that the next operation is about.
    pub fn mark(&mut self, marked: bool) {
        if let Some(row) = self.rows.last_mut() {
            row.marked = marked;
        }
    }

    /// Dims the row: its source is not live.
    pub fn stale(&mut self, stale: bool) {
        if let Some(row) = self.rows.last_mut() {
            row.stale = stale;
        }
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
        self.cells.clear();
        self.rows.clear();
    }

    pub(super) fn begin_row(&mut self) {
        let at = self.cells.len();
        self.rows.push(RowRecord { cells: at..at, marked: false, stale: false });
    }

    pub(super) fn end_row(&mut self) {
        let end = self.cells.len();
        if let Some(row) = self.rows.last_mut() {
            row.cells.end = end;
        }
    }

    pub(super) fn row_count(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn is_marked(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| row.marked)
    }

    pub(super) fn is_stale(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| row.stale)
    }

    /// The spans of a cell; none when the pane gave fewer cells than there are columns.
    pub(super) fn spans(&self, row: usize, column: usize) -> &[CellSpan] {
        let Some(record) = self.rows.get(row) else { return &[] };
        let index = record.cells.start + column;
        if index >= record.cells.end {
            return &[];
        }
        self.cells.get(index).and_then(|cell| self.spans.get(cell.clone())).unwrap_or(&[])
    }

    /// The whole text of a cell, whose spans stand one after the other in the arena.
    pub(super) fn cell_text(&self, spans: &[CellSpan]) -> &str {
        match (spans.first(), spans.last()) {
            (Some(first), Some(last)) => self.text.get(first.text.start..last.text.end).unwrap_or(""),
            _ => "",
        }
    }

    /// The widest text of a column, in cells.
    pub(super) fn widest(&self, column: usize) -> u16 {
        (0..self.rows.len())
            .map(|row| text::cells(text::width(self.cell_text(self.spans(row, column)))))
            .max()
            .unwrap_or(0)
    }
}
