//! Walks a parsed TOML document table by table, so that every problem in it is found in one go.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::duration;
use super::{Diagnostic, Source};

/// The problems found in one file so far.
pub(super) struct Problems {
    source: Source,
    found: Vec<Diagnostic>,
}

impl Problems {
    /// Reports a problem with a range of bytes.
    pub(super) fn report(&mut self, span: Range<usize>, message: impl AsRef<str>) {
        self.found.push(self.source.problem(span, message));
    }

    /// What a word of a closed set stands for; reports a word that isn't in it.
    pub(super) fn choose<T: Copy>(
        &mut self,
        what: &str,
        word: &Spanned<String>,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let chosen = choices.iter().find(|(name, _)| name == word.get_ref()).map(|(_, choice)| *choice);
        if chosen.is_none() {
            let names = choices.iter().map(|(name, _)| *name);
            self.found.push(self.source.unknown_word(word.span(), what, word.get_ref(), names));
        }
        chosen
    }

    fn expected(&mut self, value: &Spanned<DeValue<'_>>, subject: &str, wanted: &str) {
        let found = value.get_ref().type_str();
        self.report(value.span(), format!("{subject} must be {wanted}, not {}", with_article(found)));
    }
}

/// Parses a file and reads its tables with `read`. Returns the value with every problem of its form, in
/// the order of the file.
///
/// # Errors
///
/// What the grammar rejects, of a file that isn't TOML.
pub(super) fn parse<T>(
    source: &Source,
    read: impl FnOnce(&mut Section<'_>, &mut Problems) -> T,
) -> Result<(T, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut problems = Problems { source: source.clone(), found: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(source.text());
    if !errors.is_empty() {
        for error in &errors {
            problems.report(error.span().unwrap_or(0..0), error.message());
        }
        return Err(Diagnostic::in_order(problems.found));
    }
    let mut root = Section::new("the file", document.get_ref(), 0..0);
    let value = read(&mut root, &mut problems);
    root.finish(&mut problems);
    Ok((value, Diagnostic::in_order(problems.found)))
}

/// One table, and which of its keys have been asked for.
pub(super) struct Section<'t> {
    name: String,
    table: &'t DeTable<'t>,
    span: Range<usize>,
    known: Vec<&'static str>,
}

impl<'t> Section<'t> {
    fn new(name: impl Into<String>, table: &'t DeTable<'t>, span: Range<usize>) -> Self {
        Self { name: name.into(), table, span, known: Vec::new() }
    }

    /// Where the table is declared.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    fn get(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.table.get(key)
    }

    /// A text.
    pub(super) fn text(&mut self, key: &'static str, problems: &mut Problems) -> Option<Spanned<String>> {
        let value = self.get(key)?;
        text_of(value, &quoted(key), "a string", problems)
    }

    /// A text that must be there.
    pub(super) fn required_text(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<Spanned<String>> {
        if !self.table.contains_key(key) {
            problems.report(self.span(), format!("{} lacks `{key}`", self.name));
        }
        self.text(key, problems)
    }

    /// A list of texts; empty when it is absent.
    pub(super) fn texts(&mut self, key: &'static str, problems: &mut Problems) -> Vec<Spanned<String>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            problems.expected(value, &quoted(key), "a list of strings");
            return Vec::new();
        };
        let subject = format!("an item of `{key}`");
        items.iter().filter_map(|item| text_of(item, &subject, "a string", problems)).collect()
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str, problems: &mut Problems) -> Option<bool> {
        let value = self.get(key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        problems.expected(value, &quoted(key), "true or false");
        None
    }

    /// A whole number from 0.
    pub(super) fn count(&mut self, key: &'static str, problems: &mut Problems) -> Option<Spanned<u32>> {
        let value = self.get(key)?;
        let count = match value.get_ref() {
            DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if count.is_none() {
            problems.report(value.span(), format!("`{key}` must be a whole number from 0"));
        }
        count.map(|count| Spanned::new(value.span(), count))
    }

    /// A number, with or without a fraction.
    pub(super) fn number(&mut self, key: &'static str, problems: &mut Problems) -> Option<Spanned<f64>> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Float(number) => number.as_str().parse::<f64>().ok(),
            DeValue::Integer(number) => number.as_str().parse::<f64>().ok(),
            _ => None,
        };
        if number.is_none() {
            problems.expected(value, &quoted(key), "a number");
        }
        number.map(|number| Spanned::new(value.span(), number))
    }

    /// A length of time, in seconds.
    pub(super) fn seconds(&mut self, key: &'static str, problems: &mut Problems) -> Option<Spanned<u64>> {
        let value = self.get(key)?;
        let seconds = value.get_ref().as_str().and_then(duration::seconds);
        if seconds.is_none() {
            let message =
                format!("`{key}` must be a length of time such as \"90s\", \"15m\", \"4h\" or \"30d\"");
            problems.report(value.span(), message);
        }
        seconds.map(|seconds| Spanned::new(value.span(), seconds))
    }

    /// One of a closed set of words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&'static str, T)],
        problems: &mut Problems,
    ) -> Option<T> {
        let text = self.text(key, problems)?;
        problems.choose(key, &text, choices)
    }

    /// A table within this one.
    pub(super) fn section(&mut self, key: &'static str, problems: &mut Problems) -> Option<Section<'t>> {
        let value = self.get(key)?;
        section_of(value, key, format!("[{key}]"), "a table", problems)
    }

    /// The tables of an array of tables, in order.
    pub(super) fn sections(&mut self, key: &'static str, problems: &mut Problems) -> Vec<Section<'t>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            problems.expected(value, &quoted(key), &format!("tables headed [[{key}]]"));
            return Vec::new();
        };
        let name = format!("[[{key}]]");
        items.iter().filter_map(|item| section_of(item, key, name.clone(), "a table", problems)).collect()
    }

    /// Every entry of a table whose keys are the user's own words, in the order of the file.
    pub(super) fn entries(self) -> Vec<Entry<'t>> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| Entry { key: Spanned::new(key.span(), key.get_ref().to_string()), value })
            .collect();
        entries.sort_by_key(|entry| entry.key.span().start);
        entries
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self, problems: &mut Problems) {
        for key in self.table.keys() {
            let word: &str = key.get_ref();
            if !self.known.contains(&word) {
                let known = self.known.iter().copied();
                let problem = problems.source.unknown_word(key.span(), "key", word, known);
                problems.found.push(problem);
            }
        }
    }
}

