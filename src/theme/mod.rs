//! The closed set of style slots, compiled once for the colour depth of the terminal.
//!
//! Widgets and panes never name a colour: they ask the theme for the style of a [`Slot`], and for the
//! [`Symbols`] that the terminal can draw.

mod colour;
mod compile;
mod hierarchy;
mod slot;
mod symbols;

pub use colour::{ColourDepth, contrast_ratio};
pub use compile::{Target, compile};
pub use slot::Slot;
pub use symbols::Symbols;

use ratatui::style::Style;

/// The styles of one theme, resolved for one terminal.
#[derive(Debug, Clone)]
pub struct Theme {
    styles: [Style; Slot::COUNT],
    symbols: Symbols,
}

impl Theme {
    /// The theme that maps every slot through `style_of`.
    pub fn from_fn(mut style_of: impl FnMut(Slot) -> Style, symbols: Symbols) -> Self {
        Self { styles: std::array::from_fn(|index| style_of(Slot::ALL[index])), symbols }
    }

    /// The style of a slot.
    pub fn style(&self, slot: Slot) -> Style {
        self.styles[slot as usize]
    }

    /// The symbols to draw with: Unicode, or ASCII where the terminal or the user wants that.
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }
}
