//! What an operation asks of the person before it passes the gate.

use std::fmt;

use crate::actions::Danger;

use super::Environment;

/// What has to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// The confirm key, which is never the trigger key; the default answer is no.
    Key,
    /// Exactly this text, typed by hand: `<context>/<name>`.
    Typed(String),
}

impl Confirmation {
    /// What an operation of that danger asks for in that environment.
    pub fn required(danger: Danger, environment: &Environment, target: &str) -> Self {
        if environment.production && danger == Danger::Dangerous {
            Confirmation::Typed(target.to_owned())
        } else {
            Confirmation::Key
        }
    }

    /// Whether the answer is the one that is asked for.
    pub fn accepts(&self, answer: &Answer) -> bool {
        match (self, answer) {
            (Confirmation::Key, Answer::Confirm) => true,
            (Confirmation::Typed(wanted), Answer::Typed(given)) => wanted == given,
            _ => false,
        }
    }
}

impl fmt::Display for Confirmation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Confirmation::Key => formatter.write_str("the confirm key"),
            Confirmation::Typed(text) => write!(formatter, "`{text}` typed"),
        }
    }
}

/// What the person answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The confirm key, or `--yes`.
    Confirm,
    /// A typed text, or `--confirm`.
    Typed(String),
    /// No: the default.
    Decline,
}
