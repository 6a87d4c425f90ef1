//! Finds the files that hold for this run, and reads them all.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{
    Diagnostic, Folders, KeymapFile, PlatformFile, Settings, Source, Spanned, ThemeFile, nearest, shipped,
};

/// What the command line says about files. What it leaves out is looked for in the usual places.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// `--config`: the settings file.
    pub config: Option<PathBuf>,
    /// `--profile`: the platform profile, by name or path.
    pub profile: Option<String>,
    /// `--keymap`: the keymap, by name or path.
    pub keymap: Option<String>,
    /// `--theme`: the theme, by name or path.
    pub theme: Option<String>,
}

/// Every file that holds for this run.
#[derive(Debug, Clone)]
pub struct Files {
    /// How this user wants the console.
    pub settings: Settings,
    /// The platform: the user's, else the reference platform.
    pub platform: PlatformFile,
    /// The shipped keymap.
    pub shipped_keymap: KeymapFile,
    /// The user's keymap, laid over the shipped one.
    pub keymap: Option<KeymapFile>,
    /// The theme.
    pub theme: ThemeFile,
}

/// Reads every file that holds for this run. A file in its usual place may be absent; one that was
/// asked for has to be there.
///
/// Problems with the form of the platform, the keymap and the theme stay in these files, and are reported
/// together with what their words mean.
///
/// # Errors
///
/// What is missing, can't be read or isn't TOML in any file, and every problem of the settings.
pub fn load(request: &Request, folders: &Folders) -> Result<Files, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let settings = keep(settings(request, folders), &mut problems);
    let platform = keep(platform(request, folders), &mut problems);
    let shipped_keymap = keep(shipped::keymap(), &mut problems);
    let written = settings.as_ref().map(|settings| (settings, settings.keymap.as_ref()));
    let keymap = keep(keymap(Wish::of(request.keymap.as_deref(), written), folders), &mut problems);
    let written = settings.as_ref().map(|settings| (settings, settings.theme.as_ref()));
    let theme = keep(theme(Wish::of(request.theme.as_deref(), written), folders), &mut problems);
    match (settings, platform, shipped_keymap, keymap, theme) {
        (Some(settings), Some(platform), Some(shipped_keymap), Some(keymap), Some(theme))
            if problems.is_empty() =>
        {
            Ok(Files { settings, platform, shipped_keymap, keymap, theme })
        }
        _ => Err(problems),
    }
}

/// The theme of a name or path: the user's own, else a shipped one.
///
/// # Errors
///
/// When there is none of that name, or the file's problems.
pub fn theme_named(word: &str, folders: &Folders) -> Result<ThemeFile, Vec<Diagnostic>> {
    theme(Wish::Argument(word), folders)
}

fn settings(request: &Request, folders: &Folders) -> Result<Settings, Vec<Diagnostic>> {
    let source = match &request.config {
        Some(path) => Some(read(path)?),
        None => read_if_there(&folders.config.join("settings.toml"))?,
    };
    source.map_or_else(|| Ok(Settings::none()), |source| Settings::parse(&source))
}

fn platform(request: &Request, folders: &Folders) -> Result<PlatformFile, Vec<Diagnostic>> {
    let source = match Wish::of(request.profile.as_deref(), None) {
        Wish::Nothing => read_if_there(&folders.config.join("platform.toml"))?,
        wish => PROFILES.find(&wish, folders)?,
    };
    source.map_or_else(shipped::platform, |source| PlatformFile::parse(&source))
}

/// The user's keymap. Asking for the shipped one by name is asking for none of one's own.
fn keymap(wish: Wish<'_>, folders: &Folders) -> Result<Option<KeymapFile>, Vec<Diagnostic>> {
    let source = match wish {
        Wish::Nothing => read_if_there(&folders.config.join("keymap.toml"))?,
        wish => KEYMAPS.find(&wish, folders)?,
    };
    source.map(|source| KeymapFile::parse(&source)).transpose()
}

fn theme(wish: Wish<'_>, folders: &Folders) -> Result<ThemeFile, Vec<Diagnostic>> {
    let word = wish.word().unwrap_or_default();
    match wish {
        Wish::Nothing => shipped::theme(""),
        wish => {
            let source = THEMES.find(&wish, folders)?;
            source.map_or_else(|| shipped::theme(word), |source| ThemeFile::parse(&source))
        }
    }
}

