//! Matches rows against filters.

use std::fmt::Write;

use super::filter::{Filter, Term, Test};
use super::fuzzy::{Finder, Needle};
use super::{ColumnKey, Names, Tabled, Value};

/// Matches rows against filters, with the memory that this takes.
#[derive(Debug, Default)]
pub struct Matcher {
    finder: Finder,
    line: String,
    lower: String,
}

impl Matcher {
    /// Whether a row matches every word of a filter.
    pub fn matches<R: Tabled>(&mut self, filter: &Filter, row: &R, names: &Names) -> bool {
        if filter.reads_line() {
            self.write_line(row);
        }
        filter.terms().iter().all(|term| self.matches_term(term, row, names))
    }

    /// The texts of a row below each other, so that `^` and `$` stand for the ends of each.
    fn write_line<R: Tabled>(&mut self, row: &R) {
        self.line.clear();
        // Writing into a string cannot fail.
        let _ = write!(self.line, "{}/{}\n{}", row.namespace(), row.name(), row.name());
        for text in row.searched() {
            self.line.push('\n');
            self.line.push_str(text);
        }
    }

    fn matches_term<R: Tabled>(&mut self, term: &Term, row: &R, names: &Names) -> bool {
        let value = |column: usize| {
            R::Column::ALL.get(column).map_or(Value::Missing, |column| row.value(*column, names))
        };
        match term {
            Term::Fuzzy(needle) => self.finds(needle, row),
            Term::Path { namespace, name } => {
                self.finder.finds(namespace, row.namespace()) && self.finder.finds(name, row.name())
            }
            Term::Without(text) => !contains_ignoring_case(&self.line, text),
            Term::WithoutPath { namespace, name } => {
                !(contains_ignoring_case(row.namespace(), namespace)
                    && contains_ignoring_case(row.name(), name))
            }
            Term::Expression { regex, wanted } => regex.is_match(&self.line) == *wanted,
            Term::Label { name, value: None, wanted } => row.labels().get(name).is_some() == *wanted,
            Term::Label { name, value: Some(value), wanted } => {
                row.labels().get(name).is_some_and(|label| value.matches(label)) == *wanted
            }
            Term::Column { column, test, wanted } => self.passes(test, &value(*column)) == *wanted,
        }
    }

    fn finds<R: Tabled>(&mut self, needle: &Needle, row: &R) -> bool {
        [row.name(), row.namespace()]
            .into_iter()
            .chain(row.searched())
            .any(|text| self.finder.finds(needle, text))
    }

    fn passes(&mut self, test: &Test, value: &Value<'_>) -> bool {
        match (test, value) {
            (_, Value::Missing) => false,
            (Test::Like(pattern), value) => {
                let text = value.text();
                if pattern.is_exact() && text.is_ascii() {
                    return text.eq_ignore_ascii_case(pattern.as_str());
                }
                self.lower.clear();
                self.lower.extend(text.chars().flat_map(char::to_lowercase));
                pattern.matches(&self.lower)
            }
            (Test::Matches(regex), value) => regex.is_match(&value.text()),
            (Test::Count { orders, limit }, Value::Count(count)) => orders.contains(&count.cmp(limit)),
            (Test::Count { .. }, _) => false,
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
