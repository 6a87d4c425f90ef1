//! The log, to a file: the screen belongs to the console.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

/// What is logged unless `$QUARTERDECK_LOG` says otherwise: nothing that a server or a user wrote.
const DEFAULT: &str = "quarterdeck=info,warn";

/// Writes the log to `quarterdeck.log` in the state folder, until the guard is dropped. A folder that can't be written to
/// means no log; the console goes on.
pub fn begin(state: &Path) -> Option<WorkerGuard> {
    std::fs::create_dir_all(state).ok()?;
    let file =
        std::fs::OpenOptions::new().create(true).append(true).open(state.join("quarterdeck.log")).ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("QUARTERDECK_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let subscriber =
        tracing_subscriber::fmt().with_writer(writer).with_env_filter(filter).with_ansi(false).finish();
    tracing::subscriber::set_global_default(subscriber).ok()?;
    Some(guard)
}
