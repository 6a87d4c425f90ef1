//! A list that is narrowed down by typing: the palette, and the choosers of namespaces and contexts.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use tui_input::Input;

use super::panel::{self, Panel};
use super::prompt;
use super::scroll::draw_scrollbar;
use super::text::{self, Truncate};
use crate::theme::{Slot, Theme};

/// The widest a picker gets, in cells.
const WIDEST: u16 = 100;
/// The most items that are shown at once.
const MOST_ROWS: usize = 20;
/// Blank cells between two columns.
const GAP: u16 = 2;

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickerItem {
    /// What it is called.
    pub text: String,
    /// What else it is called, dimmed after the name; may be empty.
    pub alias: String,
    /// Which characters of the name were matched, by their number from 0, in ascending order.
    pub matched: Vec<u32>,
    /// What it means; may be empty.
    pub description: String,
    /// The key that does the same; may be empty.
    pub key: String,
    /// Why it cannot be chosen here and now; it is dimmed, and the reason stands in the place of the description.
    pub refused: Option<String>,
}

/// What is chosen, and which part of the list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PickerState {
    /// The item under the cursor.
    pub selected: usize,
    offset: usize,
}

impl PickerState {
    /// A list with its cursor on an item.
    pub fn at(selected: usize) -> Self {
        Self { selected, offset: 0 }
    }

    /// Moves the cursor by so many of `count` items, round at the ends.
    pub fn move_by(&mut self, steps: isize, count: usize) {
        let Ok(count) = isize::try_from(count) else { return };
        if count > 0 {
            let from = isize::try_from(self.selected).unwrap_or(0);
            self.selected = usize::try_from((from + steps).rem_euclid(count)).unwrap_or(0);
        }
    }

    /// Puts the cursor on the first item, as after every change of the filter.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    fn ensure_visible(&mut self, count: usize, page: usize) {
        self.selected = self.selected.min(count.saturating_sub(1));
        if self.selected < self.offset {
            self.offset = self.selected;
        } else if page > 0 && self.selected >= self.offset + page {
            self.offset = self.selected + 1 - page;
        }
        self.offset = self.offset.min(count.saturating_sub(page));
    }
}

/// A picker, for one frame.
#[derive(Debug, Clone, Copy)]
pub struct Picker<'a> {
    /// The title, on the frame.
    pub title: &'a str,
    /// What has been typed.
    pub input: &'a Input,
    /// What stands in the empty input.
    pub placeholder: &'a str,
    /// What matches, the best first.
    pub items: &'a [PickerItem],
    /// How many there are without the filter.
    pub total: usize,
}

impl Picker<'_> {
    /// Draws the picker in the middle of `outer`, and returns where the terminal's cursor belongs.
    pub fn draw(
        &self,
        outer: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        state: &mut PickerState,
    ) -> Option<Position> {
        let outer = outer.intersection(buffer.area);
        if outer.is_empty() {
            return None;
        }
        let margin = if outer.width >= 60 { 8 } else { 0 };
        // As tall as the unfiltered list, so that it does not jump about while one types.
        let rows = self.total.max(self.items.len()).clamp(1, MOST_ROWS);
        let area = panel::centered(outer, (outer.width - margin).min(WIDEST), text::cells(rows) + 4);
        let remark = format!("{} of {}", self.items.len(), self.total);
        let panel = Panel {
            remark: &remark,
            frame: Slot::BorderFocused,
            ground: Some(Slot::Dialog),
            ..Panel::new(self.title)
        };
        let inner = panel.draw(area, buffer, theme);
        let base = panel.base(theme);
        let cursor = self.draw_query(Rect { height: inner.height.min(1), ..inner }, buffer, theme, base);
        // The rule goes where every row counts.
        let above = if inner.height > 4 { 2 } else { inner.height.min(1) };
        if above == 2 {
            panel::rule(Rect { y: inner.y + 1, height: 1, ..inner }, buffer, theme, base);
        }
        let list = Rect { y: inner.y + above, height: inner.height - above, ..inner };
        self.draw_list(list, buffer, theme, base, state);
        cursor
    }

    fn draw_query(&self, row: Rect, buffer: &mut Buffer, theme: &Theme, base: Style) -> Option<Position> {
        if row.is_empty() {
            return None;
        }
        let accent = base.patch(theme.style(Slot::Accent));
        let x = text::put(buffer, row.x, row.y, theme.symbols().separator, row.width, accent);
        let x = text::put(buffer, x, row.y, " ", row.right().saturating_sub(x), base);
        let field = Rect { x, width: row.right().saturating_sub(x), ..row };
        let cursor = prompt::draw_input(self.input, field, buffer, base.patch(theme.style(Slot::Input)));
        if self.input.value().is_empty() {
            let muted = base.patch(theme.style(Slot::Input)).patch(theme.style(Slot::Muted));
            let ellipsis = theme.symbols().ellipsis;
            text::put_truncated(buffer, (field.x, field.y), self.placeholder, field.width, ellipsis, muted);
        }
        cursor
    }

    fn draw_list(
        &self,
        list: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        base: Style,
        state: &mut PickerState,
    ) {
        let page = usize::from(list.height);
        state.ensure_visible(self.items.len(), page);
        if list.is_empty() {
            return;
        }
        if self.items.is_empty() {
            let muted = base.patch(theme.style(Slot::Muted));
            let at = (list.x.saturating_add(2), list.y);
            let room = list.width.saturating_sub(2);
            text::put_truncated(buffer, at, "Nothing matches", room, theme.symbols().ellipsis, muted);
            return;
        }
        let widths = Widths::of(self.items, list.width);
        for (row, item) in self.items.iter().enumerate().skip(state.offset).take(page) {
            let y = list.y.saturating_add(text::cells(row - state.offset));
            let line = Rect { y, height: 1, ..list };
            draw_item(item, line, buffer, theme, base, widths, row == state.selected);
        }
        let bar = Rect { x: list.right() - 1, width: 1, ..list };
        draw_scrollbar(bar, buffer, theme, state.offset, page, self.items.len());
    }
}

