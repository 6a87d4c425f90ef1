//! The filter of a table: words that a row must match, all of them.
//!
//! `word` is fuzzy, `!word` must not be contained, `/expression/` is a regular expression,
//! `-l label=value` looks at labels, `column=value` at one column.

use std::sync::Arc;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Utf32Str};
use regex::Regex;
use thiserror::Error;

use super::{ColumnKey, Names, Tabled};

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FilterError {
    /// The regular expression is wrong.
    #[error("`/{0}/` is no regular expression: {1}")]
    Expression(String, String),
    /// There is no such column.
    #[error("there is no column `{given}`{}", .nearest.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    Column {
        /// The name that was given.
        given: String,
        /// The nearest name that there is.
        nearest: Option<&'static str>,
    },
    /// `-l` is not followed by labels.
    #[error("-l takes label=value, label!=value, label or !label, with commas between")]
    Labels,
}

/// A filter, as text and ready to use.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    text: Arc<str>,
    terms: Arc<[Term]>,
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

#[derive(Debug, Clone)]
enum Term {
    Fuzzy(Pattern),
    Without(String),
    Expression { regex: Regex, column: Option<usize>, wanted: bool },
    Label { name: String, value: Option<String>, wanted: bool },
    Column { column: usize, value: String, wanted: bool },
}