/// One entry of a table whose keys are the user's own words.
pub(super) struct Entry<'t> {
    /// The user's word.
    pub(super) key: Spanned<String>,
    value: &'t Spanned<DeValue<'t>>,
}

impl<'t> Entry<'t> {
    /// Whether the value is a text.
    pub(super) fn is_text(&self) -> bool {
        self.value.get_ref().is_str()
    }

    /// The value, which has to be a text.
    pub(super) fn text(&self, problems: &mut Problems) -> Option<Spanned<String>> {
        text_of(self.value, &quoted(self.key.get_ref()), "a string", problems)
    }

    /// The value, which has to be a table; `wanted` says so where it could be something else as well.
    pub(super) fn section(&self, wanted: &str, problems: &mut Problems) -> Option<Section<'t>> {
        let key = self.key.get_ref();
        section_of(self.value, key, format!("[{key}]"), wanted, problems)
    }
}

fn text_of(
    value: &Spanned<DeValue<'_>>,
    subject: &str,
    wanted: &str,
    problems: &mut Problems,
) -> Option<Spanned<String>> {
    match value.get_ref() {
        DeValue::String(text) => Some(Spanned::new(value.span(), text.to_string())),
        _ => {
            problems.expected(value, subject, wanted);
            None
        }
    }
}

fn section_of<'t>(
    value: &'t Spanned<DeValue<'t>>,
    key: &str,
    name: String,
    wanted: &str,
    problems: &mut Problems,
) -> Option<Section<'t>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(Section::new(name, table, value.span())),
        _ => {
            problems.expected(value, &quoted(key), wanted);
            None
        }
    }
}

fn quoted(key: &str) -> String {
    format!("`{key}`")
}

fn with_article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {kind}")
}
