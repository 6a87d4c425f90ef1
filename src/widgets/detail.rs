//! Key and value sections: everything about one thing, to read and to scroll.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::line::{StyledLine, StyledSpan};
use super::scroll::{ScrollState, draw_scrollbar};
use super::text;
use crate::theme::{Slot, Theme};

/// Cells between a label and its value, and between the columns of a sub-table.
const GAP: usize = 2;
/// The widest label column, in cells; longer labels push their own value only.
const WIDEST_LABEL: usize = 22;

/// A heading and what stands under it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// The heading; empty for none.
    pub heading: String,
    /// What stands under it.
    pub items: Vec<Item>,
}

/// One thing in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A label with its value; values of one section are aligned, long ones are wrapped.
    Field {
        /// What it is.
        label: String,
        /// Its value.
        value: StyledLine,
    },
    /// A field whose value begins with a symbol; what is wrapped hangs under the text rather than under the symbol.
    Point {
        /// What it is; empty for none.
        label: String,
        /// What stands before the text, without a blank after it; blanks for none.
        symbol: StyledSpan,
        /// The text.
        value: StyledLine,
    },
    /// A paragraph, wrapped.
    Text(StyledLine),
    /// A line that is cut rather than wrapped: of a diff or a log.
    Line(StyledLine),
    /// A small table, as wide as its texts.
    Table {
        /// The titles of its columns; may be empty.
        titles: Vec<String>,
        /// Its rows, a line for each cell.
        rows: Vec<Vec<StyledLine>>,
    },
    /// An empty line.
    Blank,
}

impl Section {
    /// An empty section.
    pub fn new(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), items: Vec::new() }
    }

    /// A section of paragraphs without a heading.
    pub fn paragraphs(lines: impl IntoIterator<Item = StyledLine>) -> Self {
        Self { heading: String::new(), items: lines.into_iter().map(Item::Text).collect() }
    }

    /// The same section with one more field.
    #[must_use]
    pub fn field(mut self, label: impl Into<String>, value: impl Into<StyledLine>) -> Self {
        self.items.push(Item::Field { label: label.into(), value: value.into() });
        self
    }

    /// The same section with one more paragraph.
    #[must_use]
    pub fn text(mut self, line: impl Into<StyledLine>) -> Self {
        self.items.push(Item::Text(line.into()));
        self
    }

    /// The same section with a small table.
    #[must_use]
    pub fn table(mut self, titles: &[&str], rows: Vec<Vec<StyledLine>>) -> Self {
        let titles = titles.iter().map(|&title| title.to_owned()).collect();
        self.items.push(Item::Table { titles, rows });
        self
    }
}

/// Lays sections out as lines of at most `width` cells, a blank line between two sections.
pub fn lay_out(sections: &[Section], width: u16) -> Vec<StyledLine> {
    let width = usize::from(width.max(1));
    let mut lines = Vec::new();
    for section in sections {
        if !lines.is_empty() {
            lines.push(StyledLine::blank());
        }
        if !section.heading.is_empty() {
            lines.push(StyledLine::new(section.heading.as_str(), Slot::Title));
        }
        let labels = label_width(section, width);
        for item in &section.items {
            lay_out_item(item, labels, width, &mut lines);
        }
    }
    lines
}

fn label_width(section: &Section, width: usize) -> usize {
    let widest = section.items.iter().filter_map(|item| match item {
        Item::Field { label, .. } | Item::Point { label, .. } => Some(text::width(label)),
        _ => None,
    });
    widest.filter(|&cells| cells <= WIDEST_LABEL).max().unwrap_or(0).min(width / 2)
}

fn lay_out_item(item: &Item, labels: usize, width: usize, lines: &mut Vec<StyledLine>) {
    match item {
        Item::Blank => lines.push(StyledLine::blank()),
        Item::Text(line) => lines.extend(line.wrap(width)),
        Item::Line(line) => lines.push(line.clone()),
        Item::Field { label, value } => lay_out_field(label, value, labels, width, lines),
        Item::Point { label, symbol, value } => lay_out_point((label, symbol), value, labels, width, lines),
        Item::Table { titles, rows } => lay_out_table(titles, rows, lines),
    }
}

