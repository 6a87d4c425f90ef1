//! What each room of the library may use, and what only one room may do.

use std::path::{Path, PathBuf};

use regex::Regex;

/// Each room, and the rooms that it may use besides itself.
const ROOMS: [(&str, &[&str]); 14] = [
    ("config", &[]),
    ("platform", &[]),
    ("terminal", &[]),
    ("theme", &["config"]),
    ("widgets", &["theme"]),
    ("actions", &["platform"]),
    ("picture", &["platform"]),
    ("demo", &["platform"]),
    ("clients", &["platform", "actions"]),
    ("journal", &["platform", "actions"]),
    ("feeds", &["clients", "platform", "picture"]),
    ("operations", &["clients", "platform", "actions", "journal"]),
    ("panes", &["picture", "platform", "actions", "widgets", "theme"]),
    (
        "console",
        &[
            "config",
            "platform",
            "theme",
            "actions",
            "clients",
            "picture",
            "feeds",
            "journal",
            "operations",
            "panes",
            "widgets",
            "terminal",
        ],
    ),
];

/// Start-up puts everything together.
const EVERYTHING: [&str; 3] = ["main", "lib", "cli"];

/// A source file.
struct Source {
    /// Its path below `src`, with `/` between its parts.
    path: String,
    /// Its lines without comments.
    lines: Vec<String>,
}

impl Source {
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules lie between the file's items and the root of the crate.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") { parts - 1 } else { parts }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let source = |file: &PathBuf| {
        let parts: Vec<_> =
            file.strip_prefix(&root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
        let text = std::fs::read_to_string(file).unwrap();
        let code =
            |line: &str| if line.trim_start().starts_with("//") { String::new() } else { line.to_owned() };
        Source { path: parts.join("/"), lines: text.lines().map(code).collect() }
    };
    files.iter().map(source).collect()
}

/// The places, as `path:line`, of lines that match, in the files that fit.
fn places(pattern: &str, fits: impl Fn(&Source) -> bool) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let mut places = Vec::new();
    for source in sources().iter().filter(|source| fits(source)) {
        for (index, line) in source.lines.iter().enumerate() {
            if pattern.is_match(line) {
                places.push(format!("src/{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    places
}

/// The paths from the root of the crate that a file names, each with its line: `picture::model` for `crate::picture::model::Delta`.
fn names(source: &Source) -> Vec<(usize, String)> {
    let path = Regex::new(r"\bcrate::(\w+(?:::\w+)*)").unwrap();
    let group = Regex::new(r"\bcrate::\{([^}]*)").unwrap();
    let upwards = Regex::new(r"\b((?:super::)+)(\w+(?:::\w+)*)").unwrap();
    let mut names = Vec::new();
    for (index, line) in source.lines.iter().enumerate() {
        let line_number = index + 1;
        names.extend(path.captures_iter(line).map(|found| (line_number, found[1].to_owned())));
        for found in group.captures_iter(line) {
            names.extend(found[1].split(',').map(|name| (line_number, name.trim().to_owned())));
        }
        for found in upwards.captures_iter(line) {
            // Modules within a file only lie deeper.
            if found[1].matches("super").count() >= source.depth() {
                names.push((line_number, found[2].to_owned()));
            }
        }
    }
    names
}

#[test]
fn every_room_uses_only_what_it_may() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| !EVERYTHING.contains(&source.room())) {
        let room = source.room();
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            breaches.push(format!("src/{}: `{room}` is in no table of rooms", source.path));
            continue;
        };
        for (line, name) in names(source) {
            let used = name.split("::").next().unwrap();
            if used != room && !allowed.contains(&used) {
                breaches.push(format!("src/{}:{line}: `{room}` uses `{used}`", source.path));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn there_is_a_file_or_folder_for_every_room() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (room, allowed) in ROOMS {
        assert!(root.join(room).is_dir(), "{room}");
        assert!(allowed.iter().all(|used| ROOMS.iter().any(|(known, _)| known == used)), "{room}");
    }
}

#[test]
fn feeds_import_of_the_picture_only_its_model() {
    let breaches: Vec<String> = sources()
        .iter()
        .filter(|source| source.room() == "feeds")
        .flat_map(|source| names(source).into_iter().map(|(line, name)| (source.path.clone(), line, name)))
        .filter(|(_, _, name)| name.starts_with("picture") && !name.starts_with("picture::model"))
        .map(|(path, line, name)| format!("src/{path}:{line}: {name}"))
        .collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn only_operations_get_a_writer() {
    // The console opens the connection and hands its writer on; the embedded platform has writers of bytes.
    let may = ["clients", "operations", "console", "demo"];
    let breaches = places(r"\bWriter\b|\.writer\(\)", |source| {
        !may.contains(&source.room()) && !EVERYTHING.contains(&source.room())
    });
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn only_the_gate_makes_a_permit() {
    let breaches = places(r"\bPermit::issue\b|\bPermit \{ ", |source| {
        source.path != "operations/gate.rs" && source.path != "actions/permit.rs"
    });
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    let gate = places(r"\bPermit::issue\b", |source| source.path == "operations/gate.rs");
    assert!(!gate.is_empty(), "the gate makes no permit, so this test looks for the wrong words");
}

#[test]
fn only_the_clock_asks_for_the_time() {
    let breaches = places(r"\b(SystemTime|Timestamp|Zoned)::now\b|\bUtc::now\b|\bLocal::now\b", |source| {
        source.path != "platform/time.rs" && source.room() != "main"
    });
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn only_the_terminal_and_the_command_line_print() {
    let pattern = r"\b(print|println|eprint|eprintln|dbg)!|\bio::(stdout|stderr)\b|\b(stdout|stderr)\(\)";
    let breaches = places(pattern, |source| !["terminal", "cli", "main"].contains(&source.room()));
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn only_start_up_and_tests_know_the_embedded_platform() {
    let breaches =
        places(r"\bcrate::demo\b", |source| !["demo", "main", "lib", "cli"].contains(&source.room()));
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}
