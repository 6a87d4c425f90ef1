//! What has to be read from the disk, away from the loop that draws.

use tokio::sync::mpsc;

use crate::journal::{History, Journal, JournalError};
use crate::platform::object::ObjectReference;

/// What the journal is read for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To tell what an earlier console left unfinished.
    Unfinished,
    /// To show it.
    Show,
    /// To find how to put back the latest change to an object.
    Undo(ObjectReference),
}

/// The journal, as it was read.
pub(super) struct Errand {
    /// What it was read for.
    pub(super) purpose: Purpose,
    /// What it holds.
    pub(super) history: Result<History, JournalError>,
}

/// The errands that are under way.
pub(super) struct Errands {
    sender: mpsc::UnboundedSender<Errand>,
    done: mpsc::UnboundedReceiver<Errand>,
}

impl Errands {
    /// None is under way.
    pub(super) fn new() -> Self {
        let (sender, done) = mpsc::unbounded_channel();
        Errands { sender, done }
    }

    /// Reads the journal. Needs a tokio runtime.
    pub(super) fn read(&self, journal: &Journal, purpose: Purpose) {
        let (journal, sender) = (journal.clone(), self.sender.clone());
        tokio::task::spawn_blocking(move || {
            // Nobody waits for it any more when the console has ended.
            let _ = sender.send(Errand { purpose, history: journal.read() });
        });
    }

    /// Waits for the next that is done. Can be dropped and called again without losing one.
    pub(super) async fn next(&mut self) -> Errand {
        match self.done.recv().await {
            Some(errand) => errand,
            // A sender is held here, so that the channel never closes.
            None => std::future::pending().await,
        }
    }
}
