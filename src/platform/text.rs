//! Hostile text: what comes from a server must not reach the terminal as control.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

/// The text without escape sequences, control characters, and characters that change the direction of
/// writing or have no width. Line breaks and tabs become blanks. A clean text is not copied.
///
/// Escape sequences go with all that belongs to them, so that no remains of one are left as text.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || text.chars().all(is_clean) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\x1b' => skip_escape(&mut characters),
            '\u{9b}' => skip_control_sequence(&mut characters),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut characters),
            '\n' | '\t' => clean.push(' '),
            _ if is_clean(character) => clean.push(character),
            _ => {}
        }
    }
    Cow::Owned(clean)
}

fn is_clean(character: char) -> bool {
    !character.is_control() && !is_invisible(character)
}

/// Characters that nobody sees, and that make a text look like another.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What follows an escape character.
fn skip_escape(characters: &mut Peekable<Chars<'_>>) {
    match characters.peek() {
        Some('[') => {
            characters.next();
            skip_control_sequence(characters);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            characters.next();
            skip_string(characters);
        }
        Some(' '..='/') => {
            while characters.next_if(|next| (' '..='/').contains(next)).is_some() {}
            characters.next_if(|next| ('0'..='~').contains(next));
        }
        Some('0'..='~') => {
            characters.next();
        }
        _ => {}
    }
}

/// Parameters and the final byte of a control sequence. What does not belong to one ends it, and stays.
fn skip_control_sequence(characters: &mut Peekable<Chars<'_>>) {
    while characters.next_if(|next| (' '..='?').contains(next)).is_some() {}
    characters.next_if(|next| ('@'..='~').contains(next));
}

/// A string of control, up to its end: a bell, a string terminator, or the end of the line or text.
fn skip_string(characters: &mut Peekable<Chars<'_>>) {
    while let Some(&next) = characters.peek() {
        match next {
            '\n' => return,
            '\x07' | '\u{9c}' => {
                characters.next();
                return;
            }
            '\x1b' => {
                characters.next();
                characters.next_if_eq(&'\\');
                return;
            }
            _ => {
                characters.next();
            }
        }
    }
}
