//! Foreign text, made fit for one line of an error.

/// The most characters that are kept of a foreign text.
const LONGEST: usize = 300;

/// The text on one line, without control characters, escape sequences and marks of writing direction, cut to 300 characters.
pub(super) fn presentable(text: &str) -> String {
    let mut kept = String::new();
    let mut length = 0;
    let mut gap = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' || character == '\u{9b}' {
            skip_sequence(character, &mut characters);
            continue;
        }
        if character.is_whitespace() || character.is_control() {
            gap = true;
            continue;
        }
        if is_direction_mark(character) {
            continue;
        }
        if gap && !kept.is_empty() {
            kept.push(' ');
            length += 1;
        }
        gap = false;
        if length >= LONGEST {
            kept.push('…');
            break;
        }
        kept.push(character);
        length += 1;
    }
    kept
}

fn skip_sequence(start: char, characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let introducer = if start == '\u{9b}' { Some('[') } else { characters.next() };
    match introducer {
        Some('[') => {
            for character in characters.by_ref() {
                if ('@'..='~').contains(&character) {
                    break;
                }
            }
        }
        // An operating system command, or another string: up to its terminator.
        Some(']' | 'P' | '_' | '^' | 'X') => {
            while let Some(character) = characters.next() {
                if character == '\u{7}' || character == '\u{9c}' {
                    break;
                }
                if character == '\u{1b}' {
                    characters.next();
                    break;
                }
            }
        }
        _ => {}
    }
}

fn is_direction_mark(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The names nearest to a word, best first, at most three.
pub(super) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut likely: Vec<(f64, &str)> = names
        .map(|name| (strsim::jaro_winkler(word, name), name))
        .filter(|(likeness, _)| *likeness > 0.7)
        .collect();
    likely.sort_by(|left, right| right.0.total_cmp(&left.0));
    likely.into_iter().take(3).map(|(_, name)| name).collect()
}
