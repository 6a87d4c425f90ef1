//! The cursor and the marks of a listing, both held by identity, because rows move.

use indexmap::IndexSet;

use crate::picture::columns::Tabled;
use crate::picture::{Belongs, View};
use crate::platform::object::Uid;
use crate::widgets::table::TableState;

/// What the cursor is on, and what is marked.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// The object under the cursor, once there is one to follow.
    under_cursor: Option<Uid>,
    /// Whether a person has moved the cursor.
    moved: bool,
    marks: IndexSet<Uid, rustc_hash::FxBuildHasher>,
}

impl Selection {
    /// The row of the cursor's object; where that has gone, the row that took its place.
    pub(super) fn row<R: Tabled + Belongs>(&self, view: &View<'_, R>, table: &TableState) -> Option<usize> {
        let followed = self.under_cursor.and_then(|uid| view.index_of(uid));
        followed.or_else(|| view.len().checked_sub(1).map(|last| table.cursor.min(last)))
    }

    /// Puts the table's cursor on the row of its object. True when the cursor is on another object now.
    ///
    /// While rows first arrive and nobody has moved it, the cursor stays at the top.
    pub(super) fn follow<R: Tabled + Belongs>(
        &mut self,
        view: &View<'_, R>,
        table: &mut TableState,
        arriving: bool,
    ) -> bool {
        let Some(row) = self.row(view, table) else { return false };
        table.select(row);
        if self.moved || !arriving { self.adopt(view, table) } else { false }
    }

    /// Takes the row that the table's cursor is on for the one to follow. True when that is another object.
    pub(super) fn adopt<R: Tabled + Belongs>(&mut self, view: &View<'_, R>, table: &TableState) -> bool {
        let Some(uid) = view.row(table.cursor).map(|shown| shown.row.uid()) else { return false };
        let before = self.under_cursor.replace(uid);
        before != Some(uid)
    }

    /// Lets the cursor stay at the top, whatever comes there: for when a person asks for another order or filter
    /// with the cursor on the first row.
    pub(super) fn stay_at_top(&mut self) {
        self.under_cursor = None;
        self.moved = false;
    }

    /// Remembers that a person has moved the cursor.
    pub(super) fn note_move(&mut self) {
        self.moved = true;
    }

    /// Whether an object is marked.
    pub(super) fn is_marked(&self, uid: Uid) -> bool {
        self.marks.contains(&uid)
    }

    /// Marks an object, or takes its mark away.
    pub(super) fn toggle(&mut self, uid: Uid) {
        if !self.marks.shift_remove(&uid) {
            self.marks.insert(uid);
        }
    }

    /// Marks these objects as well.
    pub(super) fn mark_all(&mut self, uids: impl IntoIterator<Item = Uid>) {
        self.marks.extend(uids);
    }

    /// Takes every mark away.
    pub(super) fn clear_marks(&mut self) {
        self.marks.clear();
    }

    /// What is marked, in the order in which it was.
    pub(super) fn marks(&self) -> impl Iterator<Item = Uid> + '_ {
        self.marks.iter().copied()
    }
}
