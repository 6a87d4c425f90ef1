//! The journal's file: appended under a lock, one write for each line, synced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{Entry, History, JournalError};

const FILE_NAME: &str = "journal.jsonl";

/// The journal of a state folder. Several consoles append to one at the same time.
///
/// Its methods wait for the disk: call them off the loop that draws.
#[derive(Debug, Clone)]
pub struct Journal {
    folder: PathBuf,
    path: PathBuf,
}

impl Journal {
    /// The journal of that folder; nothing is made before the first entry.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let path = folder.join(FILE_NAME);
        Journal { folder, path }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends an entry, and returns once it is on the disk.
    ///
    /// # Errors
    /// When the folder can't be made, or the file can't be locked, written or synced.
    pub fn append(&self, entry: &Entry) -> Result<(), JournalError> {
        let line = serde_json::to_string(entry)?;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(|source| JournalError::Folder { path: self.folder.clone(), source })?;
        self.write_line(&line).map_err(|source| JournalError::Write { path: self.path.clone(), source })
    }

    /// Every operation on record, oldest first; none where there is no file yet.
    ///
    /// # Errors
    /// When the file is there and can't be read.
    pub fn read(&self) -> Result<History, JournalError> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(History::from_lines(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(History::default()),
            Err(source) => Err(JournalError::Read { path: self.path.clone(), source }),
        }
    }

    /// The operations that have an intent and no outcome: a console ended in between, or one is at it now.
    ///
    /// # Errors
    /// When the file is there and can't be read.
    pub fn unfinished(&self) -> Result<Vec<super::Operation>, JournalError> {
        let history = self.read()?;
        Ok(history.operations.into_iter().filter(super::Operation::unfinished).collect())
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        let mut file =
            OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.path)?;
        file.lock()?;
        let length = file.seek(SeekFrom::End(0))?;
        let mut bytes = Vec::with_capacity(line.len() + 2);
        if length > 0 && !ends_in_newline(&mut file)? {
            // A console died in the middle of a line: this one must not be swallowed by it.
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
        file.write_all(&bytes)?;
        file.sync_data()?;
        if length == 0 {
            // A new file is only durable once its folder knows it.
            File::open(&self.folder)?.sync_all()?;
        }
        file.unlock()
    }
}

fn ends_in_newline(file: &mut File) -> io::Result<bool> {
    let mut last = [0_u8];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
