//! Style changes in as few bytes as possible.

use std::io::Write;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// Attributes that a terminal keeps, and the parameters that switch them on. The last is what an attribute is off with.
const ATTRIBUTES: [(Modifier, &str, &str); 9] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::SLOW_BLINK, "5", "25"),
    (Modifier::RAPID_BLINK, "6", "25"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::HIDDEN, "8", "28"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

/// Attributes that show on a blank; without them the foreground of a blank is not visible.
const VISIBLE_ON_BLANK: Modifier =
    Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

/// The style that the terminal writes with at present. Colours of underlines are not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    foreground: Color,
    background: Color,
    modifier: Modifier,
}

impl Pen {
    /// The terminal's own style.
    pub(super) const DEFAULT: Pen =
        Pen { foreground: Color::Reset, background: Color::Reset, modifier: Modifier::empty() };

    /// The pen that a cell needs, when this one is in the hand: a blank keeps what nobody can see.
    pub(super) fn for_cell(self, cell: &Cell) -> Pen {
        let wanted = Pen { foreground: cell.fg, background: cell.bg, modifier: cell.modifier };
        if cell.symbol() != " " {
            return wanted;
        }
        if wanted.shows_on_blank() || self.shows_on_blank() {
            return wanted;
        }
        Pen { background: wanted.background, ..self }
    }

    /// Whether a blank written with this pen shows more than its background.
    pub(super) fn shows_on_blank(self) -> bool {
        self.modifier.intersects(VISIBLE_ON_BLANK)
    }

    /// Whether blanks look the same in both.
    pub(super) fn draws_blanks_like(self, other: Pen) -> bool {
        self.background == other.background && !self.shows_on_blank() && !other.shows_on_blank()
    }

    /// About how many bytes it takes to turn the pen `from` into this one.
    pub(super) fn cost(self, from: Pen) -> usize {
        if self == from {
            return 0;
        }
        let foreground = if self.foreground == from.foreground { 0 } else { colour_cost(self.foreground) };
        let background = if self.background == from.background { 0 } else { colour_cost(self.background) };
        let modifier = if self.modifier == from.modifier { 0 } else { 3 };
        3 + foreground + background + modifier
    }

    /// Writes what turns the pen `from` into this one.
    pub(super) fn change(self, from: Pen, out: &mut Vec<u8>) {
        if self == from {
            return;
        }
        let step = self.parameters(from);
        let afresh = if self == Pen::DEFAULT {
            Vec::new()
        } else {
            let mut parameters = b"0".to_vec();
            let rest = self.parameters(Pen::DEFAULT);
            parameters.push(b';');
            parameters.extend(rest);
            parameters
        };
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(if afresh.len() < step.len() { &afresh } else { &step });
        out.push(b'm');
    }

    fn parameters(self, from: Pen) -> Vec<u8> {
        let mut parameters = Vec::with_capacity(40);
        let mut present = from.modifier;
        for (modifier, _, off) in ATTRIBUTES {
            if present.contains(modifier) && !self.modifier.contains(modifier) {
                push(&mut parameters, off);
                // One parameter ends every attribute that shares it.
                for (other, _, other_off) in ATTRIBUTES {
                    if other_off == off {
                        present.remove(other);
                    }
                }
            }
        }
        for (modifier, on, _) in ATTRIBUTES {
            if self.modifier.contains(modifier) && !present.contains(modifier) {
                push(&mut parameters, on);
            }
        }
        if self.foreground != from.foreground {
            push_colour(&mut parameters, self.foreground, false);
        }
        if self.background != from.background {
            push_colour(&mut parameters, self.background, true);
        }
        parameters
    }
}

fn colour_cost(colour: Color) -> usize {
    match colour {
        Color::Indexed(_) => 9,
        Color::Rgb(..) => 16,
        _ => 2,
    }
}

fn push(parameters: &mut Vec<u8>, parameter: &str) {
    if !parameters.is_empty() {
        parameters.push(b';');
    }
    parameters.extend_from_slice(parameter.as_bytes());
}

fn push_colour(parameters: &mut Vec<u8>, colour: Color, background: bool) {
    if !parameters.is_empty() {
        parameters.push(b';');
    }
    let shift = if background { 10 } else { 0 };
    let named = match colour {
        Color::Reset => Some(39),
        Color::Black => Some(30),
        Color::Red => Some(31),
        Color::Green => Some(32),
        Color::Yellow => Some(33),
        Color::Blue => Some(34),
        Color::Magenta => Some(35),
        Color::Cyan => Some(36),
        Color::Gray => Some(37),
        Color::DarkGray => Some(90),
        Color::LightRed => Some(91),
        Color::LightGreen => Some(92),
        Color::LightYellow => Some(93),
        Color::LightBlue => Some(94),
        Color::LightMagenta => Some(95),
        Color::LightCyan => Some(96),
        Color::White => Some(97),
        Color::Indexed(_) | Color::Rgb(..) => None,
    };
    // Writing into memory cannot fail.
    let _ = match (colour, named) {
        (_, Some(code)) => write!(parameters, "{}", code + shift),
        (Color::Indexed(index), None) => write!(parameters, "{};5;{index}", 38 + shift),
        (Color::Rgb(red, green, blue), None) => write!(parameters, "{};2;{red};{green};{blue}", 38 + shift),
        (_, None) => Ok(()),
    };
}