impl Filter {
    /// Reads a filter for rows of this kind. Words that are not finished yet, such as an opening `/`, match everything.
    ///
    /// # Errors
    /// Says which word is wrong.
    pub fn parse<R: Tabled>(text: &str) -> Result<Filter, FilterError> {
        let mut terms = Vec::new();
        let mut words = words(text).into_iter().peekable();
        while let Some(word) = words.next() {
            if word == "-l" {
                if let Some(labels) = words.next() {
                    label_terms(&labels, &mut terms)?;
                }
            } else if let Some(labels) = word.strip_prefix("-l").filter(|rest| !rest.is_empty()) {
                label_terms(labels, &mut terms)?;
            } else {
                terms.extend(term::<R>(&word)?);
            }
        }
        Ok(Filter { text: Arc::from(text), terms: terms.into() })
    }

    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether every row matches.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

/// Splits at blanks, except within `/…/`.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut expression = false;
    for character in text.chars() {
        let starts = matches!(word.as_str(), "" | "!") || word.ends_with('=') || word.ends_with('~');
        if character == '/' && (expression || starts) {
            expression = !expression;
        }
        if character.is_whitespace() && !expression {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        } else {
            word.push(character);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn term<R: Tabled>(word: &str) -> Result<Option<Term>, FilterError> {
    let (bare, wanted) = word.strip_prefix('!').map_or((word, true), |rest| (rest, false));
    if bare.is_empty() {
        return Ok(None);
    }
    if let Some(expression) = bare.strip_prefix('/') {
        return expression_term(expression, None, wanted);
    }
    if let Some((name, value)) = bare.split_once('=') {
        let (name, wanted) = match name.strip_suffix('!') {
            Some(name) => (name, !wanted),
            None => (name, wanted),
        };
        let column = column::<R>(name)?;
        if let Some(expression) = value.strip_prefix('/') {
            return expression_term(expression, Some(column), wanted);
        }
        return Ok((!value.is_empty()).then(|| Term::Column { column, value: value.to_lowercase(), wanted }));
    }
    if !wanted {
        return Ok(Some(Term::Without(bare.to_lowercase())));
    }
    Ok(Some(Term::Fuzzy(Pattern::parse(bare, CaseMatching::Smart, Normalization::Never))))
}

fn expression_term(text: &str, column: Option<usize>, wanted: bool) -> Result<Option<Term>, FilterError> {
    let text = text.strip_suffix('/').unwrap_or(text);
    if text.is_empty() {
        return Ok(None);
    }
    let regex = regex::RegexBuilder::new(text)
        .case_insensitive(!text.chars().any(char::is_uppercase))
        .size_limit(1 << 20)
        .build()
        .map_err(|error| FilterError::Expression(text.to_owned(), last_line(&error.to_string())))?;
    Ok(Some(Term::Expression { regex, column, wanted }))
}

fn last_line(text: &str) -> String {
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

fn column<R: Tabled>(name: &str) -> Result<usize, FilterError> {
    let names = R::Column::ALL.iter().map(|column| column.name());
    names.clone().position(|candidate| candidate == name).ok_or_else(|| FilterError::Column {
        given: name.to_owned(),
        nearest: names
            .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
            .filter(|(likeness, _)| *likeness > 0.6)
            .max_by(|left, right| left.0.total_cmp(&right.0))
            .map(|(_, candidate)| candidate),
    })
}

fn label_terms(text: &str, terms: &mut Vec<Term>) -> Result<(), FilterError> {
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (part, present) = part.strip_prefix('!').map_or((part, true), |rest| (rest, false));
        let (name, value, equal) = match part.split_once('=') {
            Some((name, value)) => {
                let value = value.strip_prefix('=').unwrap_or(value);
                match name.strip_suffix('!') {
                    Some(name) => (name, Some(value), false),
                    None => (name, Some(value), true),
                }
            }
            None => (part, None, present),
        };
        if name.is_empty() {
            return Err(FilterError::Labels);
        }
        terms.push(Term::Label { name: name.to_owned(), value: value.map(str::to_owned), wanted: equal });
    }
    Ok(())
}

/// Matches rows against filters, with the memory that this takes.
#[derive(Debug)]
pub struct Matcher {
    matcher: nucleo_matcher::Matcher,
    haystack: String,
    characters: Vec<char>,
}

impl Default for Matcher {
    fn default() -> Self {
        Matcher {
            matcher: nucleo_matcher::Matcher::new(Config::DEFAULT),
            haystack: String::new(),
            characters: Vec::new(),
        }
    }
}

impl Matcher {
    /// Whether a row matches every word of a filter.
    pub fn matches<R: Tabled>(&mut self, filter: &Filter, row: &R, names: &Names) -> bool {
        if filter.terms.is_empty() {
            return true;
        }
        self.haystack.clear();
        row.haystack(&mut self.haystack);
        filter.terms.iter().all(|term| self.matches_term(term, row, names))
    }

    fn matches_term<R: Tabled>(&mut self, term: &Term, row: &R, names: &Names) -> bool {
        let value = |column: usize| R::Column::ALL.get(column).map(|column| row.value(*column, names));
        match term {
            Term::Fuzzy(pattern) => {
                let haystack = Utf32Str::new(&self.haystack, &mut self.characters);
                pattern.score(haystack, &mut self.matcher).is_some()
            }
            Term::Without(text) => !contains_ignoring_case(&self.haystack, text),
            Term::Expression { regex, column: None, wanted } => regex.is_match(&self.haystack) == *wanted,
            Term::Expression { regex, column: Some(column), wanted } => {
                value(*column).is_some_and(|value| regex.is_match(&value.text())) == *wanted
            }
            Term::Label { name, value: None, wanted } => row.labels().get(name).is_some() == *wanted,
            Term::Label { name, value: Some(value), wanted } => {
                (row.labels().get(name) == Some(value.as_str())) == *wanted
            }
            Term::Column { column, value: text, wanted } => {
                value(*column).is_some_and(|value| value.text().to_lowercase() == *text) == *wanted
            }
        }
    }
}

fn contains_ignoring_case(haystack: &str, needle: &str) -> bool {
    if haystack.is_ascii() && needle.is_ascii() {
        return haystack
            .as_bytes()
            .windows(needle.len().max(1))
            .any(|window| window.eq_ignore_ascii_case(needle.as_bytes()));
    }
    haystack.to_lowercase().contains(needle)
}
