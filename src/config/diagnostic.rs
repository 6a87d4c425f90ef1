//! What is wrong with a file, where, and what was probably meant.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::nearest;

/// A file's name and text. Cloning shares the text.
#[derive(Debug, Clone)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
}

impl Source {
    /// A text under the name that diagnostics call it by, usually its path.
    pub fn new(name: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        Self { name: Arc::from(name.as_ref()), text: Arc::from(text.as_ref()) }
    }

    /// The name that diagnostics call the file by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a range of bytes begins.
    pub fn position(&self, span: Range<usize>) -> Position {
        Excerpt::cut(&self.text, span).position
    }

    /// A problem with the given range of bytes.
    pub fn problem(&self, span: Range<usize>, message: impl AsRef<str>) -> Diagnostic {
        let excerpt = Excerpt::cut(&self.text, span);
        Diagnostic {
            file: self.name.to_string(),
            position: Some(excerpt.position),
            message: printable(message.as_ref()),
            help: None,
            excerpt: Some(excerpt),
        }
    }

    /// A problem with a word that isn't among those that are possible there; offers the nearest.
    pub fn unknown_word<'w>(
        &self,
        span: Range<usize>,
        what: &str,
        word: &str,
        possible: impl IntoIterator<Item = &'w str>,
    ) -> Diagnostic {
        let possible: Vec<&str> = possible.into_iter().collect();
        let problem = self.problem(span, format!("unknown {what} `{word}`"));
        match nearest(word, possible.iter().copied()) {
            Some(right) => problem.with_help(format!("did you mean `{right}`?")),
            None if possible.is_empty() => problem,
            None if possible.len() <= 12 => problem.with_help(format!("one of: {}", possible.join(", "))),
            None => problem,
        }
    }
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

/// One problem with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file's name.
    pub file: String,
    /// Where in the file; nothing when the file as a whole is meant.
    pub position: Option<Position>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    excerpt: Option<Excerpt>,
}

impl Diagnostic {
    /// A problem with a file as a whole, such as one that is missing.
    pub fn of_file(file: impl Into<String>, message: impl AsRef<str>) -> Self {
        Self {
            file: file.into(),
            position: None,
            message: printable(message.as_ref()),
            help: None,
            excerpt: None,
        }
    }

    /// The same problem with advice.
    pub fn with_help(mut self, help: impl AsRef<str>) -> Self {
        self.help = Some(printable(help.as_ref()));
        self
    }

    /// The problems of one file in the order of the file.
    pub fn in_order(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
        problems.sort_by_key(|problem| problem.position.map(|position| (position.line, position.column)));
        problems
    }

    /// The problem over several lines, with the line of the file and a caret under what is meant.
    pub fn render(&self, colour: bool) -> String {
        let file = printable(&self.file);
        let title = Level::ERROR.primary_title(self.message.as_str());
        let mut group = Group::with_title(title);
        match &self.excerpt {
            Some(excerpt) => {
                let snippet = Snippet::source(excerpt.line.as_str())
                    .line_start(excerpt.position.line)
                    .path(file.as_str())
                    .annotation(AnnotationKind::Primary.span(excerpt.span.clone()));
                group = group.element(snippet);
            }
            None => group = group.element(annotate_snippets::Origin::path(file.as_str())),
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&printable(&self.file))?;
        if let Some(position) = self.position {
            write!(formatter, ":{}:{}", position.line, position.column)?;
        }
        write!(formatter, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(formatter, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostic {}

/// The line that a problem is on, and the bytes of it that are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Excerpt {
    line: String,
    span: Range<usize>,
    position: Position,
}

impl Excerpt {
    fn cut(text: &str, span: Range<usize>) -> Self {
        let start = floor_boundary(text, span.start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let end = floor_boundary(text, span.end).clamp(start, line_end);
        Self {
            line: text[line_start..line_end].trim_end_matches('\r').to_owned(),
            span: start - line_start..end - line_start,
            position: Position {
                line: before.matches('\n').count() + 1,
                column: text[line_start..start].chars().count() + 1,
            },
        }
    }
}

/// The last character boundary at or before an offset.
fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The text without the control characters that would reach the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}
