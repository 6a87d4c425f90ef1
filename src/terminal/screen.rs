//! The screen as ratatui sees it: a frame that changes nothing writes nothing.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::layout::{Position, Size};

use super::pen::Pen;

const BEGIN_SYNCHRONIZED: &[u8] = b"\x1b[?2026h";
const END_SYNCHRONIZED: &[u8] = b"\x1b[?2026l";
/// So many blanks are erased rather than written: erasing and moving on takes up to eleven bytes.
const ERASED_BLANKS: u16 = 12;
/// What a terminal without a size is taken for.
const FALLBACK_SIZE: Size = Size { width: 80, height: 24 };

/// How the screen is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScreenOptions {
    /// Frames stand in synchronized-output brackets.
    pub synchronized_output: bool,
    /// Erasing fills with the present background, so that long blanks need not be written out.
    pub background_erase: bool,
    /// The size to report instead of the terminal's own, for tests and pictures of a frame.
    pub size: Option<Size>,
}

/// A ratatui backend that gathers a frame, and writes it at once when it is flushed.
///
/// Only what differs is written: cells, style changes, and the cursor's place and visibility. The
/// brackets of a frame are written together with it, so none is ever left open. It never asks the terminal anything.
#[derive(Debug)]
pub struct ScreenBackend<W: Write> {
    writer: W,
    options: ScreenOptions,
    /// The bytes of the frame so far.
    frame: Vec<u8>,
    pen: Pen,
    /// The row that the terminal writes in; `None` when that is not known.
    row: Option<u16>,
    /// The column that it writes in.
    column: Option<u16>,
    /// Blanks that are owed.
    blanks: Option<Blanks>,
    wanted_cursor: Cursor,
    /// What the terminal was told last; `None` when that is not known.
    told_cursor: Option<Cursor>,
}

/// Blanks of one background, side by side.
#[derive(Debug, Clone, Copy)]
struct Blanks {
    x: u16,
    y: u16,
    length: u16,
    pen: Pen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    Hidden,
    Shown(Position),
}

impl<W: Write> ScreenBackend<W> {
    /// A backend over a writer. The session has hidden the cursor, and the screen is taken for empty.
    pub fn new(writer: W, options: ScreenOptions) -> Self {
        Self {
            writer,
            options,
            frame: Vec::new(),
            pen: Pen::DEFAULT,
            row: None,
            column: None,
            blanks: None,
            wanted_cursor: Cursor::Hidden,
            told_cursor: Some(Cursor::Hidden),
        }
    }

    /// The writer.
    pub fn writer(&self) -> &W {
        &self.writer
    }

    fn put(&mut self, x: u16, y: u16, cell: &Cell) {
        let pen = self.blanks.map_or(self.pen, |blanks| blanks.pen).for_cell(cell);
        if cell.symbol() == " " && !pen.shows_on_blank() {
            if let Some(blanks) = &mut self.blanks
                && blanks.y == y
                && blanks.x + blanks.length == x
                && blanks.pen == pen
            {
                blanks.length += 1;
                return;
            }
            self.write_blanks();
            self.blanks = Some(Blanks { x, y, length: 1, pen });
            return;
        }
        self.write_blanks();
        let pen = self.pen.for_cell(cell);
        self.go_to(x, y);
        self.take(pen);
        self.frame.extend_from_slice(cell.symbol().as_bytes());
        // Terminals disagree about wide symbols: after one, the column is not taken for known.
        self.column = (cell.cell_width() == 1).then_some(x.saturating_add(1));
    }

    fn write_blanks(&mut self) {
        let Some(Blanks { x, y, length, pen }) = self.blanks.take() else { return };
        self.go_to(x, y);
        self.take(pen);
        if length >= ERASED_BLANKS && self.options.background_erase {
            // Writing into memory cannot fail.
            let _ = write!(self.frame, "\x1b[{length}X");
        } else {
            self.frame.resize(self.frame.len() + usize::from(length), b' ');
            self.column = Some(x.saturating_add(length));
        }
    }

