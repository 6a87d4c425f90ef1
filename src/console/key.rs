//! Keys: how they are written, and how a terminal's event becomes one.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use thiserror::Error;

use crate::config::nearest;

/// One key with what is held down beside it. The same press is always the same value, however the
/// terminal reports it: shift and a letter are the capital letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    code: Code,
    control: bool,
    alt: bool,
    shift: bool,
}

/// What is on the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A character; capital letters and shifted symbols as themselves.
    Character(char),
    /// A function key, from 1.
    Function(u8),
    /// A key with a name.
    Named(Name),
}

/// Keys that have a name rather than a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is what is printed on the key")]
pub enum Name {
    Enter,
    Escape,
    Tab,
    Space,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

/// Named keys as they are written. The first word of a key is the one that is printed.
const NAMES: [(&str, Name); 18] = [
    ("enter", Name::Enter),
    ("esc", Name::Escape),
    ("tab", Name::Tab),
    ("space", Name::Space),
    ("backspace", Name::Backspace),
    ("delete", Name::Delete),
    ("insert", Name::Insert),
    ("up", Name::Up),
    ("down", Name::Down),
    ("left", Name::Left),
    ("right", Name::Right),
    ("home", Name::Home),
    ("end", Name::End),
    ("pageup", Name::PageUp),
    ("pagedown", Name::PageDown),
    ("return", Name::Enter),
    ("escape", Name::Escape),
    ("del", Name::Delete),
];

/// A word that is no key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown key `{word}`")]
pub struct UnknownKey {
    /// The word.
    pub word: String,
    /// The nearest word that is a key.
    pub nearest: Option<String>,
}

impl Key {
    /// The key of a character, with nothing held down.
    pub const fn character(character: char) -> Self {
        let code = if character == ' ' { Code::Named(Name::Space) } else { Code::Character(character) };
        Self { code, control: false, alt: false, shift: false }
    }

    /// A named key, with nothing held down.
    pub const fn named(name: Name) -> Self {
        Self { code: Code::Named(name), control: false, alt: false, shift: false }
    }

    /// The key of an event; none for a release, and for keys that can't be bound.
    pub fn from_event(event: KeyEvent) -> Option<Self> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        let mut shift = event.modifiers.contains(KeyModifiers::SHIFT);
        let code = match event.code {
            KeyCode::Char(' ') => Code::Named(Name::Space),
            KeyCode::Char(character) => Code::Character(character),
            KeyCode::F(number) => Code::Function(number),
            KeyCode::BackTab => {
                shift = true;
                Code::Named(Name::Tab)
            }
            other => Code::Named(named(other)?),
        };
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        Some(Self { code, control, alt, shift }.normal())
    }

    /// What is on the key.
    pub fn code(self) -> Code {
        self.code
    }

    /// Whether ctrl is held down.
    pub fn has_control(self) -> bool {
        self.control
    }

    /// The character that the key types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            _ if self.control || self.alt => None,
            Code::Character(character) => Some(character),
            Code::Named(Name::Space) => Some(' '),
            _ => None,
        }
    }

    /// Reads one key, such as `S`, `<`, `ctrl-d`, `alt-left`, `shift-tab`, `f1` or `space`.
    ///
    /// # Errors
    ///
    /// When the word is no key; says which was probably meant.
    pub fn parse(word: &str) -> Result<Self, UnknownKey> {
        let mut key = Self::character('\0');
        let mut rest = word;
        while let Some((modifier, after)) = modifier(rest) {
            match modifier {
                Modifier::Control => key.control = true,
                Modifier::Alt => key.alt = true,
                Modifier::Shift => key.shift = true,
            }
            rest = after;
        }
        match code(rest) {
            Some(code) => Ok(Self { code, ..key }.normal()),
            None => Err(UnknownKey { word: word.to_owned(), nearest: nearest_key(word, rest) }),
        }
    }

    /// Reads keys that are pressed after each other, separated by spaces.
    ///
    /// # Errors
    ///
    /// When a word is no key, or there is none.
    pub fn parse_sequence(words: &str) -> Result<Vec<Self>, UnknownKey> {
        let keys: Vec<Self> = words.split_whitespace().map(Self::parse).collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(UnknownKey { word: words.to_owned(), nearest: Some(String::from("space")) });
        }
        Ok(keys)
    }

    /// Terminals differ in whether they report shift beside a character that it made.
    fn normal(mut self) -> Self {
        if let Code::Character(character) = self.code {
            if self.shift {
                let mut upper = character.to_uppercase();
                if let (Some(capital), None) = (upper.next(), upper.next()) {
                    self.code = Code::Character(capital);
                }
            }
            self.shift = false;
        }
        self
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, word) in [(self.control, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                formatter.write_str(word)?;
            }
        }
        match self.code {
            Code::Character(character) => write!(formatter, "{character}"),
            Code::Function(number) => write!(formatter, "f{number}"),
            Code::Named(name) => {
                let word = NAMES.iter().find(|(_, named)| *named == name).map_or("", |(word, _)| word);
                formatter.write_str(word)
            }
        }
    }
}

