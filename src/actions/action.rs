//! What a person can ask for, declared once.

use std::fmt;

/// How an argument is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// Any text.
    Text,
    /// A whole number, zero or more.
    Count,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// One argument of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArgumentSpec {
    /// Its name, as in `name=value`.
    pub name: &'static str,
    /// How it is read.
    pub kind: ArgumentKind,
    /// Whether the action can be resolved without it (the screen then asks for it).
    pub required: bool,
    /// One line on what it means.
    pub summary: &'static str,
}

/// Where an action makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Anywhere.
    Global,
    /// In a table.
    Table,
    /// With a workload under the cursor, or marked.
    Workload,
    /// With a pod under the cursor, or marked.
    Pod,
    /// In a dialog.
    Dialog,
}

/// What an action can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// It changes nothing in the world.
    None,
    /// It changes something that is easily put back.
    Careful,
    /// It can take a service down.
    Dangerous,
}

/// The specification of an action: keys, hints, palette, help, `run` and the reference page come from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionSpec {
    /// `noun.verb`.
    pub name: &'static str,
    /// One or two words for the hint bar.
    pub title: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// Its arguments, in order.
    pub arguments: &'static [ArgumentSpec],
    /// Where it makes sense.
    pub context: Context,
    /// What it can break; anything but [`Danger::None`] is an operation.
    pub danger: Danger,
}

/// The value of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentValue {
    /// Text, or the word of a choice.
    Text(String),
    /// A count.
    Count(u64),
}

impl fmt::Display for ArgumentValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArgumentValue::Text(text) => formatter.write_str(text),
            ArgumentValue::Count(count) => write!(formatter, "{count}"),
        }
    }
}

/// An action with its arguments, as a key, the palette or `run` asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The name of its specification.
    pub name: &'static str,
    /// The arguments that were given.
    pub arguments: Vec<(&'static str, ArgumentValue)>,
}

impl Action {
    /// The action of that name without arguments.
    pub fn plain(name: &'static str) -> Self {
        Action { name, arguments: Vec::new() }
    }

    /// The text of an argument.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find_map(|(given, value)| match value {
            ArgumentValue::Text(text) if *given == name => Some(text.as_str()),
            _ => None,
        })
    }

    /// The count of an argument.
    pub fn count(&self, name: &str) -> Option<u64> {
        self.arguments.iter().find_map(|(given, value)| match value {
            ArgumentValue::Count(count) if *given == name => Some(*count),
            _ => None,
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)?;
        self.arguments.iter().try_for_each(|(name, value)| write!(formatter, " {name}={value}"))
    }
}
