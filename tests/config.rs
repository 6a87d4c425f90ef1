//! The files that a user writes: what is found where, what is wrong with them, and how that is said.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use quarterdeck::cli::profile::profile;
use quarterdeck::config::{
    Contrast, Diagnostic, Files, Folders, KeymapFile, PlatformFile, Request, Settings, Source, ThemeFile,
    load, nearest, theme_named,
};
use quarterdeck::theme::{ColourDepth, Target, compile};
use tempfile::TempDir;

use crate::keymap;

/// Goes all the way with a file of one kind: its form, and the meaning of its words.
fn problems_of(kind: &str, source: &Source) -> Vec<Diagnostic> {
    let target = Target { depth: ColourDepth::TrueColour, ascii: false, contrast: Contrast::Normal };
    let result = match kind {
        "settings" => Settings::parse(source).map(drop),
        "platform" => {
            PlatformFile::parse(source).and_then(|file| profile(&file, &Settings::none()).map(drop))
        }
        "keymap" => KeymapFile::parse(source).and_then(|file| keymap::build(Some(&file)).map(drop)),
        "theme" => ThemeFile::parse(source).and_then(|file| compile(&file, target).map(drop)),
        other => panic!("no kind of file is called {other}"),
    };
    result.err().unwrap_or_default()
}

/// Every `.toml` of a folder of fixtures, with its kind.
fn fixtures(folder: &str) -> Vec<(String, PathBuf, Source)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut fixtures = Vec::new();
    for kind in ["settings", "platform", "keymap", "theme"] {
        for entry in root.join(kind).read_dir().expect("a folder of fixtures") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).expect("a text");
                fixtures.push((kind.to_owned(), path, Source::new(name, text)));
            }
        }
    }
    fixtures.sort_by(|one, other| one.1.cmp(&other.1));
    fixtures
}

fn said(problems: &[Diagnostic]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

#[test]
fn valid_files_are_accepted() {
    for (kind, path, source) in fixtures("valid_configs") {
        assert_eq!(said(&problems_of(&kind, &source)), "", "{}", path.display());
    }
}

/// Each invalid file has its diagnostics beside it; `UPDATE_EXPECTED=1` writes them anew.
#[test]
fn invalid_files_are_refused_for_every_reason_at_once() {
    for (kind, path, source) in fixtures("invalid_configs") {
        let said = said(&problems_of(&kind, &source));
        let expected = path.with_extension("expected");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&expected, &said).expect("written");
        }
        assert_ne!(said, "", "{} is valid", path.display());
        let expected = std::fs::read_to_string(&expected).expect("the expected diagnostics");
        assert_eq!(said, expected, "{}", path.display());
    }
}

#[test]
fn a_diagnostic_shows_the_line_and_what_was_meant() {
    let source = Source::new("settings.toml", "ascii = true\nthem = \"dark\"\n");
    let problems = Settings::parse(&source).expect_err("it is wrong");
    let expected = "\
error: unknown key `them`
 --> settings.toml:2:1
  |
2 | them = \"dark\"
  | ^^^^
  |
  = help: did you mean `theme`?";
    assert_eq!(problems[0].render(false), expected);
    let coloured = problems[0].render(true);
    assert!(coloured.contains("\u{1b}["), "{coloured}");
}

#[test]
fn columns_count_characters_and_not_bytes() {
    let source = Source::new("settings.toml", "namespaces = [\"käse\", 3]\r\n");
    let problems = Settings::parse(&source).expect_err("it is wrong");
    let position = problems[0].position.expect("a position");
    assert_eq!((position.line, position.column), (1, 23));
}

#[test]
fn a_diagnostic_passes_no_escape_sequence_on() {
    for text in ["\"the\\u001b[31mme\" = 1\n\"\\u001b\" = 2\n", "\u{1b}[31m = 1\n", "asci = 1 # \u{1b}[31m\n"]
    {
        let source = Source::new("x\u{1b}[2J.toml", text);
        for problem in Settings::parse(&source).expect_err("it is wrong") {
            assert!(!problem.to_string().contains('\u{1b}'));
            assert!(!problem.render(false).contains('\u{1b}'));
        }
    }
}

#[test]
fn the_nearest_word_is_near() {
    let words = ["cursor.down", "cursor.up", "console.quit"];
    assert_eq!(nearest("cursor.dwon", words), Some("cursor.down"));
    assert_eq!(nearest("quit", words), Some("console.quit"));
    assert_eq!(nearest("elephant", words), None);
    assert_eq!(nearest("", words), None);
}

/// A user's configuration folder, and what is in it.
struct Home {
    folder: TempDir,
}

impl Home {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join("quarterdeck").join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        Self { folder }
    }

    fn folders(&self) -> Folders {
        let base = self.folder.path().as_os_str().to_owned();
        Folders::from_environment(&|name| (name != "XDG_RUNTIME_DIR").then(|| base.clone())).expect("folders")
    }

    fn load(&self, request: &Request) -> Result<Files, Vec<Diagnostic>> {
        load(request, &self.folders())
    }

    /// What is said, with this folder's own path left out.
    fn refused(&self, request: &Request) -> String {
        let path = format!("{}/", self.folders().config.display());
        said(&self.load(request).expect_err("it is wrong")).replace(&path, "")
    }
}

#[test]
fn without_files_everything_is_as_shipped() {
    let files = Home::with(&[]).load(&Request::default()).expect("files");
    assert_eq!(files.theme.name.get_ref(), "dark");
    assert_eq!(files.platform.name.get_ref(), "reference");
    assert!(files.keymap.is_none());
    assert!(!files.shipped_keymap.contexts.is_empty());
    assert_eq!(files.settings.read_only, None);
}

