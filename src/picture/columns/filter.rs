//! The filter of a table: words that a row must match, all of them.
//!
//! | word | what it means |
//! | --- | --- |
//! | `word` | fuzzy, within the name, the namespace or another text of the row |
//! | `namespace/name` | fuzzy, in both |
//! | `!word` | no text of the row contains it |
//! | `!namespace/name` | not both contain it |
//! | `/expression/` | a regular expression, for any text of the row |
//! | `-l label=value` | labels, as kubectl takes them |
//! | `column=value`, `column!=value` | the column is that, in upper or lower case; `*` stands for anything |
//! | `column=/expression/` | a regular expression for one column |
//! | `column>5`, `<`, `>=`, `<=` | a count is more or less |
//!
//! A `!` before any of them turns it round. A word that is not finished yet matches everything.

use std::cmp::Ordering;
use std::sync::Arc;

use regex::Regex;
use thiserror::Error;

use super::fuzzy::Needle;
use super::{ColumnKey, Tabled};
use crate::platform::pattern::NamePattern;

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FilterError {
    /// The regular expression is wrong.
    #[error("`/{0}/` is no regular expression: {1}")]
    Expression(String, String),
    /// There is no such column.
    #[error("there is no column `{given}`; {}", near_column(.given, *.nearest))]
    Column {
        /// The name that was given.
        given: String,
        /// The nearest name that there is.
        nearest: Option<&'static str>,
    },
    /// The column can't be more or less than a number.
    #[error("`{0}` is no count, so it can't be more or less than one")]
    NoCount(&'static str),
    /// A count is compared with something else.
    #[error("`{0}` is compared with whole numbers, not with `{1}`")]
    NoNumber(&'static str, String),
    /// `-l` is not followed by labels.
    #[error("-l takes label=value, label!=value, label or !label, with commas between")]
    Labels,
}

fn near_column(given: &str, nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("for a label write `-l {given}=…`"),
    }
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
pub(super) enum Term {
    Fuzzy(Needle),
    Path { namespace: Needle, name: Needle },
    Without(String),
    WithoutPath { namespace: String, name: String },
    Expression { regex: Regex, wanted: bool },
    Label { name: String, value: Option<NamePattern>, wanted: bool },
    Column { column: usize, test: Test, wanted: bool },
}

/// What is asked of one column.
#[derive(Debug, Clone)]
pub(super) enum Test {
    /// In lower case.
    Like(NamePattern),
    Matches(Regex),
    /// The count stands to the limit in one of these orders.
    Count {
        orders: &'static [Ordering],
        limit: u64,
    },
}

/// How columns are compared, the longest first where one begins with another.
const COMPARISONS: [(&str, &[Ordering]); 4] = [
    (">=", &[Ordering::Greater, Ordering::Equal]),
    ("<=", &[Ordering::Less, Ordering::Equal]),
    (">", &[Ordering::Greater]),
    ("<", &[Ordering::Less]),
];

impl Filter {
    /// Reads a filter for rows of this kind. Words that are not finished yet, such as an opening `/`, match everything.
    ///
    /// # Errors
    /// Says which word is wrong.
    pub fn parse<R: Tabled>(text: &str) -> Result<Filter, FilterError> {
        let mut terms = Vec::new();
        let mut words = words(text).into_iter();
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

    pub(super) fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether a term looks at all texts of a row together.
    pub(super) fn reads_line(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Without(_) | Term::Expression { .. }))
    }
}

/// Splits at blanks, except within `/…/`.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut expression, mut escaped) = (false, false);
    for character in text.chars() {
        let starts = matches!(word.as_str(), "" | "!") || word.ends_with('=');
        if character == '/' && !escaped && (expression || starts) {
            expression = !expression;
        }
        escaped = expression && character == '\\' && !escaped;
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
        return Ok(regex(expression)?.map(|regex| Term::Expression { regex, wanted }));
    }
    // What begins with a comparison, such as `<none>`, names no column.
    if let Some(position) = bare.find(['=', '<', '>']).filter(|position| *position > 0) {
        let (name, comparison) = bare.split_at(position);
        return column_term::<R>(name, comparison, wanted);
    }
    Ok(match bare.split_once('/') {
        Some((namespace, name)) if !wanted => {
            Some(Term::WithoutPath { namespace: namespace.to_lowercase(), name: name.to_lowercase() })
        }
        None if !wanted => Some(Term::Without(bare.to_lowercase())),
        Some((namespace, name)) => {
            Some(Term::Path { namespace: Needle::new(namespace), name: Needle::new(name) })
        }
        None => Some(Term::Fuzzy(Needle::new(bare))),
    })
}

