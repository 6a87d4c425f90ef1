//! Changed cells, drawn in an order that takes few bytes.

use ratatui::buffer::{Cell, CellWidth};

use super::frame::FrameBytes;
use super::pen::Pen;

/// What it costs to move within a line, in bytes.
const MOVE_COST: usize = 6;
/// What it costs to move to another line.
const LINE_COST: usize = 8;
/// Lines are drawn together while they have fewer runs than this, and every run is tried as the first: the two
/// lines of a moved cursor, but not a full screen, where it would take too long and save little.
const FEW_RUNS: usize = 24;

/// Changed cells of a line or a few, gathered into runs of one pen.
///
/// Columns of a table share a few colours, and a 24-bit colour takes more bytes than a move: so the runs are
/// not drawn from left to right where it is cheaper to draw those of one colour together.
#[derive(Debug, Default)]
pub(super) struct Batch {
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
    y: u16,
    width: u16,
    pen: Pen,
    first_piece: usize,
    first_byte: usize,
    pieces: usize,
}

impl Batch {
    /// Whether a cell of row `y` may still be added.
    pub(super) fn takes(&self, y: u16) -> bool {
        self.runs.len() < FEW_RUNS || self.runs.last().is_some_and(|run| run.y == y)
    }

    pub(super) fn push(&mut self, x: u16, y: u16, cell: &Cell) {
        let adjacent = self.runs.last().copied().filter(|run| run.is_before(x, y));
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
                y,
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

    /// Draws the cells, and begins an empty batch.
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
        let second = self.runs[second];
        self.runs[first].is_before(second.x, second.y)
    }

    fn write_run(&self, run: Run, moves_on: bool, frame: &mut FrameBytes) {
        frame.go_to(run.x, run.y);
        frame.take(run.pen);
        let mut x = run.x;
        let mut byte = run.first_byte;
        for (place, piece) in self.pieces[run.first_piece..run.first_piece + run.pieces].iter().enumerate() {
            frame.go_to(x, run.y);
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

    /// The order of the runs that seems the cheapest; from left to right when no other is cheaper.
    fn order(&self, pen: Pen) -> Vec<usize> {
        let mut best: Vec<usize> = (0..self.runs.len()).collect();
        let mut least = self.total(pen, &best);
        let starts = if self.runs.len() <= FEW_RUNS { self.runs.len() } else { 1 };
        for start in 0..starts {
            let order = self.nearest_first(start);
            let total = self.total(pen, &order);
            if total < least {
                (best, least) = (order, total);
            }
        }
        best
    }

    /// From one run always on to the cheapest of those that are left.
    fn nearest_first(&self, start: usize) -> Vec<usize> {
        let mut left: Vec<usize> = (0..self.runs.len()).filter(|&index| index != start).collect();
        let mut order = vec![start];
        let mut last = start;
        while !left.is_empty() {
            let next = (0..left.len()).min_by_key(|&place| self.cost(last, left[place])).unwrap_or(0);
            last = left.remove(next);
            order.push(last);
        }
        order
    }

    /// About how many bytes an order takes besides the text.
    fn total(&self, pen: Pen, order: &[usize]) -> usize {
        let first = order.first().map_or(0, |&first| self.runs[first].pen.cost(pen));
        first + order.windows(2).map(|pair| self.cost(pair[0], pair[1])).sum::<usize>()
    }

    /// About how many bytes it takes to go on from one run to another.
    fn cost(&self, from: usize, to: usize) -> usize {
        let (before, after) = (self.runs[from], self.runs[to]);
        let move_cost = if self.adjacent(from, to) {
            0
        } else if before.y == after.y {
            MOVE_COST
        } else {
            LINE_COST
        };
        move_cost + after.pen.cost(before.pen)
    }
}

impl Run {
    /// Whether a cell stands right beside its end.
    fn is_before(&self, x: u16, y: u16) -> bool {
        self.y == y && self.x.checked_add(self.width) == Some(x)
    }
}
