//! What a change changes, line by line.

use similar::{ChangeTag, TextDiff};

use super::line::StyledLine;
use crate::theme::{Slot, Symbols};

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffKind {
    /// It stays.
    Same,
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// Lines that stay were left out here.
    Skipped,
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// What became of it.
    pub kind: DiffKind,
    /// The line, without its line break.
    pub text: String,
}

impl DiffLine {
    /// The line with its sign, so that it can be told without colour.
    pub fn styled(&self, symbols: &Symbols) -> StyledLine {
        let (sign, slot) = match self.kind {
            DiffKind::Same => ("  ", Slot::Muted),
            DiffKind::Added => ("+ ", Slot::DiffAdded),
            DiffKind::Removed => ("- ", Slot::DiffRemoved),
            DiffKind::Skipped => return StyledLine::new(format!("  {}", symbols.ellipsis), Slot::Muted),
        };
        StyledLine::new(format!("{sign}{}", self.text), slot)
    }
}

/// Compares two texts line by line, with `context` lines that stay around each change. Equal texts give no lines.
pub fn compare(before: &str, after: &str, context: usize) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(context).iter().enumerate() {
        if index > 0 {
            lines.push(DiffLine { kind: DiffKind::Skipped, text: String::new() });
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let kind = match change.tag() {
                ChangeTag::Equal => DiffKind::Same,
                ChangeTag::Insert => DiffKind::Added,
                ChangeTag::Delete => DiffKind::Removed,
            };
            lines.push(DiffLine { kind, text: change.value().trim_end_matches(['\n', '\r']).to_owned() });
        }
    }
    lines
}