enum Modifier {
    Control,
    Alt,
    Shift,
}

/// Splits a modifier off; a lone `-` after it is the key itself.
fn modifier(word: &str) -> Option<(Modifier, &str)> {
    let (first, rest) = word.split_once('-')?;
    if rest.is_empty() {
        return None;
    }
    let modifier = match first.to_ascii_lowercase().as_str() {
        "ctrl" => Modifier::Control,
        "alt" => Modifier::Alt,
        "shift" => Modifier::Shift,
        _ => return None,
    };
    Some((modifier, rest))
}

fn code(word: &str) -> Option<Code> {
    let mut characters = word.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return (!character.is_control() && character != ' ').then_some(Code::Character(character));
    }
    let lowered = word.to_ascii_lowercase();
    if let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == lowered) {
        return Some(Code::Named(*name));
    }
    let number: u8 = lowered.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(Code::Function(number))
}

fn named(code: KeyCode) -> Option<Name> {
    Some(match code {
        KeyCode::Enter => Name::Enter,
        KeyCode::Esc => Name::Escape,
        KeyCode::Tab => Name::Tab,
        KeyCode::Backspace => Name::Backspace,
        KeyCode::Delete => Name::Delete,
        KeyCode::Insert => Name::Insert,
        KeyCode::Up => Name::Up,
        KeyCode::Down => Name::Down,
        KeyCode::Left => Name::Left,
        KeyCode::Right => Name::Right,
        KeyCode::Home => Name::Home,
        KeyCode::End => Name::End,
        KeyCode::PageUp => Name::PageUp,
        KeyCode::PageDown => Name::PageDown,
        _ => return None,
    })
}

/// The key that was probably meant: other words for modifiers first, then misspelt names.
fn nearest_key(word: &str, rest: &str) -> Option<String> {
    const OTHER_WORDS: [(&str, &str); 7] = [
        ("control-", "ctrl-"),
        ("ctl-", "ctrl-"),
        ("c-", "ctrl-"),
        ("meta-", "alt-"),
        ("option-", "alt-"),
        ("m-", "alt-"),
        ("s-", "shift-"),
    ];
    let held = &word[..word.len() - rest.len()];
    let lowered = rest.to_ascii_lowercase().replace('+', "-");
    let right_modifier =
        OTHER_WORDS.iter().chain(&[("ctrl-", "ctrl-"), ("alt-", "alt-"), ("shift-", "shift-")]);
    for (wrong, right) in right_modifier {
        if let Some(after) = lowered.strip_prefix(wrong) {
            // Lower case throughout would make another key of a capital letter.
            let after = &rest[rest.len() - after.len()..];
            return code(after).map(|_| format!("{held}{right}{after}"));
        }
    }
    if let Some((wrong, after)) = lowered.split_once('-')
        && let Some(right) = nearest(wrong, ["ctrl", "alt", "shift"])
    {
        let after = &rest[rest.len() - after.len()..];
        return code(after).map(|_| format!("{held}{right}-{after}"));
    }
    let candidates = NAMES.iter().map(|(name, _)| *name);
    nearest(rest, candidates).map(|name| format!("{held}{name}"))
}
