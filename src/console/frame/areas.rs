//! Where what is drawn: the pane has the room, and what surrounds it gives way in a small window.

use ratatui::layout::Rect;

/// Rows beside the pane that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// For the prompt of the filter.
    pub(super) filter: u16,
    /// For notifications.
    pub(super) notes: u16,
}

/// Where what is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Areas {
    pub(super) bar: Option<Rect>,
    pub(super) tabs: Option<Rect>,
    pub(super) heading: Option<Rect>,
    pub(super) filter: Option<Rect>,
    pub(super) pane: Rect,
    pub(super) notes: Option<Rect>,
    pub(super) hints: Option<Rect>,
}

impl Areas {
    /// Deals the rows of a window out. Below 7 rows or 30 columns there is the pane, with the prompt of the filter
    /// while it is typed, in the place of the hints; below 12 rows there are no tabs.
    pub(super) fn lay_out(area: Rect, wanted: Wanted) -> Areas {
        let roomy = area.height >= 7 && area.width >= 30;
        let mut rest = Rows { area };
        let bar = rest.top(u16::from(roomy));
        let tabs = rest.top(u16::from(roomy && area.height >= 12));
        let heading = rest.top(u16::from(roomy));
        let filter = rest.bottom(wanted.filter.min(area.height / 2));
        let hints = rest.bottom(u16::from(roomy && filter.is_none()));
        let notes = rest.bottom(if roomy { wanted.notes.min(area.height / 6) } else { 0 });
        let indented = |row: Option<Rect>| row.map(|row| if roomy { indent(row) } else { row });
        Areas {
            bar,
            tabs,
            heading: indented(heading),
            filter: indented(filter),
            pane: rest.area,
            notes: indented(notes),
            hints,
        }
    }
}

/// Rows that are taken from either end.
struct Rows {
    area: Rect,
}

impl Rows {
    fn top(&mut self, rows: u16) -> Option<Rect> {
        let rows = rows.min(self.area.height);
        let taken = Rect { height: rows, ..self.area };
        self.area = Rect { y: self.area.y + rows, height: self.area.height - rows, ..self.area };
        (rows > 0).then_some(taken)
    }

    fn bottom(&mut self, rows: u16) -> Option<Rect> {
        let rows = rows.min(self.area.height);
        self.area.height -= rows;
        (rows > 0).then_some(Rect { y: self.area.bottom(), height: rows, ..self.area })
    }
}

fn indent(row: Rect) -> Rect {
    Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row }
}
