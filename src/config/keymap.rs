//! The keymap file: which keys ask for which action, by context.

use super::section;
use super::{Diagnostic, Source, Spanned};

/// A keymap as it is written. What keys and actions mean is for the console to say.
#[derive(Debug, Clone)]
pub struct KeymapFile {
    /// Where the keymap was read from.
    pub source: Source,
    /// What is wrong with the file's form. Whoever gives its words their meaning reports this as well.
    pub problems: Vec<Diagnostic>,
    /// The tables `[keys.CONTEXT]`, in the order of the file.
    pub contexts: Vec<KeyContext>,
}

/// The bindings of one context.
#[derive(Debug, Clone)]
pub struct KeyContext {
    /// The context: `global`, `table`, `detail`, `prompt`, `dialog` or a pane.
    pub name: Spanned<String>,
    /// The bindings, in the order of the file.
    pub bindings: Vec<BindingEntry>,
}

/// One line of a keymap.
#[derive(Debug, Clone)]
pub struct BindingEntry {
    /// One key, or several pressed after each other, separated by spaces.
    pub keys: Spanned<String>,
    /// An action with its arguments, `noun.verb argument=value …`, or `unbound`.
    pub invocation: Spanned<String>,
}

impl KeymapFile {
    /// Reads a keymap file.
    ///
    /// # Errors
    ///
    /// What the grammar rejects, of a file that isn't TOML.
    pub fn parse(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let (contexts, problems) = section::parse(source, |root, problems| {
            let mut contexts = Vec::new();
            let entries = root.section("keys", problems).map(section::Section::entries).unwrap_or_default();
            for entry in entries {
                let Some(section) = entry.section("a table", problems) else { continue };
                let bindings = section
                    .entries()
                    .into_iter()
                    .filter_map(|binding| {
                        let invocation = binding.text(problems)?;
                        Some(BindingEntry { keys: binding.key, invocation })
                    })
                    .collect();
                contexts.push(KeyContext { name: entry.key, bindings });
            }
            contexts
        })?;
        Ok(Self { source: source.clone(), problems, contexts })
    }
}