fn lay_out_field(label: &str, value: &StyledLine, labels: usize, width: usize, lines: &mut Vec<StyledLine>) {
    let indent = (labels + GAP).min(width.saturating_sub(1));
    for (index, part) in value.wrap(width.saturating_sub(indent).max(1)).into_iter().enumerate() {
        let head = if index == 0 { label } else { "" };
        let mut line = StyledLine::new(pad(head, indent), Slot::Muted);
        line.spans.extend(part.spans);
        lines.push(line);
    }
}

fn lay_out_point(
    (label, symbol): (&str, &StyledSpan),
    value: &StyledLine,
    labels: usize,
    width: usize,
    lines: &mut Vec<StyledLine>,
) {
    // Without any labels there is no column for them.
    let indent = if labels == 0 { 0 } else { labels + GAP }.min(width.saturating_sub(1));
    let hang = text::width(&symbol.text) + 1;
    for (index, part) in value.wrap(width.saturating_sub(indent + hang).max(1)).into_iter().enumerate() {
        let mut line = StyledLine::blank();
        if index == 0 {
            if indent > 0 {
                line.push(pad(label, indent), Slot::Muted);
            }
            line.push(format!("{} ", symbol.text), symbol.slot);
        } else {
            line.push(" ".repeat(indent + hang), Slot::Text);
        }
        line.spans.extend(part.spans);
        lines.push(line);
    }
}

/// The text, filled up to `width` cells; a longer one is followed by the gap.
fn pad(content: &str, width: usize) -> String {
    let used = text::width(content);
    let blanks = if used < width { width - used } else { GAP };
    format!("{content}{}", " ".repeat(blanks))
}

fn lay_out_table(titles: &[String], rows: &[Vec<StyledLine>], lines: &mut Vec<StyledLine>) {
    let columns = rows.iter().map(Vec::len).chain([titles.len()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let title = titles.get(column).map_or(0, |title| text::width(title));
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(StyledLine::width)
                .chain([title])
                .max()
                .unwrap_or(0)
        })
        .collect();
    if !titles.is_empty() {
        let cells: Vec<StyledLine> =
            titles.iter().map(|title| StyledLine::new(title.as_str(), Slot::Header)).collect();
        lines.push(join_cells(&cells, &widths));
    }
    lines.extend(rows.iter().map(|row| join_cells(row, &widths)));
}

fn join_cells(cells: &[StyledLine], widths: &[usize]) -> StyledLine {
    let mut line = StyledLine::blank();
    for (index, cell) in cells.iter().enumerate() {
        line.spans.extend(cell.spans.iter().cloned());
        let last = index + 1 == cells.len();
        if !last {
            let blanks = widths.get(index).copied().unwrap_or(0).saturating_sub(cell.width()) + GAP;
            line.push(" ".repeat(blanks), Slot::Text);
        }
    }
    line
}

/// Draws sections in an area, scrolled by `state`, with a scroll bar when they do not fit.
pub fn draw(
    sections: &[Section],
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
    let lines = lay_out(sections, area.width.saturating_sub(2).max(1));
    draw_lines(&lines, area, buffer, theme, base, state);
}

/// Draws lines that are already laid out, scrolled by `state`, with a scroll bar when they do not fit.
pub fn draw_lines(
    lines: &[StyledLine],
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
    base: Style,
    state: &mut ScrollState,
) {
    let page = usize::from(area.height);
    state.measure(lines.len(), page);
    let text_width = if state.fits() { area.width } else { area.width.saturating_sub(2).max(1) };
    for (row, line) in lines.iter().skip(state.offset).take(page).enumerate() {
        let y = area.y.saturating_add(text::cells(row));
        line.draw(buffer, (area.x, y), text_width, theme, base);
    }
    if area.width > 2 {
        let bar = Rect { x: area.right() - 1, width: 1, ..area };
        draw_scrollbar(bar, buffer, theme, state.offset, page, lines.len());
    }
}
