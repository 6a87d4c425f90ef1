//! What a kind of rows says about itself, so that one listing serves them all.

use serde_json::{Map, Value};

use crate::panes::{Interests, PaneId, Place};
use crate::picture::columns::{ColumnKey, Tabled};
use crate::picture::{Belongs, Picture, Query, View};
use crate::platform::object::{Kind, ObjectReference, Symbol, Uid};
use crate::platform::time::Instant;
use crate::theme::Symbols;
use crate::widgets::detail::Section;
use crate::widgets::table::{Align, RowCells, Width};
use crate::widgets::text::Truncate;

/// How a column looks.
#[derive(Debug, Clone, Copy)]
pub(in crate::panes) struct ColumnDesign<C> {
    /// The column of the picture.
    pub(in crate::panes) column: C,
    /// Its title.
    pub(in crate::panes) title: &'static str,
    /// The fewest cells in a narrow window, the fewest in a wide one, and the most in any.
    cells: (u16, u16, u16),
    /// Its share when there is not enough for all.
    weight: u16,
    /// On which side its texts stand.
    pub(in crate::panes) align: Align,
    /// Which part of a text gives way.
    pub(in crate::panes) truncate: Truncate,
    /// The columns of the lowest priority go first in a narrow window.
    pub(in crate::panes) priority: u8,
    /// Whether the largest come first when a person asks for its order.
    pub(in crate::panes) largest_first: bool,
}

impl<C: ColumnKey> ColumnDesign<C> {
    /// A column as wide as its texts, within bounds: the fewest cells in a narrow window, the fewest in a
    /// wide one, the most in any. Its texts stand on the left.
    pub(in crate::panes) const fn new(
        column: C,
        title: &'static str,
        cells: (u16, u16, u16),
        priority: u8,
    ) -> Self {
        ColumnDesign {
            column,
            title,
            cells,
            weight: 1,
            align: Align::Left,
            truncate: Truncate::End,
            priority,
            largest_first: false,
        }
    }

    /// The same column with its texts on the right.
    pub(in crate::panes) const fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// The same column with a larger share of scarce room.
    pub(in crate::panes) const fn weight(mut self, weight: u16) -> Self {
        self.weight = weight;
        self
    }

    /// The same column with another part of its texts giving way: that which tells them apart the least.
    pub(in crate::panes) const fn cut(mut self, truncate: Truncate) -> Self {
        self.truncate = truncate;
        self
    }

    /// How wide it may be. In a wide window a column that would have to be cut short is rather left out.
    pub(in crate::panes) fn width(&self, narrow: bool) -> Width {
        let (in_narrow, in_wide, most) = self.cells;
        Width::Range { min: if narrow { in_narrow } else { in_wide }, max: most, weight: self.weight }
    }

    /// The same column with the largest first.
    pub(in crate::panes) const fn largest_first(mut self) -> Self {
        self.largest_first = true;
        self
    }
}

/// What the cells of a row are drawn from, besides the row.
pub(in crate::panes) struct RowContext<'a> {
    /// The picture.
    pub(in crate::panes) picture: &'a Picture,
    /// The symbols to draw with.
    pub(in crate::panes) symbols: &'a Symbols,
    /// The present instant.
    pub(in crate::panes) now: Instant,
    /// Whether the window is so narrow that cells should be brief.
    pub(in crate::panes) narrow: bool,
}

/// A kind of rows that a [`Listing`](super::Listing) shows.
pub(in crate::panes) trait Listed: Tabled + Belongs + Sized {
    /// The pane.
    const PANE: PaneId;
    /// What one row is, and what several are.
    const NOUNS: (&'static str, &'static str);
    /// The sources that the rows come from.
    const KINDS: &'static [Kind];
    /// The columns, in order.
    const COLUMNS: &'static [ColumnDesign<Self::Column>];

    /// The open view of such rows.
    fn view(picture: &Picture) -> View<'_, Self>;
    /// The row of that identity, whether the view shows it or not.
    fn find(picture: &Picture, uid: Uid) -> Option<&Self>;
    /// What to ask of the picture for this query.
    fn interests(query: Query<Self>) -> Interests;
    /// Its kind.
    fn kind(&self) -> Kind;
    /// Its name, shared where that costs nothing.
    fn symbol(&self) -> Symbol;
    /// Its namespace.
    fn namespace_symbol(&self) -> Symbol;
    /// Pushes the cell of one column.
    fn fill(&self, column: Self::Column, cells: &mut RowCells, context: &RowContext<'_>);
    /// The place that it opens into, where there is one.
    fn opens(&self) -> Option<Place>;
    /// What the row itself knows, for the detail.
    fn summary(&self, context: &RowContext<'_>) -> Vec<Section>;
    /// The controllers above it that the row itself knows, nearest first.
    fn owners(&self) -> Vec<(Symbol, Symbol)>;
    /// What `snapshot` says besides the columns.
    fn more_values(&self, picture: &Picture, into: &mut Map<String, Value>);
    /// The next instant at which one of its cells reads differently by itself.
    fn next_change(&self, now: Instant) -> Instant;

    /// The object that it stands for.
    fn reference(&self, picture: &Picture) -> ObjectReference {
        ObjectReference {
            cluster: picture.cluster().clone(),
            kind: self.kind(),
            namespace: self.namespace_symbol(),
            name: self.symbol(),
            uid: Some(self.uid()),
        }
    }
}
