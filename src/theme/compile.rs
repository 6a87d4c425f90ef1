//! Makes a theme of a theme file, for one terminal.

use std::collections::HashMap;

use ratatui::style::{Color, Modifier, Style};

use super::colour::{self, ColourDepth, Rgb};
use super::{Slot, Symbols, Theme, hierarchy};
use crate::config::{Contrast, Diagnostic, Spanned, StyleEntry, ThemeFile};

/// The least contrast of text where the user wants it high (WCAG's enhanced level).
const HIGH_CONTRAST: f64 = 7.0;

/// What the terminal can show, and what the user wants of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// How many colours there are.
    pub depth: ColourDepth,
    /// Whether to draw with ASCII alone.
    pub ascii: bool,
    /// How far text stands out from its ground.
    pub contrast: Contrast,
}

/// Compiles a theme file. A slot that the file leaves out looks like the one that it leans on.
///
/// # Errors
///
/// Every problem of the file: of its form, unknown slots, unknown and malformed colours.
pub fn compile(file: &ThemeFile, target: Target) -> Result<Theme, Vec<Diagnostic>> {
    let mut problems = file.problems.clone();
    let palette = palette(file, &mut problems);
    let styles = styles(file, &palette, &mut problems);
    if !problems.is_empty() {
        return Err(Diagnostic::in_order(problems));
    }
    let ground = sketch_of(&styles, Slot::Background).background;
    let symbols = if target.ascii { Symbols::ASCII } else { Symbols::UNICODE };
    Ok(Theme::from_fn(|slot| sketch_of(&styles, slot).resolve(slot, ground, target), symbols))
}

/// A colour of a theme file, before it is known what the terminal can show.
#[derive(Debug, Clone, Copy)]
enum Colour {
    /// A true colour, and what it becomes among 16 if the file says so.
    True(Rgb, Option<Color>),
    /// One of the terminal's own.
    Own(Color),
}

impl Colour {
    fn at(self, depth: ColourDepth) -> Option<Color> {
        match (self, depth) {
            (_, ColourDepth::None) => None,
            (Colour::Own(colour), _) => Some(colour),
            (Colour::True(value, own), ColourDepth::Ansi16) => {
                Some(own.unwrap_or_else(|| colour::nearest_of_16(value)))
            }
            (Colour::True(value, _), ColourDepth::Ansi256) => Some(colour::nearest_of_256(value)),
            (Colour::True((red, green, blue), _), ColourDepth::TrueColour) => {
                Some(Color::Rgb(red, green, blue))
            }
        }
    }

    /// The colour moved away from its ground, where both are true colours.
    fn standing_out_from(self, ground: Option<Colour>) -> Self {
        match (self, ground) {
            (Colour::True(value, own), Some(Colour::True(ground, _))) => {
                Colour::True(colour::lifted(value, ground, HIGH_CONTRAST), own)
            }
            (colour, _) => colour,
        }
    }
}

/// A style of a theme file, before it is known what the terminal can show.
#[derive(Debug, Clone, Copy, Default)]
struct Sketch {
    foreground: Option<Colour>,
    background: Option<Colour>,
    modifiers: Modifier,
}

impl Sketch {
    fn resolve(self, slot: Slot, ground: Option<Colour>, target: Target) -> Style {
        let mut modifiers = self.modifiers;
        if target.depth == ColourDepth::None {
            return Style::new().add_modifier(modifiers | hierarchy::without_colour(slot));
        }
        let behind = self.background.or(ground);
        let foreground = match target.contrast {
            Contrast::Normal => self.foreground,
            Contrast::High => self.foreground.map(|colour| colour.standing_out_from(behind)),
        };
        let mut background = self.background.and_then(|colour| colour.at(target.depth));
        let ground = ground.and_then(|colour| colour.at(target.depth)).unwrap_or(Color::Reset);
        if slot != Slot::Background && background.is_none_or(|colour| colour == ground) {
            modifiers |= hierarchy::without_ground(slot);
            if slot == Slot::Cursor {
                background = None;
            }
        }
        Style {
            fg: foreground.and_then(|colour| colour.at(target.depth)),
            bg: background,
            ..Style::new().add_modifier(modifiers)
        }
    }
}

