//! Ranking of a list by what has been typed: whole words and beginnings before parts, and nothing far-fetched.

use std::cmp::Reverse;

use crate::widgets::picker::PickerItem;

/// The most that is found: nobody reads further before typing another letter.
const MOST: usize = 200;
/// How much a match counts in the name, in what else it is called, and in the description.
const WEIGHTS: [u32; 3] = [10, 9, 2];

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its place in the list.
    pub(super) index: usize,
    /// Which characters of its name were matched, ascending.
    pub(super) matched: Vec<u32>,
}

/// Ranks items, the best first. Every word of the query has to be part of the name, of what else it is called, or begin
/// a word of the description; or its letters begin words of the name, as `cf` does for `clear filter`.
pub(super) fn rank<'a>(query: &str, items: impl Iterator<Item = &'a PickerItem>) -> Vec<Found> {
    let words: Vec<Vec<char>> = query.split_whitespace().map(lower).collect();
    let mut found: Vec<(u32, usize, Found)> = items
        .enumerate()
        .filter_map(|(index, item)| {
            let (score, matched) = judge(&words, item)?;
            Some((score, item.text.len(), Found { index, matched }))
        })
        .collect();
    // Of equally good ones the shorter has less that was not asked for.
    found.sort_by_key(|(score, length, found)| (Reverse(*score), *length, found.index));
    found.into_iter().take(MOST).map(|(.., found)| found).collect()
}

/// How well an item answers all words, and which characters of its name do; nothing where it doesn't.
fn judge(words: &[Vec<char>], item: &PickerItem) -> Option<(u32, Vec<u32>)> {
    let fields = [lower(&item.text), lower(&item.alias), lower(&item.description)];
    let mut total = 0;
    let mut matched = Vec::new();
    for word in words {
        let [name, alias, description] = [0, 1, 2].map(|field| {
            let found = part(word, &fields[field]);
            let found = found.or_else(|| (field < 2).then(|| initials(word, &fields[field])).flatten());
            // Inside the words of a sentence anything can be found.
            let found = found.filter(|(score, _)| field < 2 || *score >= WORD_START);
            found.map(|(score, characters)| (score * WEIGHTS[field], characters))
        });
        let in_name = name.as_ref().map_or(0, |(score, _)| *score);
        let elsewhere = [alias, description].into_iter().flatten().map(|(score, _)| score).max();
        total += in_name.max(elsewhere.unwrap_or(0));
        match name {
            Some((_, characters)) => matched.extend(characters),
            None if elsewhere.is_none() => return None,
            None => {}
        }
    }
    matched.sort_unstable();
    matched.dedup();
    Some((total, matched))
}

/// All of a field.
const WHOLE: u32 = 100;
/// Its beginning.
const START: u32 = 80;
/// The beginning of a word in it.
const WORD_START: u32 = 60;
/// Anywhere in it.
const INSIDE: u32 = 40;
/// The beginnings of several of its words.
const INITIALS: u32 = 20;

/// The best place of a word in a field, letter after letter.
fn part(word: &[char], field: &[char]) -> Option<(u32, Vec<u32>)> {
    let places = field.windows(word.len().max(1)).enumerate().filter(|(_, window)| *window == word);
    let scored = places.map(|(at, _)| {
        let score = match at {
            0 if field.len() == word.len() => WHOLE,
            0 => START,
            _ if begins_word(field, at) => WORD_START,
            _ => INSIDE,
        };
        (score, Reverse(at))
    });
    let (score, Reverse(at)) = scored.max()?;
    Some((score, (at..at + word.len()).filter_map(|index| u32::try_from(index).ok()).collect()))
}

/// The letters of a word as beginnings of the words of a field, in their order.
fn initials(word: &[char], field: &[char]) -> Option<(u32, Vec<u32>)> {
    let mut characters = Vec::new();
    begin_words(word, field, 0, &mut characters).then_some((INITIALS, characters))
}

fn begin_words(rest: &[char], field: &[char], from: usize, characters: &mut Vec<u32>) -> bool {
    if rest.is_empty() {
        return true;
    }
    for at in (from..field.len()).filter(|&at| begins_word(field, at)) {
        let common = rest.iter().zip(&field[at..]).take_while(|(one, other)| one == other).count();
        for taken in (1..=common).rev() {
            let before = characters.len();
            characters.extend((at..at + taken).filter_map(|index| u32::try_from(index).ok()));
            if begin_words(&rest[taken..], field, at + taken, characters) {
                return true;
            }
            characters.truncate(before);
        }
    }
    false
}

fn begins_word(field: &[char], at: usize) -> bool {
    at == 0 || (field[at].is_alphanumeric() && !field[at - 1].is_alphanumeric())
}

/// The characters in lower case; one for each, so that their numbers stay.
fn lower(text: &str) -> Vec<char> {
    text.chars().map(|character| character.to_lowercase().next().unwrap_or(character)).collect()
}
