//! The symbols that the interface draws with, in Unicode and in ASCII.

/// Symbols of one terminal. Each is one cell wide, and each state has its own shape, so that nothing
/// is said by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbols {
    /// Healthy.
    pub good: &'static str,
    /// On its way.
    pub busy: &'static str,
    /// Waits for a human.
    pub waiting: &'static str,
    /// Degraded.
    pub warning: &'static str,
    /// Broken.
    pub bad: &'static str,
    /// Not known.
    pub unknown: &'static str,
    /// Finished.
    pub done: &'static str,
    /// The row under the cursor.
    pub cursor: &'static str,
    /// A marked row.
    pub mark: &'static str,
    /// Sorted, smallest first.
    pub ascending: &'static str,
    /// Sorted, largest first.
    pub descending: &'static str,
    /// Stands between the places of a path.
    pub separator: &'static str,
    /// Stands for what was cut off, or is still arriving.
    pub ellipsis: &'static str,
    /// From what was to what will be.
    pub arrow: &'static str,
    /// A cell of a gauge filled by one to seven eighths; none where a terminal only knows whole cells.
    pub gauge_eighths: &'static [&'static str],
    /// The filled part of a gauge.
    pub gauge_filled: &'static str,
    /// The empty part of a gauge.
    pub gauge_empty: &'static str,
    /// A vertical rule.
    pub vertical: &'static str,
    /// A horizontal rule.
    pub horizontal: &'static str,
    /// Top left corner.
    pub top_left: &'static str,
    /// Top right corner.
    pub top_right: &'static str,
    /// Bottom left corner.
    pub bottom_left: &'static str,
    /// Bottom right corner.
    pub bottom_right: &'static str,
    /// The thumb of a scroll bar.
    pub thumb: &'static str,
}

impl Symbols {
    /// For terminals that draw Unicode.
    pub const UNICODE: Symbols = Symbols {
        good: "●",
        busy: "◐",
        waiting: "◇",
        warning: "▲",
        bad: "✖",
        unknown: "?",
        done: "○",
        cursor: "▌",
        mark: "◆",
        ascending: "↑",
        descending: "↓",
        separator: "›",
        ellipsis: "…",
        arrow: "→",
        gauge_eighths: &["▏", "▎", "▍", "▌", "▋", "▊", "▉"],
        gauge_filled: "█",
        gauge_empty: "░",
        vertical: "│",
        horizontal: "─",
        top_left: "╭",
        top_right: "╮",
        bottom_left: "╰",
        bottom_right: "╯",
        thumb: "▐",
    };

    /// For terminals that do not, and for `--ascii`.
    pub const ASCII: Symbols = Symbols {
        good: "+",
        busy: "o",
        waiting: "=",
        warning: "!",
        bad: "x",
        unknown: "?",
        done: "-",
        cursor: ">",
        mark: "*",
        ascending: "^",
        descending: "v",
        separator: ">",
        ellipsis: "~",
        arrow: ">",
        gauge_eighths: &[],
        gauge_filled: "#",
        gauge_empty: ".",
        vertical: "|",
        horizontal: "-",
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        thumb: "#",
    };
}
