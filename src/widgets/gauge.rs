//! Inline gauges: `███▏░ 62%`.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::line::StyledLine;
use super::text;
use crate::theme::{Slot, Symbols, Theme};

/// The least share that does not read 0 %.
const LEAST_SHOWN: f64 = 0.005;

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

    /// How many of `steps` equal parts of the bar are filled. What reads 0 % is empty; anything more is never drawn as
    /// nothing, nor less than all as full.
    fn filled_steps(&self, steps: usize) -> usize {
        let Some(share) = self.share else { return 0 };
        if share < LEAST_SHOWN {
            return 0;
        }
        if share >= 1.0 {
            return steps;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "the share lies between 0 and 1 here, and a bar has few steps"
        )]
        let filled = (share * steps as f64).round() as usize;
        filled.clamp(steps.min(1), steps.saturating_sub(1).max(steps.min(1)))
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
        let parts = symbols.gauge_eighths.len() + 1;
        let steps = self.filled_steps(usize::from(self.bar) * parts);
        let (filled, rest) = (steps / parts, steps % parts);
        let part = rest.checked_sub(1).and_then(|index| symbols.gauge_eighths.get(index)).copied();
        let empty = usize::from(self.bar).saturating_sub(filled + usize::from(part.is_some()));
        let number = if self.share.is_some() { self.slot } else { Slot::Unknown };
        let bar = symbols.gauge_filled.repeat(filled) + part.unwrap_or_default();
        StyledLine::new(bar, self.slot)
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