    fn take(&mut self, pen: Pen) {
        pen.change(self.pen, &mut self.frame);
        self.pen = pen;
    }

    /// Moves the terminal's cursor by the shortest sequence that does not depend on how wide it takes a symbol for.
    fn go_to(&mut self, x: u16, y: u16) {
        let (line, place) = (u32::from(y) + 1, u32::from(x) + 1);
        let next_row = self.row.is_some_and(|row| row.checked_add(1) == Some(y));
        let _ = match (self.row, self.column) {
            (Some(row), Some(column)) if row == y && column == x => Ok(()),
            (Some(row), _) if row == y => write!(self.frame, "\x1b[{place}G"),
            _ if next_row && x == 0 => write!(self.frame, "\r\n"),
            _ => write!(self.frame, "\x1b[{line};{place}H"),
        };
        self.row = Some(y);
        self.column = Some(x);
    }

    /// The bytes that bring the cursor to where it is wanted; the frame before it may have moved it.
    fn write_cursor(&mut self, drew: bool) {
        let wanted = self.wanted_cursor;
        if self.told_cursor == Some(wanted) && (!drew || wanted == Cursor::Hidden) {
            return;
        }
        match wanted {
            Cursor::Hidden => self.frame.extend_from_slice(b"\x1b[?25l"),
            Cursor::Shown(position) => {
                (self.row, self.column) = (None, None);
                self.go_to(position.x, position.y);
                if !matches!(self.told_cursor, Some(Cursor::Shown(_))) {
                    self.frame.extend_from_slice(b"\x1b[?25h");
                }
            }
        }
        self.told_cursor = Some(wanted);
    }
}

impl<W: Write> Backend for ScreenBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.put(x, y, cell);
        }
        self.write_blanks();
        self.take(Pen::DEFAULT);
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.wanted_cursor = Cursor::Hidden;
        Ok(())
    }

    /// Takes effect with the place that is set next.
    fn show_cursor(&mut self) -> io::Result<()> {
        if self.wanted_cursor == Cursor::Hidden {
            self.wanted_cursor = Cursor::Shown(Position::ORIGIN);
        }
        Ok(())
    }

    /// Where the cursor was put last: the terminal is never asked, since it may not answer.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(match self.wanted_cursor {
            Cursor::Shown(position) => position,
            Cursor::Hidden => Position::ORIGIN,
        })
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        if let Cursor::Shown(shown) = &mut self.wanted_cursor {
            *shown = position.into();
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    /// Clears with the next frame, so that nothing flickers. After it, nothing is taken for known.
    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        let sequence: &[u8] = match region {
            ClearType::All => b"\x1b[m\x1b[2J",
            ClearType::AfterCursor => b"\x1b[m\x1b[J",
            ClearType::BeforeCursor => b"\x1b[m\x1b[1J",
            ClearType::CurrentLine => b"\x1b[m\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[m\x1b[K",
        };
        self.frame.extend_from_slice(sequence);
        self.pen = Pen::DEFAULT;
        (self.row, self.column) = (None, None);
        self.told_cursor = None;
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        if let Some(size) = self.options.size {
            return Ok(size);
        }
        let (width, height) = crossterm::terminal::size()?;
        Ok(if width == 0 || height == 0 { FALLBACK_SIZE } else { Size { width, height } })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }

    /// Writes the frame in one piece; nothing at all when nothing changed.
    fn flush(&mut self) -> io::Result<()> {
        let drew = !self.frame.is_empty();
        self.write_cursor(drew);
        if self.frame.is_empty() {
            return Ok(());
        }
        let bracketed = drew && self.options.synchronized_output;
        if bracketed {
            self.writer.write_all(BEGIN_SYNCHRONIZED)?;
        }
        self.writer.write_all(&self.frame)?;
        if bracketed {
            self.writer.write_all(END_SYNCHRONIZED)?;
        }
        self.frame.clear();
        (self.row, self.column) = (None, None);
        self.writer.flush()
    }
}
