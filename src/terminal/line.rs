//! One line of changed cells, drawn in the order that takes the fewest bytes.

use ratatui::buffer::{Cell, CellWidth};

use super::frame::FrameBytes;
use super::pen::Pen;

/// What it costs to move within a line, in bytes.
const MOVE_COST: usize = 6;

/// The changed cells of one line, gathered into runs of one pen.
///
/// Columns of a table share a few colours, and a 24-bit colour takes more bytes than a move: so the runs are
/// not drawn from left to right where it is cheaper to draw those of one colour together.
#[derive(Debug, Default)]
pub(super) struct Line {
    y: u16,
    pieces: Vec<Piece>,
    text: String,
    runs: Vec<Run>,
}

/// A symbol or blanks.
#[derive(Debug, Clone, Copy)]
enum Piece {
    /// Bytes of the line's text, and cells.
    Symbol { bytes: usize, width: u16 },
    /// Cells.
    Blanks(u16),
}

/// Cells side by side, in one pen.
#[derive(Debug, Clone, Copy)]
struct Run {
    x: u16,
    width: u16,
    pen: Pen,
    first_piece: usize,
    first_byte: usize,
    pieces: usize,
}

impl Line {
    /// Whether a cell of row `y` belongs to this line.
    pub(super) fn takes(&self, y: u16) -> bool {
        self.runs.is_empty() || self.y == y
    }

    pub(super) fn push(&mut self, x: u16, y: u16, cell: &Cell) {
        self.y = y;
        let adjacent = self.runs.last().copied().filter(|run| run.x.checked_add(run.width) == Some(x));
        let pen = adjacent.map_or(Pen::DEFAULT, |run| run.pen).for_cell(cell);
        let blank_so_far = adjacent.is_some_and(|run| run.first_byte == self.text.len());
        if blank_so_far
            && let Some(run) = self.runs.last_mut()
            && run.pen.draws_blanks_like(pen)
        {
            // Blanks before the first symbol look the same in its pen.
            run.pen = pen;
        } else if adjacent.is_none_or(|run| run.pen != pen) {
            self.runs.push(Run {
                x,
                width: 0,
                pen,
                first_piece: self.pieces.len(),
                first_byte: self.text.len(),
                pieces: 0,
            });
        }
        let Some(run) = self.runs.last_mut() else { return };
        let width = cell.cell_width();
        run.width = run.width.saturating_add(width);
        if cell.symbol() == " "
            && run.pieces > 0
            && let Some(Piece::Blanks(count)) = self.pieces.last_mut()
        {
            *count += 1;
            return;
        }
        run.pieces += 1;
        if cell.symbol() == " " {
            self.pieces.push(Piece::Blanks(1));
        } else {
            self.text.push_str(cell.symbol());
            self.pieces.push(Piece::Symbol { bytes: cell.symbol().len(), width });
        }
    }

    /// Draws the line, and begins an empty one.
    pub(super) fn write(&mut self, frame: &mut FrameBytes) {
        let order = self.order(frame.pen());
        for (place, &index) in order.iter().enumerate() {
            let moves_on = order.get(place + 1).is_none_or(|&next| !self.adjacent(index, next));
            self.write_run(self.runs[index], moves_on, frame);
        }
        self.runs.clear();
        self.pieces.clear();
        self.text.clear();
    }

    fn adjacent(&self, first: usize, second: usize) -> bool {
        let first = self.runs[first];
        first.x.checked_add(first.width) == Some(self.runs[second].x)
    }

    fn write_run(&self, run: Run, moves_on: bool, frame: &mut FrameBytes) {
        frame.go_to(run.x, self.y);
        frame.take(run.pen);
        let mut x = run.x;
        let mut byte = run.first_byte;
        for (place, piece) in self.pieces[run.first_piece..run.first_piece + run.pieces].iter().enumerate() {
            frame.go_to(x, self.y);
            match *piece {
                Piece::Symbol { bytes, width } => {
                    frame.symbol(&self.text[byte..byte + bytes], width);
                    byte += bytes;
                    x = x.saturating_add(width);
                }
                Piece::Blanks(count) => {
                    frame.blanks(count, moves_on && place + 1 == run.pieces);
                    x = x.saturating_add(count);
                }
            }
        }
    }

    /// The order of the runs: always the cheapest next, unless that is no better than from left to right.
    fn order(&self, pen: Pen) -> Vec<usize> {
        let in_place: Vec<usize> = (0..self.runs.len()).collect();
        if self.runs.len() < 3 {
            return in_place;
        }
        let mut left = in_place.clone();
        let mut cheapest = Vec::with_capacity(left.len());
        let mut previous = None;
        while !left.is_empty() {
            let next =
                (0..left.len()).min_by_key(|&place| self.cost(pen, previous, left[place])).unwrap_or(0);
            let index = left.remove(next);
            cheapest.push(index);
            previous = Some(index);
        }
        if self.total(pen, &cheapest) < self.total(pen, &in_place) { cheapest } else { in_place }
    }

    fn total(&self, pen: Pen, order: &[usize]) -> usize {
        let mut previous = None;
        let mut total = 0;
        for &index in order {
            total += self.cost(pen, previous, index);
            previous = Some(index);
        }
        total
    }

    /// About how many bytes it takes to go on with a run after another one, or after the line before.
    fn cost(&self, pen: Pen, previous: Option<usize>, index: usize) -> usize {
        let run = self.runs[index];
        let (from, adjacent) = match previous {
            Some(before) => (self.runs[before].pen, self.adjacent(before, index)),
            None => (pen, index == 0),
        };
        run.pen.cost(from) + if adjacent { 0 } else { MOVE_COST }
    }
}
