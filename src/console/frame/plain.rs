//! A frame for terminals that have no more than ASCII.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Replaces what such a terminal can't show: the few signs of the console's own words by their likes, and what
/// servers have written by question marks.
pub(super) fn fold(area: Rect, buffer: &mut Buffer) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let cell = &mut buffer[(x, y)];
            if !cell.symbol().is_ascii() {
                let like = like(cell.symbol());
                cell.set_symbol(like);
            }
        }
    }
}

fn like(symbol: &str) -> &'static str {
    match symbol {
        "·" | "–" | "—" | "−" => "-",
        "…" => "~",
        "→" | "›" => ">",
        "←" | "‹" => "<",
        "×" => "x",
        "’" | "‘" => "'",
        "“" | "”" => "\"",
        _ => "?",
    }
}