fn sketch_of(styles: &HashMap<Slot, Sketch>, slot: Slot) -> Sketch {
    let mut next = Some(slot);
    while let Some(slot) = next {
        if let Some(sketch) = styles.get(&slot) {
            return *sketch;
        }
        next = hierarchy::parent(slot);
    }
    Sketch::default()
}

fn palette<'f>(file: &'f ThemeFile, problems: &mut Vec<Diagnostic>) -> HashMap<&'f str, Colour> {
    let mut palette = HashMap::new();
    for (name, value) in &file.palette {
        match colour::hexadecimal(value.get_ref()) {
            Some(value) => {
                palette.insert(name.get_ref().as_str(), Colour::True(value, None));
            }
            None => problems
                .push(file.source.problem(value.span(), "a colour of the palette must be \"#rrggbb\"")),
        }
    }
    for (name, value) in &file.ansi {
        let own = colour::named(value.get_ref());
        if own.is_none() {
            let word = value.get_ref();
            problems.push(file.source.unknown_word(value.span(), "colour", word, colour::names()));
        }
        match palette.get_mut(name.get_ref().as_str()) {
            Some(Colour::True(_, becomes)) => *becomes = own,
            // The palette's own entry is malformed, and reported.
            _ if file.palette.iter().any(|(known, _)| known == name) => {}
            _ => {
                let known = file.palette.iter().map(|(known, _)| known.get_ref().as_str());
                problems.push(file.source.unknown_word(name.span(), "palette colour", name.get_ref(), known));
            }
        }
    }
    palette
}

fn styles(
    file: &ThemeFile,
    palette: &HashMap<&str, Colour>,
    problems: &mut Vec<Diagnostic>,
) -> HashMap<Slot, Sketch> {
    let mut styles = HashMap::new();
    for entry in &file.styles {
        let slot = Slot::from_name(entry.slot.get_ref());
        if slot.is_none() {
            let known = Slot::ALL.iter().map(|slot| slot.name());
            problems.push(file.source.unknown_word(entry.slot.span(), "slot", entry.slot.get_ref(), known));
        }
        let mut read = |word: &Option<Spanned<String>>| {
            let word = word.as_ref()?;
            let colour = read_colour(word.get_ref(), palette);
            // A palette entry that is malformed is reported where it is defined.
            if colour.is_none() && !file.palette.iter().any(|(name, _)| name == word) {
                problems.push(unknown_colour(file, word));
            }
            colour
        };
        let (foreground, background) = (read(&entry.foreground), read(&entry.background));
        if let Some(slot) = slot {
            styles.insert(slot, Sketch { foreground, background, modifiers: modifiers(entry) });
        }
    }
    styles
}

fn read_colour(word: &str, palette: &HashMap<&str, Colour>) -> Option<Colour> {
    palette
        .get(word)
        .copied()
        .or_else(|| colour::hexadecimal(word).map(|value| Colour::True(value, None)))
        .or_else(|| colour::named(word).map(Colour::Own))
}

fn unknown_colour(file: &ThemeFile, word: &Spanned<String>) -> Diagnostic {
    if word.get_ref().starts_with('#') {
        return file
            .source
            .problem(word.span(), "a colour must be \"#rrggbb\", a name of the palette or of the terminal");
    }
    let mut known: Vec<&str> = file.palette.iter().map(|(name, _)| name.get_ref().as_str()).collect();
    for own in colour::names() {
        known.push(own);
    }
    file.source.unknown_word(word.span(), "colour", word.get_ref(), known)
}

fn modifiers(entry: &StyleEntry) -> Modifier {
    [
        (entry.bold, Modifier::BOLD),
        (entry.dim, Modifier::DIM),
        (entry.italic, Modifier::ITALIC),
        (entry.underline, Modifier::UNDERLINED),
        (entry.reverse, Modifier::REVERSED),
    ]
    .into_iter()
    .filter(|(wanted, _)| *wanted)
    .fold(Modifier::empty(), |all, (_, modifier)| all | modifier)
}
