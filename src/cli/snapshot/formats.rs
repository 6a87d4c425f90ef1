//! A frame as plain text, with terminal colours, and as a picture.

use std::fmt::Write as _;
use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use serde::Serialize;
use serde_json::ser::Formatter;
use unicode_width::UnicodeWidthStr;

use crate::platform::text::sanitize;

/// The cells of each row, without those that a wide character covers.
fn rows(buffer: &Buffer) -> impl Iterator<Item = Vec<&Cell>> {
    let area = buffer.area;
    (area.top()..area.bottom()).map(move |y| {
        let mut cells = Vec::new();
        let mut x = area.left();
        while x < area.right() {
            let cell = &buffer[(x, y)];
            cells.push(cell);
            x += u16::try_from(cell.symbol().width().max(1)).unwrap_or(1);
        }
        cells
    })
}

/// The frame as plain text.
pub(super) fn text(buffer: &Buffer, out: &mut dyn Write) -> io::Result<()> {
    for row in rows(buffer) {
        let line: String = row.iter().map(|cell| cell.symbol()).collect();
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The frame with the colours and attributes of a terminal.
pub(super) fn ansi(buffer: &Buffer, out: &mut dyn Write) -> io::Result<()> {
    for row in rows(buffer) {
        let mut line = String::new();
        let mut last = String::new();
        for cell in row {
            let codes = codes(cell);
            if codes != last {
                // Writing to a string can't fail.
                let _ = write!(line, "\x1b[0{codes}m");
                last = codes;
            }
            line.push_str(cell.symbol());
        }
        writeln!(out, "{line}\x1b[0m")?;
    }
    Ok(())
}

fn codes(cell: &Cell) -> String {
    let mut codes = String::new();
    for (modifier, code) in [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::ITALIC, 3),
        (Modifier::UNDERLINED, 4),
        (Modifier::REVERSED, 7),
    ] {
        if cell.modifier.contains(modifier) {
            let _ = write!(codes, ";{code}");
        }
    }
    for (colour, ground) in [(cell.fg, 0), (cell.bg, 10)] {
        let _ = match colour {
            Color::Reset => Ok(()),
            Color::Rgb(red, green, blue) => write!(codes, ";{};2;{red};{green};{blue}", 38 + ground),
            Color::Indexed(index) => write!(codes, ";{};5;{index}", 38 + ground),
            named => match ansi_index(named) {
                index @ 0..8 => write!(codes, ";{}", 30 + ground + u16::from(index)),
                index => write!(codes, ";{}", 82 + ground + u16::from(index)),
            },
        };
    }
    codes
}

fn ansi_index(colour: Color) -> u8 {
    match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        _ => 15,
    }
}

/// Cells of the picture, in pixels.
const WIDTH: u32 = 9;
const HEIGHT: u32 = 19;

/// The frame as a picture.
pub(super) fn svg(buffer: &Buffer, out: &mut dyn Write) -> io::Result<()> {
    let (width, height) = (u32::from(buffer.area.width) * WIDTH, u32::from(buffer.area.height) * HEIGHT);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" font-size=\"15\">"
    )?;
    for (y, row) in rows(buffer).enumerate() {
        let top = y as u32 * HEIGHT;
        let mut left = 0;
        for cell in row {
            let cells = cell.symbol().width().max(1) as u32;
            let (mut front, mut back) = (hex(cell.fg, "#d8dee9"), hex(cell.bg, "#15181e"));
            if cell.modifier.contains(Modifier::REVERSED) {
                std::mem::swap(&mut front, &mut back);
            }
            writeln!(
                out,
                "<rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{HEIGHT}\" fill=\"{back}\"/>",
                cells * WIDTH
            )?;
            if !cell.symbol().trim().is_empty() {
                let weight =
                    if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
                let faint = if cell.modifier.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
                writeln!(
                    out,
                    "<text x=\"{left}\" y=\"{}\" fill=\"{front}\"{weight}{faint}>{}</text>",
                    top + HEIGHT - 5,
                    escaped(cell.symbol())
                )?;
            }
            left += cells * WIDTH;
        }
    }
    writeln!(out, "</svg>")
}

fn hex(colour: Color, reset: &str) -> String {
    const NAMED: [&str; 16] = [
        "#1b1f27", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d8dee9", "#5c6370",
        "#ef8a92", "#b5d99c", "#f0d399", "#86c5f7", "#d99be8", "#7fcbd5", "#ffffff",
    ];
    match colour {
        Color::Reset => reset.to_owned(),
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Indexed(index) => match usize::from(index) {
            index @ 0..16 => NAMED[index].to_owned(),
            index @ 16..232 => {
                let level = |step: usize| if step == 0 { 0 } else { 55 + 40 * step };
                let cube = index - 16;
                format!("#{:02x}{:02x}{:02x}", level(cube / 36), level(cube / 6 % 6), level(cube % 6))
            }
            index => format!("#{0:02x}{0:02x}{0:02x}", 8 + 10 * (index - 232)),
        },
        named => NAMED[usize::from(ansi_index(named))].to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A value as JSON on one line. What a terminal would act upon is escaped: nothing of it is lost, and nothing of it works.
pub(super) fn json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Harmless);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// Writes control and direction characters beyond ASCII as `\\uXXXX`; the serializer itself escapes those of ASCII.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        let mut plain = 0;
        for (index, character) in fragment.char_indices().filter(|(_, character)| acts(*character)) {
            writer.write_all(&fragment.as_bytes()[plain..index])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = index + character.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }
}

/// Whether a terminal does something else than drawing with a character.
fn acts(character: char) -> bool {
    character == '\u{7f}' || !character.is_ascii() && sanitize(character.encode_utf8(&mut [0; 4])).is_empty()
}
