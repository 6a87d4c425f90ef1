//! What a pane says about its columns.

use crate::widgets::text::{self, Truncate};

/// How wide a column may be, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Always so many.
    Fixed(u16),
    /// As many as the visible rows need, within bounds.
    Range {
        /// Never fewer.
        min: u16,
        /// Never more.
        max: u16,
        /// Its share when there is not enough for all; at least 1.
        weight: u16,
    },
}

/// On which side of its column a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Words.
    #[default]
    Left,
    /// Numbers and ages.
    Right,
}

/// In which order the rows stand by a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column<'a> {
    /// The title in the header line.
    pub title: &'a str,
    /// How wide it may be.
    pub width: Width,
    /// On which side its texts stand.
    pub align: Align,
    /// Which part of a text gives way.
    pub truncate: Truncate,
    /// In a narrow window the columns of the lowest priority are dropped first.
    pub priority: u8,
    /// Whether the rows stand in its order.
    pub sorted: Option<Sorted>,
}

impl<'a> Column<'a> {
    /// A left-aligned column of middling priority (100).
    pub const fn new(title: &'a str, width: Width) -> Self {
        Self { title, width, align: Align::Left, truncate: Truncate::End, priority: 100, sorted: None }
    }

    /// The same column with its texts on the right.
    #[must_use]
    pub const fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// The same column with another way of cutting texts.
    #[must_use]
    pub const fn cut(mut self, truncate: Truncate) -> Self {
        self.truncate = truncate;
        self
    }

    /// The same column with another priority.
    #[must_use]
    pub const fn priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }

    /// The same column, marked as the one that the rows are sorted by.
    #[must_use]
    pub const fn sorted(mut self, sorted: Option<Sorted>) -> Self {
        self.sorted = sorted;
        self
    }

    /// The fewest cells that it takes when it wants so many: no more than its texts need. Its title is always readable.
    pub(super) fn least(&self, wanted: u16) -> u16 {
        match self.width {
            Width::Fixed(cells) => cells,
            Width::Range { min, max, .. } => min.min(wanted).max(self.titled(max)),
        }
    }

    /// The cells that it wants when its widest text takes `content` cells.
    pub(super) fn wanted(&self, content: u16) -> u16 {
        match self.width {
            Width::Fixed(cells) => cells,
            Width::Range { max, .. } => content.min(max).max(self.titled(max)),
        }
    }

    fn titled(&self, max: u16) -> u16 {
        text::cells(text::width(self.title)).min(max)
    }

    /// Its share of scarce room.
    pub(super) fn weight(&self) -> u32 {
        match self.width {
            Width::Fixed(_) => 0,
            Width::Range { weight, .. } => u32::from(weight.max(1)),
        }
    }
}
