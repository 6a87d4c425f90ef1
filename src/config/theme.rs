//! The theme file: a palette, and the styles that are made of it.

use super::section::{self, Entry, Problems, Section};
use super::{Diagnostic, Source, Spanned};

/// A theme as it is written. What slots and colours mean is for the theme room to say.
#[derive(Debug, Clone)]
pub struct ThemeFile {
    /// Where the theme was read from.
    pub source: Source,
    /// What is wrong with the file's form. Whoever gives its words their meaning reports this as well.
    pub problems: Vec<Diagnostic>,
    /// The theme's name.
    pub name: Spanned<String>,
    /// The ground that it is made for.
    pub kind: ThemeKind,
    /// `[palette]`: the names of colours, and `#rrggbb`.
    pub palette: Vec<(Spanned<String>, Spanned<String>)>,
    /// `[ansi]`: what a name of the palette becomes where there are 16 colours.
    pub ansi: Vec<(Spanned<String>, Spanned<String>)>,
    /// `[styles]`: slots, and how they look.
    pub styles: Vec<StyleEntry>,
}

/// Whether a theme is light text on a dark ground, or dark text on a light one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThemeKind {
    /// A dark ground.
    Dark,
    /// A light ground.
    Light,
}

/// The style of one slot. A plain text is short for its foreground alone.
#[derive(Debug, Clone)]
pub struct StyleEntry {
    /// The slot's name.
    pub slot: Spanned<String>,
    /// The colour of the text.
    pub foreground: Option<Spanned<String>>,
    /// The colour behind it.
    pub background: Option<Spanned<String>>,
    /// Heavier.
    pub bold: bool,
    /// Fainter.
    pub dim: bool,
    /// Slanted.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Foreground and background swapped.
    pub reverse: bool,
}

impl ThemeFile {
    /// Reads a theme file.
    ///
    /// # Errors
    ///
    /// What the grammar rejects, of a file that isn't TOML.
    pub fn parse(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let (theme, problems) = section::parse(source, |root, problems| {
            let name = root.required_text("name", problems);
            let kinds = [("dark", ThemeKind::Dark), ("light", ThemeKind::Light)];
            let kind = root.required_text("kind", problems);
            let kind = kind.and_then(|word| problems.choose("kind", &word, &kinds));
            let palette = colours(root, "palette", problems);
            let ansi = colours(root, "ansi", problems);
            let entries = root.section("styles", problems).map(Section::entries).unwrap_or_default();
            let styles = entries.into_iter().filter_map(|entry| style(entry, problems)).collect();
            let name = name.unwrap_or_else(|| Spanned::new(0..0, String::from("nameless")));
            let kind = kind.unwrap_or(ThemeKind::Dark);
            Self { source: source.clone(), problems: Vec::new(), name, kind, palette, ansi, styles }
        })?;
        Ok(Self { problems, ..theme })
    }
}

fn colours(
    root: &mut Section<'_>,
    key: &'static str,
    problems: &mut Problems,
) -> Vec<(Spanned<String>, Spanned<String>)> {
    let entries = root.section(key, problems).map(Section::entries).unwrap_or_default();
    entries.into_iter().filter_map(|entry| entry.text(problems).map(|colour| (entry.key, colour))).collect()
}

fn style(entry: Entry<'_>, problems: &mut Problems) -> Option<StyleEntry> {
    if entry.is_text() {
        return Some(StyleEntry {
            foreground: entry.text(problems),
            slot: entry.key,
            background: None,
            bold: false,
            dim: false,
            italic: false,
            underline: false,
            reverse: false,
        });
    }
    let mut section = entry.section("a colour or a table", problems)?;
    let style = StyleEntry {
        foreground: section.text("foreground", problems),
        background: section.text("background", problems),
        bold: section.flag("bold", problems).unwrap_or(false),
        dim: section.flag("dim", problems).unwrap_or(false),
        italic: section.flag("italic", problems).unwrap_or(false),
        underline: section.flag("underline", problems).unwrap_or(false),
        reverse: section.flag("reverse", problems).unwrap_or(false),
        slot: entry.key,
    };
    section.finish(problems);
    Some(style)
}
