//! Frames in few bytes, and that what they draw is right.

use proptest::prelude::*;
use quarterdeck::terminal::{ScreenBackend, ScreenOptions};
use quarterdeck::theme::{Slot, Symbols, Theme};
use quarterdeck::widgets::table::{Table, TableState};
use ratatui::Terminal;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier, Style};

use crate::widgets::{pod, pod_columns};

const OPTIONS: ScreenOptions = ScreenOptions {
    synchronized_output: true,
    background_erase: true,
    size: Some(Size { width: 160, height: 45 }),
};

type Screen = Terminal<ScreenBackend<Vec<u8>>>;

fn terminal(options: ScreenOptions) -> Screen {
    Terminal::new(ScreenBackend::new(Vec::new(), options)).unwrap()
}

fn written(terminal: &Screen) -> usize {
    terminal.backend().writer().len()
}

/// 24-bit colours on every column: the dearest theme there is.
fn theme() -> Theme {
    Theme::from_fn(
        |slot| match slot {
            Slot::Background => Style::new().fg(Color::Rgb(211, 217, 226)).bg(Color::Rgb(20, 23, 28)),
            Slot::Text => Style::new().fg(Color::Rgb(201, 209, 217)),
            Slot::Muted => Style::new().fg(Color::Rgb(128, 138, 150)),
            Slot::Good => Style::new().fg(Color::Rgb(120, 200, 120)),
            Slot::Busy => Style::new().fg(Color::Rgb(230, 190, 90)),
            Slot::Bad => Style::new().fg(Color::Rgb(240, 100, 100)).add_modifier(Modifier::BOLD),
            Slot::Accent => Style::new().fg(Color::Rgb(110, 180, 250)),
            Slot::Cursor => Style::new().bg(Color::Rgb(45, 55, 75)),
            Slot::Header => Style::new().fg(Color::Rgb(150, 160, 175)).add_modifier(Modifier::BOLD),
            _ => Style::new(),
        },
        Symbols::UNICODE,
    )
}

fn draw_table(terminal: &mut Screen, theme: &Theme, state: &mut TableState) {
    let columns = pod_columns();
    let table = Table { columns: &columns, total: 10_000, empty: "", focused: true };
    terminal
        .draw(|frame| {
            let area = frame.area();
            frame.buffer_mut().set_style(area, theme.style(Slot::Background));
            table.draw(area, frame.buffer_mut(), theme, state, pod);
        })
        .unwrap();
}

#[test]
fn a_frame_that_changes_nothing_writes_nothing() {
    let (mut terminal, theme, mut state) = (terminal(OPTIONS), theme(), TableState::default());
    draw_table(&mut terminal, &theme, &mut state);
    let before = written(&terminal);
    for _ in 0..3 {
        draw_table(&mut terminal, &theme, &mut state);
    }
    assert_eq!(written(&terminal) - before, 0);
}

/// The most bytes that any of forty cursor moves takes in a full table.
fn dearest_move(options: ScreenOptions, theme: &Theme) -> usize {
    let (mut terminal, mut state) = (terminal(options), TableState::default());
    draw_table(&mut terminal, theme, &mut state);
    (0..40)
        .map(|_| {
            let before = written(&terminal);
            state.move_by(1, 10_000);
            draw_table(&mut terminal, theme, &mut state);
            written(&terminal) - before
        })
        .max()
        .unwrap()
}

#[test]
fn a_cursor_move_in_a_full_table_is_under_500_bytes() {
    let bytes = dearest_move(OPTIONS, &theme());
    assert!(bytes < 500, "{bytes} bytes in 24-bit colours");
}

#[test]
fn a_cursor_move_is_under_500_bytes_inside_gnu_screen() {
    // It shows 256 colours at most, and cannot be relied on to erase with a background.
    let full = theme();
    let reduced = Theme::from_fn(
        |slot| {
            let index = |colour: Option<Color>| colour.map(|_| Color::Indexed(100 + slot as u8));
            let style = full.style(slot);
            Style { fg: index(style.fg), bg: index(style.bg), ..style }
        },
        Symbols::UNICODE,
    );
    let bytes = dearest_move(ScreenOptions { background_erase: false, ..OPTIONS }, &reduced);
    assert!(bytes < 500, "{bytes} bytes in 256 colours");
}

#[test]
fn every_frame_stands_in_brackets_in_one_piece() {
    let mut terminal = terminal(OPTIONS);
    terminal.draw(|frame| frame.render_widget("hello", frame.area())).unwrap();
    let bytes = String::from_utf8(terminal.backend().writer().clone()).unwrap();
    assert_eq!(bytes, "\x1b[?2026h\x1b[1;1Hhello\x1b[?2026l");
}

#[test]
fn a_terminal_without_brackets_gets_none() {
    let mut terminal = terminal(ScreenOptions { synchronized_output: false, ..OPTIONS });
    terminal.draw(|frame| frame.render_widget("hello", frame.area())).unwrap();
    assert_eq!(terminal.backend().writer(), b"\x1b[1;1Hhello");
}

