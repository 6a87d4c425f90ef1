//! `completions`, `man`, `keys` and `actions`: all from the command line's definition and the registry.

use std::io::{self, Write};

use clap::CommandFactory;

use super::arguments::Arguments;
use crate::actions::{Action, ArgumentKind, Danger, Registry};
use crate::console::CONTEXTS;
use crate::console::keymap::{Keymap, written};

/// Prints completions for a shell.
pub fn completions(shell: clap_complete::Shell, out: &mut dyn Write) {
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "quarterdeck", &mut &mut *out);
}

/// Prints the manual page.
///
/// # Errors
/// When it can't be written.
pub fn manual(out: &mut dyn Write) -> io::Result<()> {
    clap_mangen::Man::new(Arguments::command()).render(&mut &mut *out)
}

/// Prints every key, by context.
///
/// # Errors
/// When it can't be written.
pub fn keys(keymap: &Keymap<Action>, registry: &Registry, out: &mut dyn Write) -> io::Result<()> {
    for context in CONTEXTS {
        let bindings = keymap.bindings(context);
        if bindings.is_empty() {
            continue;
        }
        writeln!(out, "{context}")?;
        for (keys, action) in bindings {
            let summary = registry.get(action.name).map_or("", |specification| specification.summary);
            writeln!(out, "  {:<12} {:<32} {summary}", written(&keys), action.to_string())?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Prints every action, with its arguments.
///
/// # Errors
/// When it can't be written.
pub fn actions(registry: &Registry, out: &mut dyn Write) -> io::Result<()> {
    for specification in registry.iter() {
        let danger = match specification.danger {
            Danger::None => "",
            Danger::Careful => "  [changes the cluster]",
            Danger::Dangerous => "  [dangerous]",
        };
        writeln!(out, "{:<26} {}{danger}", specification.name, specification.summary)?;
        for argument in specification.arguments {
            let values = match argument.kind {
                ArgumentKind::Text => "TEXT".to_owned(),
                ArgumentKind::Count => "NUMBER".to_owned(),
                ArgumentKind::Choice(choices) => choices.join("|"),
            };
            let asked = if argument.required { "" } else { "  (optional)" };
            writeln!(out, "{:<26}   {}={values}  {}{asked}", "", argument.name, argument.summary)?;
        }
    }
    Ok(())
}
