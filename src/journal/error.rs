//! What can go wrong with the journal.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why the journal can't be written or read.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The folder can't be made.
    #[error("the journal's folder {path} can't be made: {source}", path = path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file can't be opened, locked, written or synced.
    #[error("the journal {path} can't be written: {source}", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file can't be read.
    #[error("the journal {path} can't be read: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An entry can't be put into JSON.
    #[error("an entry of the journal can't be put into JSON: {0}")]
    Encoding(#[from] serde_json::Error),
}
