//! The binary: it starts the console, and reports what the library can't go on with.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;
use quarterdeck::cli::arguments::Arguments;
use quarterdeck::cli::dispatch;
use quarterdeck::cli::exit::ExitStatus;
use quarterdeck::cli::startup::StartError;

fn main() -> ExitCode {
    if let Err(error) = color_eyre::install() {
        // Reports are plainer then, that is all.
        let _ = writeln!(std::io::stderr(), "quarterdeck: {error}");
    }
    match dispatch::execute(Arguments::parse()) {
        Ok(status) => status.into(),
        // Whoever reads the output has read enough.
        Err(StartError::Input(error)) if error.kind() == ErrorKind::BrokenPipe => ExitStatus::Done.into(),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "quarterdeck: {error}");
            if let Some(advice) = error.advice() {
                let _ = writeln!(std::io::stderr(), "{advice}");
            }
            error.status().into()
        }
    }
}
