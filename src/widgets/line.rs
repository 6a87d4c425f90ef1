//! One line of text in several styles, as plain values.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::text;
use crate::theme::{Slot, Theme};

/// A stretch of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyledSpan {
    /// The text, without line breaks or control characters.
    pub text: String,
    /// The slot that styles it.
    pub slot: Slot,
}

/// A line of spans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StyledLine {
    /// The spans, in reading order.
    pub spans: Vec<StyledSpan>,
}

impl StyledLine {
    /// A line of one span.
    pub fn new(text: impl Into<String>, slot: Slot) -> Self {
        Self { spans: vec![StyledSpan { text: text.into(), slot }] }
    }

    /// A line without text.
    pub fn blank() -> Self {
        Self::default()
    }

    /// The same line with one more span.
    #[must_use]
    pub fn and(mut self, text: impl Into<String>, slot: Slot) -> Self {
        self.push(text, slot);
        self
    }

    /// Appends a span.
    pub fn push(&mut self, text: impl Into<String>, slot: Slot) {
        self.spans.push(StyledSpan { text: text.into(), slot });
    }

    /// The width of the line, in cells.
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| text::width(&span.text)).sum()
    }

    /// Breaks the line into lines of at most `max` cells, between words where it can.
    pub fn wrap(&self, max: usize) -> Vec<StyledLine> {
        if self.width() <= max {
            return vec![self.clone()];
        }
        // Words are wrapped over the joined text; each gets its style back from where it came.
        let joined: String = self.spans.iter().map(|span| span.text.as_str()).collect();
        let mut origin = self.origins();
        let mut lines = Vec::new();
        let mut rest = joined.as_str();
        for broken in text::wrap(&joined, max) {
            let start = rest.find(broken.as_str()).unwrap_or(0);
            origin.drain(..start.min(origin.len()));
            let length = broken.len().min(origin.len());
            lines.push(restyle(&broken, &origin[..length]));
            origin.drain(..length);
            rest = rest.get(start + broken.len()..).unwrap_or("");
        }
        lines
    }

    /// The slot of each byte of the joined text.
    fn origins(&self) -> Vec<Slot> {
        self.spans.iter().flat_map(|span| std::iter::repeat_n(span.slot, span.text.len())).collect()
    }

    /// Draws the line over `base`, cut with an ellipsis at `max` cells, and returns the column after it.
    pub fn draw(&self, buffer: &mut Buffer, at: (u16, u16), max: u16, theme: &Theme, base: Style) -> u16 {
        let (mut x, y) = at;
        let end = x.saturating_add(max);
        let fits = self.width() <= usize::from(max);
        for (index, span) in self.spans.iter().enumerate() {
            let style = base.patch(theme.style(span.slot));
            let room = end.saturating_sub(x);
            let last = index + 1 == self.spans.len();
            // One cell stays free for the ellipsis of a later span.
            let fits_here = fits || (!last && text::width(&span.text) < usize::from(room));
            if fits_here {
                x = text::put(buffer, x, y, &span.text, room, style);
                continue;
            }
            let kept = text::prefix(&span.text, usize::from(room.saturating_sub(1)));
            x = text::put(buffer, x, y, &span.text[..kept], room, style);
            return text::put(buffer, x, y, theme.symbols().ellipsis, end.saturating_sub(x), style);
        }
        x
    }
}

fn restyle(text: &str, origins: &[Slot]) -> StyledLine {
    let mut line = StyledLine::default();
    for (index, character) in text.char_indices() {
        let slot = origins.get(index).copied().unwrap_or(Slot::Text);
        match line.spans.last_mut() {
            Some(span) if span.slot == slot => span.text.push(character),
            _ => line.push(character, slot),
        }
    }
    line
}

impl From<&str> for StyledLine {
    fn from(text: &str) -> Self {
        Self::new(text, Slot::Text)
    }
}

impl From<String> for StyledLine {
    fn from(text: String) -> Self {
        Self::new(text, Slot::Text)
    }
}
