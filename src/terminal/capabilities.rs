//! What the terminal can do, as far as its environment tells.

/// How many colours the terminal shows, and whether the user wants any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colours {
    /// None: bold, dim and reverse have to do.
    None,
    /// The sixteen of the terminal's own palette.
    Ansi16,
    /// The palette of 256.
    Ansi256,
    /// 24 bits.
    TrueColour,
}

/// A program between the console and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiplexer {
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

/// What the terminal can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// How many colours it shows.
    pub colours: Colours,
    /// Whether it draws Unicode.
    pub unicode: bool,
    /// What stands in between.
    pub multiplexer: Option<Multiplexer>,
    /// Whether frames are put in synchronized-output brackets; terminals that do not know them ignore them.
    pub synchronized_output: bool,
    /// Whether erased cells take the present background.
    pub background_erase: bool,
}

impl Capabilities {
    /// Judges by environment variables, which `variable` looks up; an empty value counts as none.
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        let read = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = read("TERM").unwrap_or_default();
        let multiplexer = if read("TMUX").is_some() {
            Some(Multiplexer::Tmux)
        } else if read("STY").is_some() || term.starts_with("screen") {
            Some(Multiplexer::Screen)
        } else {
            None
        };
        let plain = is_plain(&term);
        Self {
            colours: colours(&term, multiplexer, &read),
            unicode: !plain && locale_is_utf8(&read),
            multiplexer,
            synchronized_output: !plain,
            // GNU screen erases with the default background unless it is told otherwise.
            background_erase: !is_dumb(&term) && multiplexer != Some(Multiplexer::Screen),
        }
    }
}

/// Terminals that know cursor movement at most.
fn is_dumb(term: &str) -> bool {
    term.is_empty() || term == "dumb" || term == "unknown"
}

/// Terminals of few glyphs and few sequences: the console of the kernel and what is older.
fn is_plain(term: &str) -> bool {
    is_dumb(term) || term == "linux" || term.starts_with("vt") || term == "ansi" || term == "cons25"
}

fn colours(term: &str, multiplexer: Option<Multiplexer>, read: &impl Fn(&str) -> Option<String>) -> Colours {
    if read("NO_COLOR").is_some() || is_dumb(term) || term.starts_with("vt") {
        return Colours::None;
    }
    if term == "linux" || term == "ansi" || term == "cons25" {
        return Colours::Ansi16;
    }
    // Inside GNU screen COLORTERM tells about the terminal outside, whose colours do not come through.
    let announced = read("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit");
    if announced && multiplexer != Some(Multiplexer::Screen) {
        return Colours::TrueColour;
    }
    let full = ["kitty", "alacritty", "ghostty", "wezterm", "foot", "contour", "direct"];
    if full.iter().any(|name| term.contains(name)) {
        return Colours::TrueColour;
    }
    if term.contains("256color") || term.starts_with("tmux") || read("COLORTERM").is_some() {
        return Colours::Ansi256;
    }
    Colours::Ansi16
}

/// The first of the locale's variables that is set decides, as it does for the C library.
fn locale_is_utf8(read: &impl Fn(&str) -> Option<String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| read(name)).is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}
