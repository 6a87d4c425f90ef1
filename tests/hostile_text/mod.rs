//! What a server sends must not steer the terminal.

use std::borrow::Cow;

use proptest::prelude::*;
use quarterdeck::platform::text::sanitize;

#[test]
fn clean_text_is_not_copied() {
    for text in ["", "backend-rust-7d9c", "café 東京 ●", "a  b"] {
        assert!(matches!(sanitize(text), Cow::Borrowed(same) if same == text), "{text:?}");
    }
}

#[test]
fn escape_sequences_go_whole() {
    for (hostile, clean) in [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[?1049lgone", "gone"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]52;c;c2VjcmV0\x1b\\after", "after"),
        ("\x1bPq#0;2;0;0;0\x1b\\after", "after"),
        ("\x1b(0line", "line"),
        ("\x1bcreset", "reset"),
        ("\u{9b}2Jcleared", "cleared"),
        ("\u{9d}0;title\u{9c}after", "after"),
        ("cut off \x1b[", "cut off "),
        ("cut off \x1b]0;title", "cut off "),
        ("a\x1b]0;title\nnext line", "a next line"),
        ("bell\x07 back\x08space \x7f", "bell backspace "),
    ] {
        assert_eq!(sanitize(hostile), clean, "{hostile:?}");
    }
}

#[test]
fn line_breaks_and_tabs_become_blanks() {
    assert_eq!(sanitize("one\ntwo\tthree\r\n"), "one two three ");
}

#[test]
fn what_nobody_sees_goes() {
    assert_eq!(sanitize("pro\u{200b}duc\u{202e}tion\u{2066}\u{feff}"), "production");
    assert_eq!(sanitize("tag\u{e0041}ged"), "tagged");
}

/// Texts in which the interesting characters are frequent.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[ -~]{0,4}",
        prop::sample::select(vec![
            "\x1b", "\x1b[", "\x1b]", "\x1bP", "\u{9b}", "\u{9d}", "\x07", "\x1b\\", ";", "m", "\n",
            "\u{202e}", "\u{200d}", "\u{0}", "\u{85}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_that_steers_is_left(text in hostile()) {
        let clean = sanitize(&text);
        prop_assert!(!clean.chars().any(char::is_control));
        let turning = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}');
        prop_assert!(!clean.chars().any(turning));
    }

    #[test]
    fn cleaning_twice_changes_nothing(text in hostile()) {
        let once = sanitize(&text).into_owned();
        prop_assert!(matches!(sanitize(&once), Cow::Borrowed(_)));
        prop_assert_eq!(sanitize(&once), once.as_str());
    }

    #[test]
    fn what_is_left_stood_there_before(text in hostile()) {
        let clean = sanitize(&text);
        let mut original = text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c });
        prop_assert!(clean.chars().all(|kept| original.any(|c| c == kept)));
    }
}
