//! The registry of actions, assembled from the tables of panes and operations.

use indexmap::IndexMap;
use thiserror::Error;

use super::{Action, ActionSpec, ArgumentKind, ArgumentValue};

/// Why an invocation does not name an action.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvocationError {
    /// There is no action of that name.
    #[error("there is no action `{name}`")]
    UnknownAction {
        /// The name that was asked for.
        name: String,
        /// The nearest name that there is.
        nearest: Option<&'static str>,
    },
    /// The action has no such argument.
    #[error("`{action}` has no argument `{argument}`")]
    UnknownArgument {
        /// The action.
        action: &'static str,
        /// The argument that was given.
        argument: String,
        /// The nearest argument that there is.
        nearest: Option<&'static str>,
    },
    /// The value does not fit the argument.
    #[error("`{argument}` of `{action}` takes {wanted}, not `{given}`")]
    BadValue {
        /// The action.
        action: &'static str,
        /// The argument.
        argument: &'static str,
        /// What it takes, in words.
        wanted: String,
        /// What was given.
        given: String,
        /// The nearest word of a choice.
        nearest: Option<&'static str>,
    },
    /// A word that is no `name=value`.
    #[error("`{0}` is not of the form name=value")]
    NotAnArgument(String),
    /// A required argument is missing.
    #[error("`{action}` needs {argument}=…")]
    MissingArgument {
        /// The action.
        action: &'static str,
        /// The argument that is missing.
        argument: &'static str,
    },
}

impl InvocationError {
    /// The nearest right word, where there is one.
    pub fn nearest(&self) -> Option<&'static str> {
        match self {
            InvocationError::UnknownAction { nearest, .. }
            | InvocationError::UnknownArgument { nearest, .. }
            | InvocationError::BadValue { nearest, .. } => *nearest,
            _ => None,
        }
    }
}

/// Every action there is, by name.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    specifications: IndexMap<&'static str, ActionSpec>,
}

impl Registry {
    /// The registry of these tables; of two specifications with one name, the first holds.
    pub fn new(tables: impl IntoIterator<Item = &'static [ActionSpec]>) -> Self {
        let mut specifications = IndexMap::new();
        for specification in tables.into_iter().flatten() {
            specifications.entry(specification.name).or_insert(*specification);
        }
        Registry { specifications }
    }

    /// The specification of that name.
    pub fn get(&self, name: &str) -> Option<&ActionSpec> {
        self.specifications.get(name)
    }

    /// Every specification, in the order of the tables.
    pub fn iter(&self) -> impl Iterator<Item = &ActionSpec> {
        self.specifications.values()
    }

    /// Every name, in the order of the tables.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.specifications.keys().copied()
    }

    /// Reads `noun.verb name=value …`.
    ///
    /// # Errors
    /// Says which word is wrong, and the nearest right one.
    pub fn resolve(&self, invocation: &str) -> Result<Action, InvocationError> {
        let mut words = invocation.split_whitespace();
        let name = words.next().unwrap_or_default();
        self.resolve_words(name, words)
    }

    /// Reads an action's name and its `name=value` words, as a shell has split them.
    ///
    /// # Errors
    /// Says which word is wrong, and the nearest right one.
    pub fn resolve_words<'a>(
        &self,
        name: &str,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Result<Action, InvocationError> {
        let Some(specification) = self.get(name) else {
            return Err(InvocationError::UnknownAction {
                name: name.to_owned(),
                nearest: nearest(name, self.names()),
            });
        };
        let mut action = Action::plain(specification.name);
        for word in words {
            let (given, value) =
                word.split_once('=').ok_or_else(|| InvocationError::NotAnArgument(word.to_owned()))?;
            let Some(argument) = specification.arguments.iter().find(|argument| argument.name == given)
            else {
                return Err(InvocationError::UnknownArgument {
                    action: specification.name,
                    argument: given.to_owned(),
                    nearest: nearest(given, specification.arguments.iter().map(|argument| argument.name)),
                });
            };
            let bad = |wanted: String, near| InvocationError::BadValue {
                action: specification.name,
                argument: argument.name,
                wanted,
                given: value.to_owned(),
                nearest: near,
            };
            let value = match argument.kind {
                ArgumentKind::Text => ArgumentValue::Text(value.to_owned()),
                ArgumentKind::Count => ArgumentValue::Count(
                    value.parse().map_err(|_| bad("a whole number, zero or more".to_owned(), None))?,
                ),
                ArgumentKind::Choice(choices) => match choices.iter().find(|choice| **choice == value) {
                    Some(choice) => ArgumentValue::Text((*choice).to_owned()),
                    None => {
                        let near = nearest(value, choices.iter().copied());
                        return Err(bad(format!("one of {}", choices.join(", ")), near));
                    }
                },
            };
            action.arguments.push((argument.name, value));
        }
        for argument in specification.arguments.iter().filter(|argument| argument.required) {
            if !action.arguments.iter().any(|(name, _)| *name == argument.name) {
                return Err(InvocationError::MissingArgument {
                    action: specification.name,
                    argument: argument.name,
                });
            }
        }
        Ok(action)
    }
}

/// The candidate nearest to a word, unless all are far.
fn nearest(word: &str, candidates: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}
