//! What a table remembers from one frame to the next.

use super::cells::RowCells;
use super::column::Column;

/// The cursor, the window and the column widths of one table.
#[derive(Debug, Clone, Default)]
pub struct TableState {
    /// The row under the cursor.
    pub cursor: usize,
    /// The first row that is shown.
    pub offset: usize,
    /// The column that follows the first one; 0 when the most important ones are shown instead.
    pub scrolled_columns: usize,
    /// How many rows the window held when it was drawn last.
    page: usize,
    /// What each column wants; only grows while the table keeps its shape.
    wanted: Vec<u16>,
    /// The titles of the columns for which `wanted` was gathered.
    titles: Vec<String>,
    /// How many columns did not fit when it was drawn last.
    hidden_columns: usize,
    /// The texts of the visible rows; kept so that its memory is used again.
    pub(super) cells: RowCells,
}

impl TableState {
    /// A table with its cursor on a row.
    pub fn at(cursor: usize) -> Self {
        Self { cursor, ..Self::default() }
    }

    /// Moves the cursor by so many rows of `total`, down when positive, never past either end.
    pub fn move_by(&mut self, rows: isize, total: usize) {
        self.cursor = self.cursor.saturating_add_signed(rows).min(total.saturating_sub(1));
    }

    /// Moves the cursor and the window by so many pages.
    pub fn move_pages(&mut self, pages: isize, total: usize) {
        let page = isize::try_from(self.page.saturating_sub(1).max(1)).unwrap_or(isize::MAX);
        let rows = pages.saturating_mul(page);
        self.offset = self.offset.saturating_add_signed(rows);
        self.move_by(rows, total);
    }

    /// Moves the cursor by half a page.
    pub fn move_half_pages(&mut self, halves: isize, total: usize) {
        let half = isize::try_from((self.page / 2).max(1)).unwrap_or(isize::MAX);
        let rows = halves.saturating_mul(half);
        self.offset = self.offset.saturating_add_signed(rows);
        self.move_by(rows, total);
    }

    /// Puts the cursor on the first row.
    pub fn to_first(&mut self) {
        self.cursor = 0;
    }

    /// Puts the cursor on the last of `total` rows.
    pub fn to_last(&mut self, total: usize) {
        self.cursor = total.saturating_sub(1);
    }

    /// Puts the cursor on a row.
    pub fn select(&mut self, row: usize) {
        self.cursor = row;
    }

    /// Scrolls by so many columns, to the right when positive. The first column always stays.
    pub fn scroll_columns(&mut self, columns: isize) {
        if columns > 0 && self.hidden_columns == 0 {
            return;
        }
        let most = self.titles.len().saturating_sub(1);
        self.scrolled_columns = self.scrolled_columns.saturating_add_signed(columns).min(most);
    }

    /// How many rows the window held when it was drawn last.
    pub fn page(&self) -> usize {
        self.page
    }

    /// How many columns did not fit when it was drawn last.
    pub fn hidden_columns(&self) -> usize {
        self.hidden_columns
    }

    /// Forgets the column widths: call it when the table shows something else.
    pub fn forget_widths(&mut self) {
        self.wanted.clear();
    }

    /// Brings cursor and window into range so that the cursor's row is among the `page` rows shown.
    pub fn ensure_visible(&mut self, total: usize, page: usize) {
        self.page = page;
        self.cursor = self.cursor.min(total.saturating_sub(1));
        if page == 0 {
            return;
        }
        if self.cursor < self.offset {
            self.offset = self.cursor;
        }
        if self.cursor >= self.offset + page {
            self.offset = self.cursor + 1 - page;
        }
        // No blank lines below the last row while there are rows above.
        self.offset = self.offset.min(total.saturating_sub(page));
    }

    pub(super) fn note_hidden_columns(&mut self, hidden: usize) {
        self.hidden_columns = hidden;
    }

    /// What each column wants, after the visible rows have had their say.
    pub(super) fn gather_wanted(&mut self, columns: &[Column<'_>]) -> &[u16] {
        let same = self.titles.len() == columns.len()
            && self.titles.iter().zip(columns).all(|(old, new)| old == new.title);
        if !same || self.wanted.len() != columns.len() {
            self.titles = columns.iter().map(|column| column.title.to_owned()).collect();
            self.wanted = vec![0; columns.len()];
            self.scrolled_columns = self.scrolled_columns.min(columns.len().saturating_sub(1));
        }
        for (index, column) in columns.iter().enumerate() {
            let wanted = column.wanted(self.cells.widest(index));
            self.wanted[index] = self.wanted[index].max(wanted);
        }
        &self.wanted
    }
}
