//! The bytes of one frame, and where they leave the terminal.

use std::io::Write;

use super::pen::Pen;

/// So many blanks are erased rather than written: erasing and moving on takes up to eleven bytes.
const ERASED_BLANKS: u16 = 12;
/// So many where the cursor moves on anyway.
const ERASED_LAST_BLANKS: u16 = 5;

/// The bytes of a frame so far, with the pen and the place that the terminal has after them.
#[derive(Debug)]
pub(super) struct FrameBytes {
    bytes: Vec<u8>,
    pen: Pen,
    /// The row that the terminal writes in; `None` when that is not known.
    row: Option<u16>,
    /// The column that it writes in.
    column: Option<u16>,
    background_erase: bool,
}

impl FrameBytes {
    pub(super) fn new(background_erase: bool) -> Self {
        Self { bytes: Vec::new(), pen: Pen::DEFAULT, row: None, column: None, background_erase }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Begins a new frame. Something else may write in between, so the place is not taken for known.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.forget_position();
    }

    /// The pen in the hand.
    pub(super) fn pen(&self) -> Pen {
        self.pen
    }

    /// Appends a sequence that does not draw.
    pub(super) fn control(&mut self, sequence: &[u8]) {
        self.bytes.extend_from_slice(sequence);
    }

    pub(super) fn forget_position(&mut self) {
        (self.row, self.column) = (None, None);
    }

    /// Takes another pen into the hand.
    pub(super) fn take(&mut self, pen: Pen) {
        pen.change(self.pen, &mut self.bytes);
        self.pen = pen;
    }

    /// Goes back to the terminal's own style, whichever it is in.
    pub(super) fn reset_pen(&mut self) {
        self.bytes.extend_from_slice(b"\x1b[m");
        self.pen = Pen::DEFAULT;
    }

    /// Moves the terminal's cursor by the shortest sequence that does not depend on how wide it takes a symbol for.
    pub(super) fn go_to(&mut self, x: u16, y: u16) {
        let (line, place) = (u32::from(y) + 1, u32::from(x) + 1);
        let next_row = self.row.is_some_and(|row| row.checked_add(1) == Some(y));
        // Writing into memory cannot fail.
        let _ = match (self.row, self.column) {
            (Some(row), Some(column)) if row == y && column == x => Ok(()),
            (Some(row), _) if row == y => write!(self.bytes, "\x1b[{place}G"),
            _ if next_row && x == 0 => write!(self.bytes, "\r\n"),
            _ => write!(self.bytes, "\x1b[{line};{place}H"),
        };
        self.row = Some(y);
        self.column = Some(x);
    }

    /// Draws a symbol where the cursor is.
    pub(super) fn symbol(&mut self, symbol: &str, width: u16) {
        self.bytes.extend_from_slice(symbol.as_bytes());
        // Terminals disagree about wide symbols: after one, the column is not taken for known.
        self.column = self.column.filter(|_| width == 1).map(|column| column.saturating_add(1));
    }

    /// Draws blanks where the cursor is; `moves_on` tells that what is drawn next is not beside them.
    pub(super) fn blanks(&mut self, count: u16, moves_on: bool) {
        let enough = if moves_on { ERASED_LAST_BLANKS } else { ERASED_BLANKS };
        if count >= enough && self.background_erase && !self.pen.shows_on_blank() {
            // Erasing does not move the cursor.
            let _ = write!(self.bytes, "\x1b[{count}X");
        } else {
            self.bytes.resize(self.bytes.len() + usize::from(count), b' ');
            self.column = self.column.map(|column| column.saturating_add(count));
        }
    }
}
