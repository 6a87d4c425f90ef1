//! The windowed table.

use std::cell::RefCell;

use quarterdeck::theme::{Slot, Theme};
use quarterdeck::widgets::table::{Column, RowCells, Sorted, Table, TableState, Width};
use quarterdeck::widgets::text::Truncate;
use ratatui::buffer::Buffer;
use ratatui::style::Modifier;

use super::support::{colourful, picture, plain, row, screen};

/// The columns of a pods pane.
pub fn pod_columns() -> Vec<Column<'static>> {
    let range = |min, max, weight| Width::Range { min, max, weight };
    vec![
        Column::new("NAME", range(16, 48, 4)).priority(255),
        Column::new("NAMESPACE", range(8, 20, 1)).priority(90),
        Column::new("READY", Width::Fixed(5)).right().priority(200),
        Column::new("STATUS", range(9, 20, 2)).priority(220).sorted(Some(Sorted::Descending)),
        Column::new("RESTARTS", range(4, 14, 1)).right().priority(150),
        Column::new("AGE", range(4, 6, 1)).right().priority(160),
        Column::new("NODE", range(8, 20, 1)).priority(60),
        Column::new("IP", range(9, 15, 1)).priority(30),
        Column::new("IMAGE", range(16, 44, 3)).priority(50).cut(Truncate::Middle),
    ]
}

/// One believable pod.
pub fn pod(index: usize, cells: &mut RowCells) {
    let names = ["backend-rust", "frontend", "postgres-cluster", "keycloak", "ingress-nginx-controller"];
    let name = names[index % names.len()];
    let (symbol, status, slot) = match index % 7 {
        3 => ("✖", "CrashLoopBackOff", Slot::Bad),
        5 => ("◐", "Init:1/2", Slot::Busy),
        _ => ("●", "Running", Slot::Good),
    };
    cells.push(
        format_args!("{name}-{:08x}-{:05x}", index * 2_654_435 % 0xffff_ffff, index * 7919 % 0xf_ffff),
        Slot::Text,
    );
    cells.push(["production", "data", "security"][index % 3], Slot::Muted);
    cells.push(if slot == Slot::Good { "2/2" } else { "1/2" }, slot);
    cells.push(format_args!("{symbol} {status}"), slot);
    cells.push(if slot == Slot::Bad { "14 (2m ago)" } else { "0" }, Slot::Text);
    cells.push(format_args!("{}d", index % 90), Slot::Muted);
    cells.push(format_args!("worker-{:02}", index % 12), Slot::Muted);
    cells.push(format_args!("10.42.{}.{}", index % 12, index % 250), Slot::Muted);
    cells.push(format_args!("registry.example.com/platform/{name}:v1.{}.0", index % 9), Slot::Muted);
}

fn draw(buffer: &mut Buffer, theme: &Theme, state: &mut TableState, total: usize) -> std::ops::Range<usize> {
    let columns = pod_columns();
    let table = Table {
        columns: &columns,
        total,
        empty: "No pods here. Press a to look in all namespaces.",
        focused: true,
    };
    table.draw(buffer.area, buffer, theme, state, |index, cells| {
        pod(index, cells);
        cells.mark(index == 4);
        cells.stale(index == 6);
    })
}

#[test]
fn table_at_80x24() {
    let mut buffer = screen(80, 24);
    let mut state = TableState::at(2);
    draw(&mut buffer, &colourful(), &mut state, 500);
    insta::assert_snapshot!(picture(&buffer));
}

#[test]
fn table_at_160x45() {
    let mut buffer = screen(160, 45);
    let mut state = TableState::at(250);
    draw(&mut buffer, &colourful(), &mut state, 500);
    insta::assert_snapshot!(picture(&buffer));
}

#[test]
fn table_at_40x8_in_ascii() {
    let mut buffer = screen(40, 8);
    let mut state = TableState::at(4);
    draw(&mut buffer, &plain(), &mut state, 500);
    insta::assert_snapshot!(picture(&buffer));
}

#[test]
fn empty_table_says_why() {
    let mut buffer = screen(60, 10);
    draw(&mut buffer, &colourful(), &mut TableState::default(), 0);
    insta::assert_snapshot!(picture(&buffer));
}

#[test]
fn only_visible_rows_are_asked_for() {
    let asked = RefCell::new(Vec::new());
    let columns = [Column::new("NAME", Width::Range { min: 4, max: 20, weight: 1 })];
    let table = Table { columns: &columns, total: 100_000, empty: "", focused: true };
    let mut buffer = screen(30, 6);
    let mut state = TableState::at(50_000);
    let shown = table.draw(buffer.area, &mut buffer, &plain(), &mut state, |index, cells| {
        asked.borrow_mut().push(index);
        cells.push(index, Slot::Text);
    });
    assert_eq!(shown, 49_996..50_001);
    assert_eq!(asked.into_inner(), (49_996..50_001).collect::<Vec<_>>());
}

