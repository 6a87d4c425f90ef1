//! Keys and keymaps: how keys are written, what wins where, what conflicts.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use proptest::prelude::*;
use quarterdeck::config::{Diagnostic, KeymapFile, Source, shipped};
use quarterdeck::console::key::Key;
use quarterdeck::console::keymap::{Continuation, Keymap, Lookup, ResolveError, Rules, written};

/// The contexts of the console as these tests see it.
pub const CONTEXTS: [&str; 8] =
    ["global", "table", "detail", "prompt", "dialog", "zones", "workloads", "pods"];

fn resolve(invocation: &str) -> Result<String, ResolveError> {
    let resolved = quarterdeck::console::registry().resolve(invocation);
    resolved.map(|_| invocation.to_owned()).map_err(|error| ResolveError {
        message: error.to_string(),
        nearest: error.nearest().map(str::to_owned),
    })
}

fn forbidden(keys: &[Key], action: &String) -> Option<String> {
    let dangerous = action.starts_with("workload.") && keys.iter().any(|key| key.has_control());
    dangerous.then(|| format!("`{action}` changes the world, and may not be on a ctrl key"))
}

/// Lays a keymap over the shipped one, with the actions and contexts of these tests.
pub fn build(user: Option<&KeymapFile>) -> Result<Keymap<String>, Vec<Diagnostic>> {
    let rules = Rules { contexts: &CONTEXTS, resolve: &resolve, forbidden: &forbidden };
    Keymap::build(&shipped::keymap()?, user, &rules)
}

fn overlaid(text: &str) -> Keymap<String> {
    let file = KeymapFile::parse(&Source::new("keymap.toml", text)).expect("the keymap parses");
    build(Some(&file)).expect("the keymap is right")
}

fn keys(words: &str) -> Vec<Key> {
    Key::parse_sequence(words).expect("the keys are right")
}

fn found<'k>(keymap: &'k Keymap<String>, contexts: &[&str], words: &str) -> Option<&'k str> {
    match keymap.lookup(contexts, &keys(words)) {
        Lookup::Action(action) => Some(action),
        _ => None,
    }
}

#[test]
fn the_shipped_keymap_loads() {
    let keymap = build(None).expect("no diagnostics");
    assert_eq!(found(&keymap, &["pods", "table", "global"], "q"), Some("console.quit"));
    assert_eq!(found(&keymap, &["pods", "table", "global"], "g g"), Some("cursor.top"));
    assert_eq!(found(&keymap, &["zones", "table", "global"], "2"), Some("pane.open pane=workloads"));
    assert_eq!(found(&keymap, &["workloads", "table", "global"], "S"), Some("workload.scale"));
    assert_eq!(found(&keymap, &["zones", "table", "global"], "S"), None);
}

#[test]
fn the_shipped_keymap_leaves_the_keys_of_multiplexers_alone() {
    let keymap = build(None).expect("no diagnostics");
    for context in CONTEXTS {
        for reserved in ["ctrl-b", "ctrl-a"] {
            assert_eq!(
                keymap.lookup(&[context], &keys(reserved)),
                Lookup::Unbound,
                "{reserved} in {context}"
            );
        }
    }
}

#[test]
fn confirming_is_on_no_key_that_starts_an_operation() {
    let keymap = build(None).expect("no diagnostics");
    for (confirm, action) in keymap.bindings("dialog") {
        if action == "dialog.confirm" {
            for context in CONTEXTS {
                let found = found(&keymap, &[context], &written(&confirm));
                assert!(!found.is_some_and(|action| action.starts_with("workload.")));
            }
        }
    }
}

#[test]
fn the_innermost_context_decides() {
    let keymap = build(None).expect("no diagnostics");
    assert_eq!(found(&keymap, &["dialog", "global"], "n"), Some("dialog.cancel"));
    assert_eq!(found(&keymap, &["table", "global"], "n"), Some("namespace.choose"));
    assert_eq!(found(&keymap, &["detail", "table", "global"], "j"), Some("detail.scroll-down"));
    assert_eq!(found(&keymap, &["detail", "table", "global"], "G"), Some("cursor.bottom"));
}

#[test]
fn a_prefix_says_what_can_follow_in_every_context() {
    let keymap = overlaid("[keys.global]\n\"g h\" = \"console.help\"\n\"g x y\" = \"console.dismiss\"\n");
    let Lookup::Prefix(following) = keymap.lookup(&["table", "global"], &keys("g")) else {
        panic!("`g` begins something");
    };
    let (top, help) = ("cursor.top".to_owned(), "console.help".to_owned());
    assert_eq!(
        following,
        vec![
            (keys("g")[0], Continuation::Action(&top)),
            (keys("h")[0], Continuation::Action(&help)),
            (keys("x")[0], Continuation::More),
        ]
    );
    assert_eq!(found(&keymap, &["table", "global"], "g h"), Some("console.help"));
    assert_eq!(found(&keymap, &["table", "global"], "g x y"), Some("console.dismiss"));
    assert_eq!(keymap.lookup(&["table", "global"], &keys("g q")), Lookup::Unbound);
}

