//! What a keymap's words mean: its contexts, its actions, and what may not be on a key.

use crate::actions::{Action, Danger, Registry};
use crate::config::{Diagnostic, KeymapFile};

use super::key::Key;
use super::keymap::{Keymap, ResolveError, Rules};

/// Where any key is looked up last.
pub(super) const GLOBAL: &str = "global";
/// Where the keys of tables are.
pub(super) const TABLE: &str = "table";
/// While text is typed.
pub(super) const PROMPT: &str = "prompt";
/// While a question or a text stands above the pane.
pub(super) const DIALOG: &str = "dialog";

/// Every context that a keymap can bind keys in.
pub const CONTEXTS: &[&str] = &[GLOBAL, TABLE, "zones", "workloads", "pods", "detail", PROMPT, DIALOG];

/// Makes the keymap of the shipped file and the user's.
///
/// # Errors
/// Every problem of both files: what [`Keymap::build`] finds, an operation on a ctrl key, and an operation on
/// the key that confirms it.
pub fn keymap(
    shipped: &KeymapFile,
    user: Option<&KeymapFile>,
    registry: &Registry,
) -> Result<Keymap<Action>, Vec<Diagnostic>> {
    let confirming = confirm_keys(shipped, user);
    let resolve = |invocation: &str| {
        registry.resolve(invocation).map_err(|error| ResolveError {
            message: error.to_string(),
            nearest: error.nearest().map(str::to_owned),
        })
    };
    let forbidden = |keys: &[Key], action: &Action| {
        let changes = registry.get(action.name).is_some_and(|found| found.danger != Danger::None);
        if !changes {
            return None;
        }
        if keys.iter().any(|key| key.has_control()) {
            return Some(format!("`{}` changes something, and can't be on a ctrl key", action.name));
        }
        let confirms = keys.last().is_some_and(|last| confirming.contains(last));
        confirms.then(|| format!("`{}` can't be on the key that confirms it", action.name))
    };
    Keymap::build(shipped, user, &Rules { contexts: CONTEXTS, resolve: &resolve, forbidden: &forbidden })
}

/// The keys that either file binds to the confirmation.
fn confirm_keys(shipped: &KeymapFile, user: Option<&KeymapFile>) -> Vec<Key> {
    std::iter::once(shipped)
        .chain(user)
        .flat_map(|file| &file.contexts)
        .flat_map(|context| &context.bindings)
        .filter(|binding| binding.invocation.get_ref() == "dialog.confirm")
        .filter_map(|binding| Key::parse_sequence(binding.keys.get_ref()).ok()?.last().copied())
        .collect()
}
