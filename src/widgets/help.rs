//! Groups of keys with what they do, in as many columns as fit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::detail;
use super::line::StyledLine;
use super::scroll::ScrollState;
use super::text::{self, Truncate};
use crate::theme::{Slot, Theme};

/// Blank cells between two columns.
const COLUMN_GAP: usize = 4;
/// The widest a column gets, in cells.
const WIDEST_COLUMN: usize = 52;

/// A key with what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEntry {
    /// The key as it is written in the keymap.
    pub key: String,
    /// What it does.
    pub description: String,
    /// Whether it does something here and now.
    pub enabled: bool,
}

/// Keys that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyGroup {
    /// What they have in common.
    pub title: String,
    /// The keys.
    pub entries: Vec<KeyEntry>,
}

/// Draws groups in columns, scrolled by `state`.
pub fn draw(
    groups: &[KeyGroup],
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
    base: Style,
    state: &mut ScrollState,
) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    let lines = lay_out(groups, area.width.saturating_sub(2).max(1), theme.symbols().ellipsis);
    detail::draw_lines(&lines, area, buffer, theme, base, state);
}

/// Lays groups out as lines of at most `width` cells. Groups are kept whole, and columns about equally long.
pub fn lay_out(groups: &[KeyGroup], width: u16, ellipsis: &str) -> Vec<StyledLine> {
    let width = usize::from(width);
    let wanted = groups.iter().map(group_width).max().unwrap_or(0).clamp(1, WIDEST_COLUMN.min(width.max(1)));
    let fitting = ((width + COLUMN_GAP) / (wanted + COLUMN_GAP)).clamp(1, groups.len().max(1));
    let columns = distribute(groups, fitting);
    let blocks: Vec<Vec<StyledLine>> =
        columns.iter().map(|groups| column_lines(groups, wanted, ellipsis)).collect();
    let height = blocks.iter().map(Vec::len).max().unwrap_or(0);
    (0..height).map(|row| join_row(&blocks, row, wanted)).collect()
}

fn key_width(group: &KeyGroup) -> usize {
    group.entries.iter().map(|entry| text::width(&entry.key)).max().unwrap_or(0)
}

fn group_width(group: &KeyGroup) -> usize {
    let descriptions = group.entries.iter().map(|entry| text::width(&entry.description)).max().unwrap_or(0);
    (key_width(group) + 2 + descriptions).max(text::width(&group.title))
}

/// Deals the groups out in order, going on to the next column when one has its share of the lines.
fn distribute(groups: &[KeyGroup], columns: usize) -> Vec<Vec<&KeyGroup>> {
    let lines: usize = groups.iter().map(|group| group.entries.len() + 2).sum();
    let share = lines.div_ceil(columns);
    let mut dealt: Vec<Vec<&KeyGroup>> = vec![Vec::new()];
    let mut used = 0;
    for group in groups {
        let height = group.entries.len() + 2;
        // Half a group may stand over before the next column is begun.
        let full = used > 0 && used + height / 2 > share;
        if full && dealt.len() < columns {
            dealt.push(Vec::new());
            used = 0;
        }
        used += height;
        if let Some(column) = dealt.last_mut() {
            column.push(group);
        }
    }
    dealt
}

fn column_lines(groups: &[&KeyGroup], width: usize, ellipsis: &str) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    for group in groups {
        if !lines.is_empty() {
            lines.push(StyledLine::blank());
        }
        lines.push(StyledLine::new(cut(&group.title, width, ellipsis), Slot::Title));
        let keys = key_width(group).min(width / 2);
        for entry in &group.entries {
            let (key_slot, slot) =
                if entry.enabled { (Slot::Key, Slot::Text) } else { (Slot::Muted, Slot::Muted) };
            let key = cut(&entry.key, keys, ellipsis);
            let blanks = keys.saturating_sub(text::width(&key)) + 2;
            let description = cut(&entry.description, width.saturating_sub(keys + 2), ellipsis);
            lines.push(
                StyledLine::new(key, key_slot).and(" ".repeat(blanks), Slot::Text).and(description, slot),
            );
        }
    }
    lines
}

fn cut(content: &str, width: usize, ellipsis: &str) -> String {
    text::truncate(content, width, Truncate::End, ellipsis).into_owned()
}

fn join_row(blocks: &[Vec<StyledLine>], row: usize, width: usize) -> StyledLine {
    let mut joined = StyledLine::blank();
    for (index, block) in blocks.iter().enumerate() {
        let line = block.get(row).cloned().unwrap_or_default();
        let used = line.width();
        joined.spans.extend(line.spans);
        let last = blocks[index + 1..].iter().all(|later| later.len() <= row);
        if last {
            break;
        }
        joined.push(" ".repeat(width.saturating_sub(used) + COLUMN_GAP), Slot::Text);
    }
    joined
}
