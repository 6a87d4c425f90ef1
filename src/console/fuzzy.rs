//! Fuzzy ranking of a short list by what has been typed.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its place in the list.
    pub(super) index: usize,
    /// Which characters of its name were matched, ascending.
    pub(super) matched: Vec<u32>,
}

/// Ranks names, with a description each, the best first. Without a query all are found, in their order.
pub(super) fn rank<'a>(query: &str, candidates: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Found> {
    if query.trim().is_empty() {
        return candidates.enumerate().map(|(index, _)| Found { index, matched: Vec::new() }).collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut found: Vec<(u32, usize, Found)> = Vec::new();
    for (index, (name, description)) in candidates.enumerate() {
        let mut matched = Vec::new();
        if let Some(score) = pattern.indices(Utf32Str::new(name, &mut buffer), &mut matcher, &mut matched) {
            matched.sort_unstable();
            matched.dedup();
            // A name that matches is better than any description that does.
            found.push((score.saturating_add(1_000_000), name.len(), Found { index, matched }));
            continue;
        }
        let both = format!("{name} {description}");
        if let Some(score) = pattern.score(Utf32Str::new(&both, &mut buffer), &mut matcher) {
            found.push((score, name.len(), Found { index, matched: Vec::new() }));
        }
    }
    // Of equally good ones the shorter has less that was not asked for.
    found.sort_by_key(|(score, length, found)| (Reverse(*score), *length, found.index));
    found.into_iter().map(|(.., found)| found).collect()
}
