//! `quarterdeck journal`: the record of operations on standard output.

use std::io::{self, Write};

use super::exit::ExitStatus;
use crate::journal::{Format, Journal, render};

/// Prints the journal to `out`; what goes wrong is said on `diagnostics`.
///
/// # Errors
/// When `out` or `diagnostics` can't be written.
pub fn print(
    journal: &Journal,
    format: Format,
    out: &mut dyn Write,
    diagnostics: &mut dyn Write,
) -> io::Result<ExitStatus> {
    match journal.read() {
        Ok(history) => {
            render(&history, format, out)?;
            Ok(ExitStatus::Done)
        }
        Err(error) => {
            writeln!(diagnostics, "quarterdeck: {error}")?;
            Ok(ExitStatus::Failed)
        }
    }
}
