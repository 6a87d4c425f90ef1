//! The bar at the top: where one is, on which cluster, in which mode; and the path of places.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text::{self, Truncate};
use crate::theme::{Slot, Theme};

/// Blank cells between two segments.
const GAP: u16 = 2;

/// A piece of the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its text.
    pub text: String,
    /// Its style.
    pub slot: Slot,
    /// A badge stands on its own ground, with a blank on each side.
    pub badge: bool,
    /// In a narrow window the segments of the lowest priority are left out first.
    pub priority: u8,
}

impl Segment {
    /// A plain segment of middling priority (100).
    pub fn new(text: impl Into<String>, slot: Slot) -> Self {
        Self { text: text.into(), slot, badge: false, priority: 100 }
    }

    /// A badge, which is left out later than plain segments (150).
    pub fn badge(text: impl Into<String>, slot: Slot) -> Self {
        Self { badge: true, priority: 150, ..Self::new(text, slot) }
    }

    /// The same segment with another priority.
    #[must_use]
    pub fn priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }

    fn width(&self) -> u16 {
        text::cells(text::width(&self.text) + if self.badge { 2 } else { 0 })
    }

    fn draw(&self, x: u16, row: Rect, buffer: &mut Buffer, theme: &Theme) -> u16 {
        let style = theme.style(Slot::Bar).patch(theme.style(self.slot));
        let room = |x: u16| row.right().saturating_sub(x);
        let mut x = x;
        if self.badge {
            x = text::put(buffer, x, row.y, " ", room(x), style);
        }
        let ellipsis = theme.symbols().ellipsis;
        let cut = room(x).saturating_sub(u16::from(self.badge));
        x = text::put_truncated(buffer, (x, row.y), &self.text, cut, ellipsis, style);
        if self.badge {
            x = text::put(buffer, x, row.y, " ", room(x), style);
        }
        x
    }
}

/// Draws a bar of one row: segments from the left, others up to the right edge.
pub fn draw(left: &[Segment], right: &[Segment], row: Rect, buffer: &mut Buffer, theme: &Theme) {
    let row = Rect { height: row.height.min(1), ..row }.intersection(buffer.area);
    if row.is_empty() {
        return;
    }
    super::panel::clear(row, buffer, theme.style(Slot::Bar));
    let padded = if row.width > 20 { Rect { x: row.x + 1, width: row.width - 2, ..row } } else { row };
    let shown = fitting(left, right, padded.width);
    let mut x = padded.x;
    for (segment, _) in left.iter().zip(&shown).filter(|(_, shown)| **shown) {
        x = segment.draw(x, padded, buffer, theme).saturating_add(GAP);
    }
    let right: Vec<&Segment> = right
        .iter()
        .zip(&shown[left.len()..])
        .filter(|(_, shown)| **shown)
        .map(|(segment, _)| segment)
        .collect();
    let width = right.iter().map(|segment| segment.width()).sum::<u16>()
        + GAP * text::cells(right.len().saturating_sub(1));
    let mut x = padded.right().saturating_sub(width).max(x.min(padded.right()));
    for segment in right {
        x = segment.draw(x, padded, buffer, theme).saturating_add(GAP);
    }
}

/// Which segments, left ones first, are shown in `width` cells. The most important one always is, cut if need be.
fn fitting(left: &[Segment], right: &[Segment], width: u16) -> Vec<bool> {
    let all: Vec<&Segment> = left.iter().chain(right).collect();
    let mut order: Vec<usize> = (0..all.len()).filter(|&index| !all[index].text.is_empty()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(all[index].priority));
    let mut shown = vec![false; all.len()];
    let mut used: u16 = 0;
    for (rank, index) in order.into_iter().enumerate() {
        let gap = if rank == 0 { 0 } else { GAP };
        let wanted = all[index].width().saturating_add(gap);
        if rank == 0 || used.saturating_add(wanted) <= width {
            used = used.saturating_add(wanted);
            shown[index] = true;
        }
    }
    shown
}

/// Draws the places that led here, the present one last; the oldest give way when there is not enough room.
/// Returns the column after it.
pub fn draw_breadcrumb(places: &[&str], row: Rect, buffer: &mut Buffer, theme: &Theme) -> u16 {
    let row = row.intersection(buffer.area);
    let Some((here, before)) = places.split_last() else { return row.x };
    if row.is_empty() {
        return row.x;
    }
    let room = usize::from(row.width);
    let separated = |place: &str| text::width(place) + 3;
    let mut used = text::width(here);
    let mut first = before.len();
    while first > 0 && used + separated(before[first - 1]) + if first > 1 { 4 } else { 0 } <= room {
        first -= 1;
        used += separated(before[first]);
    }
    let muted = theme.style(Slot::Muted);
    let mut x = row.x;
    let left = |x: u16| row.right().saturating_sub(x);
    let separator = format!(" {} ", theme.symbols().separator);
    let ellipsis = theme.symbols().ellipsis;
    if first > 0 && used + 4 <= room {
        x = text::put(buffer, x, row.y, ellipsis, left(x), muted);
        x = text::put(buffer, x, row.y, &separator, left(x), muted);
    }
    for place in &before[first..] {
        x = text::put(buffer, x, row.y, place, left(x), muted);
        x = text::put(buffer, x, row.y, &separator, left(x), muted);
    }
    let here = text::truncate(here, usize::from(left(x)), Truncate::Start, ellipsis);
    text::put(buffer, x, row.y, &here, left(x), theme.style(Slot::Title))
}
