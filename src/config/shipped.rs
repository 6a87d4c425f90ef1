//! The files that the binary carries: keymap, themes and the reference platform.

use super::{Diagnostic, KeymapFile, PlatformFile, Source, ThemeFile};

/// The shipped themes: name and text. The first is the default.
const THEMES: [(&str, &str); 2] =
    [("dark", include_str!("../../themes/dark.toml")), ("light", include_str!("../../themes/light.toml"))];
const KEYMAP: &str = include_str!("../../keymaps/default.toml");
const PLATFORM: &str = include_str!("platform.toml");

/// The name of the shipped keymap.
pub const KEYMAP_NAME: &str = "default";
/// The name of the shipped platform profile.
pub const PLATFORM_NAME: &str = "reference";

/// The names of the shipped themes; the first is the default.
pub fn theme_names() -> impl Iterator<Item = &'static str> {
    THEMES.iter().map(|(name, _)| *name)
}

/// The text of a shipped theme.
pub fn theme_source(name: &str) -> Option<Source> {
    let (_, text) = THEMES.iter().find(|(shipped, _)| *shipped == name)?;
    Some(Source::new(format!("themes/{name}.toml"), text))
}

/// A shipped theme; the default one when there is none of that name.
///
/// # Errors
///
/// Its problems; a test proves that there are none.
pub fn theme(name: &str) -> Result<ThemeFile, Vec<Diagnostic>> {
    let (default, text) = THEMES[0];
    let source = theme_source(name).unwrap_or_else(|| Source::new(format!("themes/{default}.toml"), text));
    ThemeFile::parse(&source)
}

/// The shipped keymap, which a user's keymap is laid over.
///
/// # Errors
///
/// Its problems; a test proves that there are none.
pub fn keymap() -> Result<KeymapFile, Vec<Diagnostic>> {
    KeymapFile::parse(&Source::new("keymaps/default.toml", KEYMAP))
}

/// The text of the reference platform, a starting point for one's own.
pub fn platform_text() -> &'static str {
    PLATFORM
}

/// The reference platform.
///
/// # Errors
///
/// Its problems; a test proves that there are none.
pub fn platform() -> Result<PlatformFile, Vec<Diagnostic>> {
    PlatformFile::parse(&Source::new("platform.toml", PLATFORM))
}
