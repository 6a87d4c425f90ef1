//! Inline gauges: `███░░ 62%`.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::line::StyledLine;
use super::text;
use crate::theme::{Slot, Symbols, Theme};

/// A share from nothing (0) to all (1), or beyond: more than everything is drawn full and told in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gauge {
    /// The share; `None` when it is not known.
    pub share: Option<f64>,
    /// Cells of the bar, without the number.
    pub bar: u16,
    /// The style of the filled part and the number.
    pub slot: Slot,
}

impl Gauge {
    /// A gauge in its ordinary style.
    pub fn new(share: Option<f64>, bar: u16) -> Self {
        Self { share: share.filter(|share| share.is_finite()), bar, slot: Slot::GaugeFilled }
    }

    /// The same gauge in another style.
    #[must_use]
    pub fn slot(mut self, slot: Slot) -> Self {
        self.slot = slot;
        self
    }

    /// How many cells are filled. Something is never drawn as nothing, nor less than all as full.
    pub fn filled(&self) -> u16 {
        let Some(share) = self.share else { return 0 };
        if share <= 0.0 {
            return 0;
        }
        if share >= 1.0 {
            return self.bar;
        }
        // In range: the share lies between 0 and 1 here.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the bar's cells"
        )]
        let cells = (share * f64::from(self.bar)).round() as u16;
        cells.clamp(self.bar.min(1), self.bar.saturating_sub(1).max(self.bar.min(1)))
    }

    /// The number after the bar: whole percent, four cells wide.
    pub fn percent(&self) -> String {
        match self.share {
            Some(share) => format!("{:>3.0}%", (share * 100.0).clamp(0.0, 9999.0)),
            None => String::from("   ?"),
        }
    }

    /// The gauge as a line of text.
    pub fn line(&self, symbols: &Symbols) -> StyledLine {
        let filled = usize::from(self.filled());
        let empty = usize::from(self.bar) - filled;
        let number = if self.share.is_some() { self.slot } else { Slot::Unknown };
        StyledLine::new(symbols.gauge_filled.repeat(filled), self.slot)
            .and(symbols.gauge_empty.repeat(empty), Slot::GaugeEmpty)
            .and(format!(" {}", self.percent()), number)
    }

    /// Draws the gauge on one row in at most `max` cells; the bar shrinks before the number does. Returns the column after it.
    pub fn draw(&self, buffer: &mut Buffer, at: (u16, u16), max: u16, theme: &Theme, base: Style) -> u16 {
        let number = text::cells(self.percent().len()) + 1;
        let fitted = Self { bar: self.bar.min(max.saturating_sub(number)), ..*self };
        fitted.line(theme.symbols()).draw(buffer, at, max, theme, base)
    }
}
