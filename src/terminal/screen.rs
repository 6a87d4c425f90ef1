//! The screen as ratatui sees it: a frame that changes nothing writes nothing.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::batch::Batch;
use super::frame::FrameBytes;

const BEGIN_SYNCHRONIZED: &[u8] = b"\x1b[?2026h";
const END_SYNCHRONIZED: &[u8] = b"\x1b[?2026l";
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
/// brackets of a frame are written together with it, so none is ever left open. It never asks the terminal anything,
/// and remembers the style that it left there: once something else has written, the screen has to be cleared.
#[derive(Debug)]
pub struct ScreenBackend<W: Write> {
    writer: W,
    options: ScreenOptions,
    frame: FrameBytes,
    /// The cells that are being gathered.
    batch: Batch,
    wanted_cursor: Cursor,
    /// What the terminal was told last; `None` when that is not known.
    told_cursor: Option<Cursor>,
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
            frame: FrameBytes::new(options.background_erase),
            batch: Batch::default(),
            wanted_cursor: Cursor::Hidden,
            told_cursor: Some(Cursor::Hidden),
        }
    }

    /// The writer.
    pub fn writer(&self) -> &W {
        &self.writer
    }

    /// The bytes that bring the cursor to where it is wanted; the frame before it may have moved it.
    fn write_cursor(&mut self, drew: bool) {
        let wanted = self.wanted_cursor;
        if self.told_cursor == Some(wanted) && (!drew || wanted == Cursor::Hidden) {
            return;
        }
        match wanted {
            Cursor::Hidden => self.frame.control(b"\x1b[?25l"),
            Cursor::Shown(position) => {
                self.frame.forget_position();
                self.frame.go_to(position.x, position.y);
                if !matches!(self.told_cursor, Some(Cursor::Shown(_))) {
                    self.frame.control(b"\x1b[?25h");
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
            if !self.batch.takes(y) {
                self.batch.write(&mut self.frame);
            }
            self.batch.push(x, y, cell);
        }
        self.batch.write(&mut self.frame);
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
            ClearType::All => b"\x1b[2J",
            ClearType::AfterCursor => b"\x1b[J",
            ClearType::BeforeCursor => b"\x1b[1J",
            ClearType::CurrentLine => b"\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[K",
        };
        self.frame.reset_pen();
        self.frame.control(sequence);
        self.frame.forget_position();
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
        self.writer.write_all(self.frame.bytes())?;
        if bracketed {
            self.writer.write_all(END_SYNCHRONIZED)?;
        }
        self.frame.clear();
        self.writer.flush()
    }
}