#[test]
fn files_in_their_usual_places_are_found() {
    let home = Home::with(&[
        ("settings.toml", "theme = \"night\"\ncontrast = \"high\"\n[context.kind]\nnamespaces = [\"a\"]\n"),
        ("platform.toml", "name = \"mine\"\n"),
        ("keymap.toml", "[keys.global]\n\"Q\" = \"console.quit\"\n"),
        ("themes/night.toml", "name = \"night\"\nkind = \"dark\"\n"),
        ("keymaps/left.toml", "[keys.global]\n"),
    ]);
    let files = home.load(&Request::default()).expect("files");
    assert_eq!(files.theme.name.get_ref(), "night");
    assert_eq!(files.platform.name.get_ref(), "mine");
    assert_eq!(files.keymap.expect("a keymap").contexts[0].bindings.len(), 1);
    assert_eq!(files.settings.contrast, Contrast::High);
    assert_eq!(files.settings.context("kind").expect("a context").namespaces.len(), 1);
    assert!(files.settings.context("other").is_none());

    let request = Request {
        theme: Some(String::from("light")),
        keymap: Some(String::from("left")),
        profile: Some(String::from("reference")),
        config: None,
    };
    let files = home.load(&request).expect("files");
    assert_eq!(files.theme.name.get_ref(), "light", "the command line comes before the settings");
    assert_eq!(files.keymap.expect("a keymap").contexts[0].bindings.len(), 0);
    assert_eq!(files.platform.name.get_ref(), "reference");

    let request = Request { keymap: Some(String::from("default")), ..Request::default() };
    assert!(home.load(&request).expect("files").keymap.is_none(), "the shipped one alone");
}

#[test]
fn a_theme_can_be_asked_for_later() {
    let home = Home::with(&[("themes/light.toml", "name = \"my light\"\nkind = \"light\"\n")]);
    let named = |name| theme_named(name, &home.folders()).map(|theme| theme.name.get_ref().clone());
    assert_eq!(named("dark"), Ok(String::from("dark")));
    assert_eq!(named("light"), Ok(String::from("my light")), "one's own comes before the shipped one");
}

#[test]
fn what_was_asked_for_has_to_be_there() {
    let home = Home::with(&[("themes/night.toml", "name = \"night\"\nkind = \"dark\"\n")]);
    let missing = home.folders().config.join("missing.toml");
    let path = Some(missing.display().to_string());
    let request = Request {
        config: Some(missing),
        profile: path.clone(),
        keymap: path,
        theme: Some(String::from("nihgt")),
    };
    assert_eq!(
        home.refused(&request),
        "missing.toml: can't be read: No such file or directory (os error 2)\n\
         --profile: there is no file `missing.toml`\n\
         --keymap: there is no file `missing.toml`\n\
         --theme: unknown theme `nihgt` (did you mean `night`?)\n"
    );
    let request = Request { profile: Some(String::from("elsewhere")), ..Request::default() };
    assert_eq!(
        home.refused(&request),
        "--profile: unknown platform profile `elsewhere` (one of: reference, or the path of a file)\n"
    );
}

#[test]
fn what_the_settings_name_has_to_be_there() {
    let home = Home::with(&[("settings.toml", "theme = \"drak\"\nkeymap = \"maps/mine.toml\"\n")]);
    assert_eq!(
        home.refused(&Request::default()),
        "settings.toml:2:10: there is no file `maps/mine.toml`\n\
         settings.toml:1:9: unknown theme `drak` (did you mean `dark`?)\n"
    );
}

#[test]
fn every_file_is_reported_at_once() {
    let home =
        Home::with(&[("settings.toml", "asci = true\n"), ("platform.toml", "nam "), ("keymap.toml", "keys")]);
    let said = home.refused(&Request::default());
    for line in ["settings.toml:1:1: unknown key `asci`", "platform.toml:1:5", "keymap.toml:1:5"] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn a_file_that_is_not_text_is_refused_and_not_skipped() {
    let home = Home::with(&[]);
    let folder = home.folders().config;
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("settings.toml"), [0xff, 0xfe]).expect("a file");
    assert!(home.refused(&Request::default()).starts_with("settings.toml: can't be read: "));
}

#[test]
fn folders_follow_the_xdg_rules() {
    let folders = |variables: &[(&str, &str)]| {
        let variables: HashMap<String, OsString> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
        Folders::from_environment(&|name| variables.get(name).cloned())
    };
    let at_home = folders(&[("HOME", "/home/ada")]).expect("folders");
    assert_eq!(at_home.config, Path::new("/home/ada/.config/quarterdeck"));
    assert_eq!(at_home.state, Path::new("/home/ada/.local/state/quarterdeck"));
    assert_eq!(at_home.runtime, None);
    let moved = folders(&[
        ("HOME", "/home/ada"),
        ("XDG_CONFIG_HOME", "/etc/ada"),
        ("XDG_STATE_HOME", "relative"),
        ("XDG_RUNTIME_DIR", "/run/user/1000"),
    ]);
    let moved = moved.expect("folders");
    assert_eq!(moved.config, Path::new("/etc/ada/quarterdeck"));
    assert_eq!(
        moved.state,
        Path::new("/home/ada/.local/state/quarterdeck"),
        "a relative path counts as unset"
    );
    assert_eq!(moved.runtime.as_deref(), Some(Path::new("/run/user/1000/quarterdeck")));
    let error = folders(&[("XDG_CONFIG_HOME", "/etc/ada")]).expect_err("no state folder");
    assert_eq!(
        error.to_string(),
        "neither XDG_STATE_HOME nor HOME is set, so there is no place for the console's files"
    );
}