#[test]
fn cursor_and_marks_are_told_without_colour() {
    let mut buffer = screen(60, 8);
    let mut state = TableState::at(4);
    draw(&mut buffer, &plain(), &mut state, 500);
    assert!(row(&buffer, 5).starts_with(">* "), "{}", picture(&buffer));
    assert!(buffer[(30, 5)].modifier.contains(Modifier::REVERSED));
    assert!(!buffer[(30, 4)].modifier.contains(Modifier::REVERSED));
    assert!(buffer[(30, 7)].modifier.contains(Modifier::DIM), "a stale row is dimmed");
}

#[test]
fn without_the_focus_the_cursor_row_has_no_ground() {
    let columns = pod_columns();
    let table = Table { columns: &columns, total: 9, empty: "", focused: false };
    let mut buffer = screen(60, 8);
    table.draw(buffer.area, &mut buffer, &plain(), &mut TableState::default(), pod);
    assert_eq!(buffer[(0, 1)].symbol(), ">");
    assert!(!buffer[(10, 1)].modifier.contains(Modifier::REVERSED));
}

#[test]
fn narrow_windows_drop_the_least_important_columns() {
    let mut buffer = screen(60, 8);
    let mut state = TableState::default();
    draw(&mut buffer, &plain(), &mut state, 500);
    let header = row(&buffer, 0);
    assert!(header.contains("NAME") && header.contains("STATUS") && header.contains("READY"), "{header}");
    assert!(!header.contains("IMAGE") && !header.contains("IP"), "{header}");
    assert!(state.hidden_columns() > 0);
    assert!(header.ends_with('>'), "a sign tells that there are more: {header}");
}

#[test]
fn every_column_can_be_reached_by_scrolling() {
    let mut state = TableState::default();
    let mut seen = String::new();
    for _ in 0..pod_columns().len() {
        let mut buffer = screen(50, 8);
        draw(&mut buffer, &plain(), &mut state, 500);
        let header = row(&buffer, 0);
        assert!(header.contains("NAME"), "the first column stays: {header}");
        seen.push_str(&header);
        state.scroll_columns(1);
    }
    for column in pod_columns() {
        assert!(seen.contains(column.title), "{} was never shown:\n{seen}", column.title);
    }
}

#[test]
fn columns_do_not_shrink_while_rows_pass_by() {
    let columns = [
        Column::new("A", Width::Range { min: 2, max: 30, weight: 1 }),
        Column::new("B", Width::Range { min: 2, max: 30, weight: 1 }),
    ];
    let table = Table { columns: &columns, total: 50, empty: "", focused: true };
    let mut state = TableState::default();
    let mut place_of_b = || {
        let mut buffer = screen(60, 6);
        table.draw(buffer.area, &mut buffer, &plain(), &mut state, |index, cells| {
            cells.push(if index == 1 { "a very long name" } else { "short" }, Slot::Text);
            cells.push("b", Slot::Text);
        });
        state.move_pages(1, 50);
        row(&buffer, 0).find('B')
    };
    let first = place_of_b();
    assert_eq!(first, Some(3 + 16 + 2));
    assert_eq!(place_of_b(), first);
}

#[test]
fn an_image_keeps_its_tag() {
    let columns = [Column::new("IMAGE", Width::Fixed(24)).cut(Truncate::Middle)];
    let table = Table { columns: &columns, total: 1, empty: "", focused: true };
    let mut buffer = screen(40, 2);
    table.draw(buffer.area, &mut buffer, &colourful(), &mut TableState::default(), |_, cells| {
        cells.push("registry.example.com/platform/backend-rust:v1.24.0", Slot::Text);
    });
    assert_eq!(row(&buffer, 1).trim_end(), "▌  registry…nd-rust:v1.24.0");
}

#[test]
fn spans_of_a_cell_keep_their_styles_when_cut() {
    let columns = [Column::new("X", Width::Fixed(6))];
    let table = Table { columns: &columns, total: 1, empty: "", focused: false };
    let theme = colourful();
    let mut buffer = screen(20, 2);
    table.draw(buffer.area, &mut buffer, &theme, &mut TableState::default(), |_, cells| {
        cells.push("ab", Slot::Good);
        cells.extend("cdefgh", Slot::Bad);
    });
    assert_eq!(row(&buffer, 1), "▌  abcde…");
    assert_eq!(Some(buffer[(4, 1)].fg), theme.style(Slot::Good).fg);
    assert_eq!(Some(buffer[(5, 1)].fg), theme.style(Slot::Bad).fg);
}

#[test]
fn paging_moves_window_and_cursor_and_stops_at_the_ends() {
    let mut state = TableState::default();
    state.ensure_visible(100, 10);
    state.move_pages(1, 100);
    state.ensure_visible(100, 10);
    assert_eq!((state.cursor, state.offset), (9, 9));
    state.move_pages(50, 100);
    state.ensure_visible(100, 10);
    assert_eq!((state.cursor, state.offset), (99, 90));
    state.move_by(-200, 100);
    state.ensure_visible(100, 10);
    assert_eq!((state.cursor, state.offset), (0, 0));
    state.to_last(100);
    state.ensure_visible(3, 10);
    assert_eq!((state.cursor, state.offset), (2, 0), "rows went away");
}
