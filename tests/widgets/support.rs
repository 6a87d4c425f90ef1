//! Themes and buffers for the tests of widgets.

use quarterdeck::theme::{Slot, Symbols, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

/// A theme in full colour.
pub fn colourful() -> Theme {
    Theme::from_fn(
        |slot| match slot {
            Slot::Muted | Slot::Done | Slot::Hint => Style::new().fg(Color::Rgb(128, 138, 150)),
            Slot::Good => Style::new().fg(Color::Rgb(120, 200, 120)),
            Slot::Warning | Slot::Busy => Style::new().fg(Color::Rgb(230, 190, 90)),
            Slot::Bad => Style::new().fg(Color::Rgb(240, 100, 100)),
            Slot::Accent | Slot::Key | Slot::Match => Style::new().fg(Color::Rgb(110, 180, 250)),
            Slot::Cursor => Style::new().bg(Color::Rgb(45, 55, 75)),
            Slot::Strong | Slot::Title => Style::new().add_modifier(Modifier::BOLD),
            Slot::Dialog => Style::new().bg(Color::Rgb(28, 32, 40)),
            _ => Style::new(),
        },
        Symbols::UNICODE,
    )
}

/// No colours and ASCII alone.
pub fn plain() -> Theme {
    Theme::from_fn(
        |slot| match slot {
            Slot::Cursor | Slot::TabActive => Style::new().add_modifier(Modifier::REVERSED),
            Slot::Strong | Slot::Title => Style::new().add_modifier(Modifier::BOLD),
            Slot::Stale | Slot::Muted => Style::new().add_modifier(Modifier::DIM),
            _ => Style::new(),
        },
        Symbols::ASCII,
    )
}

/// An empty buffer.
pub fn screen(width: u16, height: u16) -> Buffer {
    Buffer::empty(Rect::new(0, 0, width, height))
}

/// The buffer as text, without blanks at the ends of lines.
pub fn picture(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let mut text = String::new();
    for row in buffer.content.chunks(width) {
        let line: String = row.iter().map(|cell| cell.symbol()).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// One row of the buffer as text.
pub fn row(buffer: &Buffer, y: u16) -> String {
    picture(buffer).lines().nth(usize::from(y)).unwrap_or("").to_owned()
}