/// A file that somebody named, and where.
enum Wish<'w> {
    Nothing,
    Argument(&'w str),
    Setting(&'w Settings, &'w Spanned<String>),
}

impl<'w> Wish<'w> {
    /// The command line comes before the settings.
    fn of(argument: Option<&'w str>, written: Option<(&'w Settings, Option<&'w Spanned<String>>)>) -> Self {
        match (argument, written) {
            (Some(word), _) => Wish::Argument(word),
            (None, Some((settings, Some(word)))) => Wish::Setting(settings, word),
            (None, _) => Wish::Nothing,
        }
    }

    fn word(&self) -> Option<&'w str> {
        match self {
            Wish::Nothing => None,
            Wish::Argument(word) => Some(word),
            Wish::Setting(_, word) => Some(word.get_ref()),
        }
    }

    fn problem(&self, option: &str, message: String) -> Diagnostic {
        match self {
            Wish::Setting(settings, word) => settings.source.problem(word.span(), message),
            _ => Diagnostic::of_file(option, message),
        }
    }
}

/// A kind of file that can be asked for by name.
struct Shelf {
    what: &'static str,
    option: &'static str,
    folder: &'static str,
    shipped: fn() -> Vec<&'static str>,
}

const PROFILES: Shelf = Shelf {
    what: "platform profile",
    option: "--profile",
    folder: "platforms",
    shipped: || vec![shipped::PLATFORM_NAME],
};
const KEYMAPS: Shelf =
    Shelf { what: "keymap", option: "--keymap", folder: "keymaps", shipped: || vec![shipped::KEYMAP_NAME] };
const THEMES: Shelf = Shelf {
    what: "theme",
    option: "--theme",
    folder: "themes",
    shipped: || shipped::theme_names().collect(),
};

impl Shelf {
    /// The text of the file that was asked for; none when it is a shipped one.
    fn find(&self, wish: &Wish<'_>, folders: &Folders) -> Result<Option<Source>, Vec<Diagnostic>> {
        let Some(word) = wish.word() else { return Ok(None) };
        if word.contains('/') || word.ends_with(".toml") {
            let path = match wish {
                // A path in the settings is meant from where the settings are.
                Wish::Setting(..) => folders.config.join(word),
                _ => PathBuf::from(word),
            };
            return match read_if_there(&path)? {
                Some(source) => Ok(Some(source)),
                None => {
                    Err(vec![wish.problem(self.option, format!("there is no file `{}`", path.display()))])
                }
            };
        }
        let folder = folders.config.join(self.folder);
        if let Some(source) = read_if_there(&folder.join(format!("{word}.toml")))? {
            return Ok(Some(source));
        }
        let shipped = (self.shipped)();
        if shipped.contains(&word) {
            return Ok(None);
        }
        let own = names_in(&folder);
        let known: Vec<&str> = shipped.into_iter().chain(own.iter().map(String::as_str)).collect();
        let problem = wish.problem(self.option, format!("unknown {} `{word}`", self.what));
        Err(vec![match nearest(word, known.iter().copied()) {
            Some(right) => problem.with_help(format!("did you mean `{right}`?")),
            None => problem.with_help(format!("one of: {}, or the path of a file", known.join(", "))),
        }])
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    names
}

fn read(path: &Path) -> Result<Source, Vec<Diagnostic>> {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => Err(vec![Diagnostic::of_file(name, format!("can't be read: {error}"))]),
    }
}

fn read_if_there(path: &Path) -> Result<Option<Source>, Vec<Diagnostic>> {
    match std::fs::read_to_string(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => {
            let name = path.display().to_string();
            Err(vec![Diagnostic::of_file(name, format!("can't be read: {error}"))])
        }
        Ok(text) => Ok(Some(Source::new(path.display().to_string(), text))),
    }
}

fn keep<T>(result: Result<T, Vec<Diagnostic>>, problems: &mut Vec<Diagnostic>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(found) => {
            problems.extend(found);
            None
        }
    }
}