#[test]
fn only_changes_of_the_cursor_are_written() {
    let mut terminal = terminal(ScreenOptions { synchronized_output: false, ..OPTIONS });
    let mut frame = |position: Option<Position>, text: &str| {
        let before = written(&terminal);
        terminal
            .draw(|frame| {
                frame.render_widget(text, frame.area());
                if let Some(position) = position {
                    frame.set_cursor_position(position);
                }
            })
            .unwrap();
        String::from_utf8(terminal.backend().writer()[before..].to_vec()).unwrap()
    };
    assert_eq!(frame(Some(Position::new(4, 2)), ""), "\x1b[3;5H\x1b[?25h");
    assert_eq!(frame(Some(Position::new(4, 2)), ""), "");
    assert_eq!(frame(Some(Position::new(5, 2)), ""), "\x1b[3;6H");
    assert_eq!(
        frame(Some(Position::new(5, 2)), "x"),
        "\x1b[1;1Hx\x1b[3;6H",
        "drawing moves it, so it is put back"
    );
    assert_eq!(frame(None, "x"), "\x1b[?25l");
    assert_eq!(frame(None, "x"), "");
}

#[test]
fn after_clearing_everything_is_written_again_in_one_frame() {
    let (mut terminal, theme, mut state) = (terminal(OPTIONS), theme(), TableState::default());
    draw_table(&mut terminal, &theme, &mut state);
    let first = written(&terminal);
    terminal.clear().unwrap();
    assert_eq!(written(&terminal), first, "clearing waits for the frame");
    draw_table(&mut terminal, &theme, &mut state);
    let bytes = &terminal.backend().writer()[first..];
    assert!(bytes.starts_with(b"\x1b[?2026h\x1b[m\x1b[2J"), "{:?}", String::from_utf8_lossy(&bytes[..40]));
    assert!(bytes.ends_with(b"\x1b[?2026l"));
}

#[test]
fn after_a_wide_symbol_the_place_is_told_anew() {
    let mut terminal = terminal(ScreenOptions { synchronized_output: false, ..OPTIONS });
    terminal.draw(|frame| frame.render_widget("a東b", frame.area())).unwrap();
    assert_eq!(String::from_utf8_lossy(terminal.backend().writer()), "\x1b[1;1Ha東\x1b[4Gb");
}

/// A cell for a random screen.
#[derive(Debug, Clone)]
struct Patch {
    x: u16,
    y: u16,
    text: String,
    style: Style,
}

fn patches() -> impl Strategy<Value = Vec<Patch>> {
    let colour = prop_oneof![
        Just(Color::Reset),
        Just(Color::Red),
        Just(Color::LightCyan),
        Just(Color::Indexed(208)),
        Just(Color::Rgb(1, 22, 133)),
    ];
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::BOLD.union(Modifier::UNDERLINED),
        Modifier::REVERSED,
        Modifier::ITALIC,
    ]);
    // No wide symbols: what becomes of half a one that is drawn over differs from terminal to terminal.
    let text = prop_oneof!["[ a-c]{1,6}", " {1,30}", "[●a–]{1,4}"];
    let patch = (0_u16..40, 0_u16..6, text, colour.clone(), colour, modifier).prop_map(
        |(x, y, text, foreground, background, modifier)| {
            let style = Style::reset().fg(foreground).bg(background).add_modifier(modifier);
            Patch { x, y, text, style }
        },
    );
    prop::collection::vec(patch, 0..20)
}

/// What a real terminal would show of a cell; the foreground of a bare blank is not seen.
fn seen(parser: &vt100::Parser, x: u16, y: u16) -> String {
    let cell = parser.screen().cell(y, x).unwrap();
    let blank = cell.contents().is_empty() || cell.contents() == " ";
    let bare = blank && !cell.underline() && !cell.inverse();
    if bare {
        return format!("blank on {:?}", cell.bgcolor());
    }
    format!(
        "{:?} {:?} {:?} bold {} dim {} italic {} underline {} inverse {}",
        if blank { " " } else { cell.contents() },
        cell.fgcolor(),
        cell.bgcolor(),
        cell.bold(),
        cell.dim(),
        cell.italic(),
        cell.underline(),
        cell.inverse()
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What is drawn is what ratatui's own backend draws from the same frames.
    #[test]
    fn saving_bytes_changes_nothing_on_the_screen(frames in prop::collection::vec(patches(), 1..5), erase in any::<bool>()) {
        let size = Size { width: 40, height: 6 };
        let options = ScreenOptions { synchronized_output: true, background_erase: erase, size: Some(size) };
        let area = ratatui::layout::Rect::new(0, 0, size.width, size.height);
        let mut ours = vt100::Parser::new(size.height, size.width, 0);
        let mut theirs = vt100::Parser::new(size.height, size.width, 0);
        let mut terminal = terminal(options);
        let mut shown = ratatui::buffer::Buffer::empty(area);
        for patches in &frames {
            let mut wanted = ratatui::buffer::Buffer::empty(area);
            for patch in patches {
                wanted.set_string(patch.x, patch.y, &patch.text, patch.style);
            }
            terminal.draw(|frame| *frame.buffer_mut() = wanted.clone()).unwrap();
            let mut bytes = Vec::new();
            let mut reference = ratatui::backend::CrosstermBackend::new(&mut bytes);
            ratatui::backend::Backend::draw(&mut reference, shown.diff_iter(&wanted)).unwrap();
            theirs.process(&bytes);
            shown = wanted;
        }
        ours.process(terminal.backend().writer());

        for y in 0..size.height {
            for x in 0..size.width {
                prop_assert_eq!(seen(&ours, x, y), seen(&theirs, x, y), "at {}, {}", x, y);
            }
        }
    }
}