#[test]
fn the_users_keymap_wins() {
    let keymap = overlaid(include_str!("valid_configs/keymap/overlay.toml"));
    let contexts = ["pods", "table", "global"];
    assert_eq!(found(&keymap, &contexts, "q"), None);
    assert_eq!(found(&keymap, &contexts, "Q"), Some("console.quit"));
    assert_eq!(found(&keymap, &contexts, "g"), Some("cursor.top"));
    assert_eq!(found(&keymap, &contexts, "1"), None);
    assert_eq!(found(&keymap, &contexts, "1 1"), Some("pane.open pane=zones"));
    assert_eq!(found(&keymap, &contexts, "2"), Some("pane.open pane=workloads"));
}

#[test]
fn what_is_unbound_further_in_hides_what_is_further_out() {
    let keymap = overlaid("[keys.pods]\n\"x\" = \"unbound\"\n");
    assert_eq!(found(&keymap, &["pods", "global"], "x"), None);
    assert_eq!(found(&keymap, &["zones", "global"], "x"), Some("console.dismiss"));
}

#[test]
fn the_keys_of_an_action_are_those_that_really_ask_for_it() {
    let keymap = build(None).expect("no diagnostics");
    let of = |contexts: &[&str], name: &str| keymap.keys_for(contexts, |action| action == name);
    assert_eq!(of(&["table", "global"], "console.quit"), Some(keys("q")));
    assert_eq!(of(&["table", "global"], "cursor.top"), Some(keys("home")), "the shortest");
    assert_eq!(of(&["dialog", "global"], "namespace.choose"), None, "`n` is another thing in a dialog");
    assert_eq!(of(&["table", "global"], "workload.scale"), None);
}

#[test]
fn keys_are_written_as_they_are_read() {
    for word in [
        "a",
        "S",
        "<",
        "-",
        "ctrl-d",
        "ctrl--",
        "alt-x",
        "alt-left",
        "shift-tab",
        "space",
        "ctrl-space",
        "enter",
        "esc",
        "f1",
        "f12",
        "ctrl-alt-delete",
        "é",
        ":",
        "pagedown",
    ] {
        assert_eq!(Key::parse(word).expect(word).to_string(), word);
    }
    for (word, same) in
        [("Ctrl-d", "ctrl-d"), ("shift-s", "S"), ("escape", "esc"), ("ENTER", "enter"), ("F5", "f5")]
    {
        assert_eq!(Key::parse(word), Key::parse(same));
    }
}

#[test]
fn a_wrong_key_names_the_right_one() {
    for (word, right) in [
        ("control-x", Some("ctrl-x")),
        ("C-x", Some("ctrl-x")),
        ("ctrl+x", Some("ctrl-x")),
        ("alt-entr", Some("alt-enter")),
        ("pgdown", Some("pagedown")),
        ("hyperspace-key", Some("space")),
        ("¤¤", None),
    ] {
        let unknown = Key::parse(word).expect_err(word);
        assert_eq!(unknown.nearest.as_deref(), right, "{word}");
    }
    assert!(Key::parse_sequence("  ").is_err());
}

#[test]
fn terminals_agree_on_what_was_pressed() {
    let pressed = |code, modifiers| Key::from_event(KeyEvent::new(code, modifiers));
    let key = |word| Some(keys(word)[0]);
    assert_eq!(pressed(KeyCode::Char('S'), KeyModifiers::SHIFT), key("S"));
    assert_eq!(pressed(KeyCode::Char('s'), KeyModifiers::SHIFT), key("S"));
    assert_eq!(pressed(KeyCode::Char('S'), KeyModifiers::NONE), key("S"));
    assert_eq!(pressed(KeyCode::Char('?'), KeyModifiers::SHIFT), key("?"));
    assert_eq!(pressed(KeyCode::BackTab, KeyModifiers::NONE), key("shift-tab"));
    assert_eq!(pressed(KeyCode::Char(' '), KeyModifiers::NONE), key("space"));
    assert_eq!(pressed(KeyCode::Char('d'), KeyModifiers::CONTROL), key("ctrl-d"));
    assert_eq!(pressed(KeyCode::CapsLock, KeyModifiers::NONE), None);
    let release = KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, KeyEventKind::Release);
    assert_eq!(Key::from_event(release), None);
}

proptest! {
    #[test]
    fn every_key_survives_being_written(character in any::<char>(), control: bool, alt: bool) {
        prop_assume!(!character.is_control());
        let mut modifiers = KeyModifiers::NONE;
        modifiers.set(KeyModifiers::CONTROL, control);
        modifiers.set(KeyModifiers::ALT, alt);
        let key = Key::from_event(KeyEvent::new(KeyCode::Char(character), modifiers)).expect("a key");
        prop_assert_eq!(Key::parse(&key.to_string()), Ok(key));
    }

    #[test]
    fn no_word_is_too_strange_to_be_refused(word in ".*") {
        let _ = Key::parse(&word);
        let _ = Key::parse_sequence(&word);
    }
}
