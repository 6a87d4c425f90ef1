//! The record of operations: JSON lines, synced before anything is applied.

mod error;
mod file;
mod record;
mod render;
mod stamp;
mod summary;

pub use error::JournalError;
pub use file::Journal;
pub use record::{
    Actor, Entry, Intent, IntentId, OutcomeRecord, PreflightLine, SubjectRecord, Undo, Verdict,
};
pub use render::{Format, printable, render};
pub use summary::{History, Operation};