fn column_term<R: Tabled>(name: &str, comparison: &str, wanted: bool) -> Result<Option<Term>, FilterError> {
    let (name, wanted) = name.strip_suffix('!').map_or((name, wanted), |name| (name, !wanted));
    let (index, column) = column::<R>(name)?;
    let test = match comparison.strip_prefix('=') {
        Some(value) => equality_test(value.strip_prefix('=').unwrap_or(value))?,
        None => count_test(column, comparison)?,
    };
    Ok(test.map(|test| Term::Column { column: index, test, wanted }))
}

fn equality_test(value: &str) -> Result<Option<Test>, FilterError> {
    match value.strip_prefix('/') {
        Some(expression) => Ok(regex(expression)?.map(Test::Matches)),
        None => Ok((!value.is_empty()).then(|| Test::Like(NamePattern::new(&value.to_lowercase())))),
    }
}

fn count_test<C: ColumnKey>(column: C, comparison: &str) -> Result<Option<Test>, FilterError> {
    let found = COMPARISONS.iter().find_map(|(sign, orders)| Some((comparison.strip_prefix(sign)?, *orders)));
    let Some((value, orders)) = found else { return Ok(None) };
    if !column.is_count() {
        return Err(FilterError::NoCount(column.name()));
    }
    if value.is_empty() {
        return Ok(None);
    }
    let limit = value.parse().map_err(|_| FilterError::NoNumber(column.name(), value.to_owned()))?;
    Ok(Some(Test::Count { orders, limit }))
}

fn regex(text: &str) -> Result<Option<Regex>, FilterError> {
    let text = text.strip_suffix('/').unwrap_or(text);
    if text.is_empty() {
        return Ok(None);
    }
    regex::RegexBuilder::new(text)
        .case_insensitive(!has_uppercase(text))
        .multi_line(true)
        .size_limit(1 << 20)
        .build()
        .map(Some)
        .map_err(|error| FilterError::Expression(text.to_owned(), last_line(&error.to_string())))
}

/// Whether an expression has an upper-case letter, classes such as `\S` aside.
fn has_uppercase(expression: &str) -> bool {
    let mut escaped = false;
    expression.chars().any(|character| {
        let counts = !escaped && character.is_uppercase();
        escaped = character == '\\' && !escaped;
        counts
    })
}

fn last_line(text: &str) -> String {
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

fn column<R: Tabled>(name: &str) -> Result<(usize, R::Column), FilterError> {
    let mut columns = R::Column::ALL.iter().copied().enumerate();
    columns.find(|(_, column)| column.name() == name).ok_or_else(|| FilterError::Column {
        given: name.to_owned(),
        nearest: R::Column::ALL
            .iter()
            .map(|column| (strsim::jaro_winkler(name, column.name()), column.name()))
            .filter(|(likeness, _)| *likeness > 0.7)
            .max_by(|left, right| left.0.total_cmp(&right.0))
            .map(|(_, candidate)| candidate),
    })
}

fn label_terms(text: &str, terms: &mut Vec<Term>) -> Result<(), FilterError> {
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (part, present) = part.strip_prefix('!').map_or((part, true), |rest| (rest, false));
        let (name, value, wanted) = match part.split_once('=') {
            Some((name, value)) => {
                let value = value.strip_prefix('=').unwrap_or(value);
                match name.strip_suffix('!') {
                    Some(name) => (name, Some(value), !present),
                    None => (name, Some(value), present),
                }
            }
            None => (part, None, present),
        };
        match (name, value) {
            ("", Some(_)) => return Err(FilterError::Labels),
            // Not finished yet.
            ("", None) | (_, Some("")) => {}
            (name, value) => {
                terms.push(Term::Label { name: name.to_owned(), value: value.map(NamePattern::new), wanted });
            }
        }
    }
    Ok(())
}
