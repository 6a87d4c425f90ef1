//! The nearest right word to a wrong one.

use std::cmp::Reverse;

/// The candidate that was most probably meant, if any is near enough to be worth naming.
///
/// A swapped pair of letters counts as one mistake. A word that is only part of a longer one, such as
/// `down` for `cursor.down`, is near as well. Of words that are equally near, the one that begins alike is meant.
pub fn nearest<'w>(word: &str, candidates: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let word = word.to_lowercase();
    let tolerated = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let lowered = candidate.to_lowercase();
            let mistakes = strsim::damerau_levenshtein(&word, &lowered);
            let shared = word.chars().zip(lowered.chars()).take_while(|(one, other)| one == other).count();
            let contained = word.chars().count() >= 3 && (lowered.contains(&word) || word.contains(&lowered));
            (mistakes <= tolerated || contained).then_some(((mistakes, Reverse(shared)), candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