/// Cells of the columns: gutter of two, name, description, key, edge of one.
#[derive(Debug, Clone, Copy)]
struct Widths {
    name: u16,
    description: u16,
    key: u16,
}

impl Widths {
    fn of(items: &[PickerItem], width: u16) -> Self {
        let room = width.saturating_sub(4);
        let widest = |of: fn(&PickerItem) -> &str| {
            text::cells(items.iter().map(|item| text::width(of(item))).max().unwrap_or(0))
        };
        let described = items.iter().any(|item| !item.description.is_empty() || item.refused.is_some());
        let mut key = widest(|item| &item.key).min(12);
        if key > 0 && room < key + GAP + 16 {
            key = 0;
        }
        let beside_key = room.saturating_sub(if key > 0 { key + GAP } else { 0 });
        let wanted = text::cells(items.iter().map(name_width).max().unwrap_or(0));
        // A description of a few cells tells nothing: the name gets the room then.
        let name = if described && beside_key >= 36 { wanted.min(beside_key * 3 / 5) } else { beside_key };
        let description = if described { beside_key.saturating_sub(name + GAP) } else { 0 };
        Self { name, description, key }
    }
}

/// Cells of a name with what else it is called.
fn name_width(item: &PickerItem) -> usize {
    let alias = if item.alias.is_empty() { 0 } else { usize::from(GAP) + text::width(&item.alias) };
    text::width(&item.text) + alias
}

fn draw_item(
    item: &PickerItem,
    line: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
    base: Style,
    widths: Widths,
    selected: bool,
) {
    let symbols = theme.symbols();
    if selected {
        buffer.set_style(Rect { width: line.width.saturating_sub(1), ..line }, theme.style(Slot::Cursor));
        text::put(buffer, line.x, line.y, symbols.cursor, 1, theme.style(Slot::Accent));
    }
    let name_slot = if item.refused.is_some() { Slot::Muted } else { Slot::Text };
    let overlay = |slot: Slot| {
        let style = base.patch(theme.style(slot));
        if selected { style.patch(theme.style(Slot::Cursor)) } else { style }
    };
    let x = line.x.saturating_add(2);
    draw_name(
        item,
        (x, line.y),
        widths.name.min(line.right().saturating_sub(x)),
        buffer,
        theme,
        &overlay,
        name_slot,
    );
    let x = x.saturating_add(widths.name + GAP);
    let (words, slot) = match &item.refused {
        Some(reason) => (reason, Slot::Warning),
        None => (&item.description, Slot::Muted),
    };
    text::put_truncated(buffer, (x, line.y), words, widths.description, symbols.ellipsis, overlay(slot));
    if widths.key > 0 {
        let key = text::truncate(&item.key, usize::from(widths.key), Truncate::End, symbols.ellipsis);
        let x = line.right().saturating_sub(text::cells(text::width(&key)) + 2);
        text::put(buffer, x, line.y, &key, widths.key, overlay(Slot::Key));
    }
}

fn draw_name(
    item: &PickerItem,
    at: (u16, u16),
    room: u16,
    buffer: &mut Buffer,
    theme: &Theme,
    style: &impl Fn(Slot) -> Style,
    slot: Slot,
) {
    let (mut x, y) = at;
    let end = x.saturating_add(room);
    let cut = text::cut(&item.text, usize::from(room), Truncate::End);
    let mut matched = item.matched.iter().copied().peekable();
    let mut encoded = [0; 4];
    for (number, character) in (0_u32..).zip(item.text[..cut.head].chars()) {
        while matched.next_if(|&index| index < number).is_some() {}
        let is_match = matched.next_if_eq(&number).is_some();
        let style = if is_match { style(slot).patch(theme.style(Slot::Match)) } else { style(slot) };
        x = text::put(buffer, x, y, character.encode_utf8(&mut encoded), end.saturating_sub(x), style);
    }
    if cut.cut {
        text::put(buffer, x, y, theme.symbols().ellipsis, end.saturating_sub(x), style(slot));
    } else if !item.alias.is_empty() {
        let x = x.saturating_add(GAP);
        let (room, ellipsis) = (end.saturating_sub(x), theme.symbols().ellipsis);
        text::put_truncated(buffer, (x, y), &item.alias, room, ellipsis, style(Slot::Muted));
    }
}
