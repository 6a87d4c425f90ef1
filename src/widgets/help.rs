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
/// The narrowest a column with longer descriptions may be for another beside it, in cells.
const NARROWEST_COLUMN: usize = 48;
/// The most cells for keys; more of them go on in the next line.
const WIDEST_KEY: usize = 14;
/// Blank cells between keys and what they do.
const KEY_GAP: usize = 2;

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

/// Lays groups out as lines of at most `width` cells, in as many columns as are wide enough to read. Groups are kept
/// whole, and columns about equally long.
pub fn lay_out(groups: &[KeyGroup], width: u16, ellipsis: &str) -> Vec<StyledLine> {
    let width = usize::from(width).max(1);
    let wanted = groups.iter().map(group_width).max().unwrap_or(0).clamp(1, NARROWEST_COLUMN);
    let mut count = ((width + COLUMN_GAP) / (wanted + COLUMN_GAP)).clamp(1, groups.len().max(1));
    loop {
        let wide = (width - (count - 1) * COLUMN_GAP) / count;
        let drawn = groups.iter().map(|group| group_lines(group, wide, ellipsis)).collect();
        let columns = distribute(drawn, count);
        // Fewer columns than there is room for are wider ones.
        if columns.len() < count {
            count = columns.len();
            continue;
        }
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        return (0..height).map(|row| join_row(&columns, row, wide)).collect();
    }
}

/// What a group would like to have, in cells.
fn group_width(group: &KeyGroup) -> usize {
    let descriptions = group.entries.iter().map(|entry| text::width(&entry.description)).max().unwrap_or(0);
    (key_width(group) + KEY_GAP + descriptions).max(text::width(&group.title))
}

fn key_width(group: &KeyGroup) -> usize {
    let widest = group.entries.iter().map(|entry| text::width(&entry.key)).max().unwrap_or(0);
    widest.min(WIDEST_KEY)
}

/// Deals the groups out in order, going on to the next column when one has its share of the lines.
fn distribute(groups: Vec<Vec<StyledLine>>, columns: usize) -> Vec<Vec<StyledLine>> {
    let lines: usize = groups.iter().map(|group| group.len() + 1).sum();
    let share = lines.div_ceil(columns);
    let mut dealt: Vec<Vec<StyledLine>> = vec![Vec::new()];
    for group in groups {
        let used = dealt.last().map_or(0, Vec::len);
        // Half a group may stand over before the next column is begun.
        let full = used > 0 && used + group.len() / 2 > share;
        if full && dealt.len() < columns {
            dealt.push(Vec::new());
        }
        if let Some(column) = dealt.last_mut() {
            if !column.is_empty() {
                column.push(StyledLine::blank());
            }
            column.extend(group);
        }
    }
    dealt
}

/// The title, and each entry with its description wrapped beside its keys.
fn group_lines(group: &KeyGroup, width: usize, ellipsis: &str) -> Vec<StyledLine> {
    let mut lines = vec![StyledLine::new(cut(&group.title, width, ellipsis), Slot::Title)];
    let keys = key_width(group).min(width / 2).max(1);
    for entry in &group.entries {
        let (key_slot, slot) =
            if entry.enabled { (Slot::Key, Slot::Text) } else { (Slot::Muted, Slot::Muted) };
        let written = text::wrap(&entry.key, keys);
        let described = text::wrap(&entry.description, width.saturating_sub(keys + KEY_GAP).max(1));
        for row in 0..written.len().max(described.len()).max(1) {
            let key = cut(written.get(row).map_or("", String::as_str), keys, ellipsis);
            let blanks = keys.saturating_sub(text::width(&key)) + KEY_GAP;
            let words = described.get(row).cloned().unwrap_or_default();
            let line = StyledLine::new(key, key_slot).and(" ".repeat(blanks), Slot::Text);
            lines.push(line.and(cut(&words, width.saturating_sub(keys + KEY_GAP), ellipsis), slot));
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
