//! Which columns are shown, and how wide.

use super::column::Column;

/// Blank cells between two columns.
pub(super) const GAP: u16 = 2;

/// A column that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    /// Its index among the table's columns.
    pub(super) column: usize,
    /// Its first cell, counted from the left of the table.
    pub(super) x: u16,
    /// Its width in cells.
    pub(super) width: u16,
}

/// Chooses the columns that fit into `available` cells. Without scrolling, those of the lowest priority go;
/// scrolled, the first stays and column number `scrolled` follows it, so that every column can be reached.
pub(super) fn choose(columns: &[Column<'_>], wanted: &[u16], available: u16, scrolled: usize) -> Vec<usize> {
    let mut shown: Vec<usize> = (0..columns.len()).filter(|&index| index == 0 || index >= scrolled).collect();
    while shown.len() > 1 && least_total(columns, wanted, &shown) > u32::from(available) {
        if scrolled > 0 {
            shown.pop();
            continue;
        }
        // The rightmost of the lowest priority; the first column names the row and stays.
        let victim = shown
            .iter()
            .enumerate()
            .skip(1)
            .min_by_key(|&(place, &index)| (columns[index].priority, std::cmp::Reverse(place)))
            .map(|(place, _)| place);
        match victim {
            Some(place) => shown.remove(place),
            None => break,
        };
    }
    shown
}

/// The cells that all columns take together when each gets what it wants, with the gaps between them.
pub(super) fn wanted_total(wanted: &[u16]) -> u16 {
    let cells: u32 = wanted.iter().map(|&cells| u32::from(cells)).sum();
    u16::try_from(cells + gaps(wanted.len())).unwrap_or(u16::MAX)
}

fn least(columns: &[Column<'_>], wanted: &[u16], index: usize) -> u16 {
    columns[index].least(wanted.get(index).copied().unwrap_or(0))
}

fn least_total(columns: &[Column<'_>], wanted: &[u16], shown: &[usize]) -> u32 {
    let cells: u32 = shown.iter().map(|&index| u32::from(least(columns, wanted, index))).sum();
    cells + gaps(shown.len())
}

fn gaps(columns: usize) -> u32 {
    u32::from(GAP) * u32::try_from(columns.saturating_sub(1)).unwrap_or(0)
}

/// Gives each shown column its width. `wanted` holds what each column of the table wants.
pub(super) fn place(
    columns: &[Column<'_>],
    shown: &[usize],
    wanted: &[u16],
    left: u16,
    available: u16,
) -> Vec<Placed> {
    let mut widths: Vec<u16> = shown.iter().map(|&index| least(columns, wanted, index)).collect();
    let mut spare = u32::from(available).saturating_sub(least_total(columns, wanted, shown));
    while spare > 0 {
        let given = share_out(columns, shown, wanted, &mut widths, spare);
        if given == 0 {
            break;
        }
        spare -= given;
    }
    let mut x = left;
    let end = left.saturating_add(available);
    let mut placed = Vec::with_capacity(shown.len());
    for (&column, width) in shown.iter().zip(widths) {
        placed.push(Placed { column, x, width: width.min(end.saturating_sub(x)) });
        x = x.saturating_add(width).saturating_add(GAP);
    }
    placed
}

/// One round: each column that still wants more gets its share by weight, a cell at least. Returns what was given.
fn share_out(columns: &[Column<'_>], shown: &[usize], wanted: &[u16], widths: &mut [u16], spare: u32) -> u32 {
    let wants = |place: usize, widths: &[u16]| {
        let index = shown[place];
        u32::from(wanted.get(index).copied().unwrap_or(0).saturating_sub(widths[place]))
    };
    let weights: u32 = (0..shown.len())
        .filter(|&place| wants(place, widths) > 0)
        .map(|place| columns[shown[place]].weight())
        .sum();
    if weights == 0 {
        return 0;
    }
    let mut left = spare;
    for place in 0..shown.len() {
        let want = wants(place, widths);
        if want == 0 || left == 0 {
            continue;
        }
        let share = (spare * columns[shown[place]].weight() / weights).max(1);
        let gift = share.min(want).min(left);
        widths[place] = widths[place].saturating_add(u16::try_from(gift).unwrap_or(0));
        left -= gift;
    }
    spare - left
}
