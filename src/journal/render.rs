//! The journal as text, JSON and Markdown.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{History, Operation};

/// What the journal is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A few lines for each operation.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// A table to paste into a report.
    Markdown,
}

/// Prints the history.
///
/// # Errors
/// When `out` can't be written.
pub fn render(history: &History, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text(history, out),
        Format::Json => json_document(history, out),
        Format::Markdown => markdown(history, out),
    }
}

/// A text with control characters replaced, so that nothing recorded can steer a terminal.
pub fn printable(text: &str) -> String {
    text.chars().map(|character| if hidden(character) { ' ' } else { character }).collect()
}

/// Control characters, and marks that turn the direction of writing around.
fn hidden(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn text(history: &History, out: &mut dyn Write) -> io::Result<()> {
    if history.operations.is_empty() {
        writeln!(out, "The journal is empty.")?;
    }
    for operation in &history.operations {
        let intent = &operation.intent;
        writeln!(
            out,
            "{}  {:<10}  {} {}",
            intent.at.rfc3339(),
            word(operation),
            printable(&invocation(operation)),
            printable(&format!("in {}", intent.context)),
        )?;
        writeln!(out, "    by {}", printable(&intent.who.to_string()))?;
        if let Some(reason) = &intent.reason {
            writeln!(out, "    because {}", printable(reason))?;
        }
        let change = change(operation);
        if !change.is_empty() {
            writeln!(out, "    {}", printable(&change))?;
        }
        match &operation.outcome {
            Some(outcome) => writeln!(out, "    {}", printable(&outcome.message))?,
            None => writeln!(
                out,
                "    nothing is known to have come of it: the console ended before the outcome, or is still at it; \
                 look at the object",
            )?,
        }
    }
    if history.unreadable > 0 {
        writeln!(out, "{} lines could not be read.", history.unreadable)?;
    }
    Ok(())
}

fn json_document(history: &History, out: &mut dyn Write) -> io::Result<()> {
    let operations: Vec<Value> = history
        .operations
        .iter()
        .map(|operation| {
            json!({
                "state": word(operation),
                "intent": operation.intent,
                "outcome": operation.outcome,
            })
        })
        .collect();
    let document = json!({ "operations": operations, "unreadable_lines": history.unreadable });
    writeln!(out, "{}", escaped(&serde_json::to_string_pretty(&document)?))
}

/// JSON with what could steer a terminal escaped; it only occurs within strings, where an escape means the same.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if hidden(character) && character != '\n' {
            text.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            text.push(character);
        }
    }
    text
}

fn markdown(history: &History, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| When (UTC) | Who | Context | What | Change | Result | Why |")?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- | --- |")?;
    for operation in &history.operations {
        let intent = &operation.intent;
        let message = operation.outcome.as_ref().map(|outcome| outcome.message.as_str()).unwrap_or_default();
        let cells = [
            intent.at.rfc3339(),
            intent.who.to_string(),
            intent.context.clone(),
            invocation(operation),
            change(operation),
            format!("{} {message}", word(operation)),
            intent.reason.clone().unwrap_or_default(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| markdown_cell(cell)).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    if history.unreadable > 0 {
        writeln!(out, "\n{} lines could not be read.", history.unreadable)?;
    }
    Ok(())
}

fn markdown_cell(text: &str) -> String {
    let escaped = printable(text).replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;");
    escaped.trim().to_owned()
}

fn word(operation: &Operation) -> &'static str {
    operation.outcome.as_ref().map_or("unfinished", |outcome| outcome.result.word())
}

fn invocation(operation: &Operation) -> String {
    let intent = &operation.intent;
    let arguments: String = intent.arguments.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    format!("{} {}{arguments}", intent.action, intent.subject)
}

/// `replicas 3 → 5` for each field that was set.
fn change(operation: &Operation) -> String {
    let empty = BTreeMap::new();
    let after = operation.outcome.as_ref().map_or(&empty, |outcome| &outcome.after);
    let fields: Vec<String> = operation
        .intent
        .before
        .iter()
        .map(|(field, before)| match after.get(field) {
            Some(now) => format!("{field} {before} → {now}"),
            None => format!("{field} {before}"),
        })
        .collect();
    fields.join(", ")
}
