//! The latest changes of one kind, from which watches are resumed.

use std::collections::VecDeque;
use std::sync::Arc;

use super::object::StoredObject;

/// How many changes of a kind can be replayed.
const CAPACITY: usize = 8192;

/// One change of one object.
#[derive(Debug, Clone)]
pub struct Change {
    /// The version that it made.
    pub version: u64,
    /// The object before; `None` when it is new.
    pub before: Option<Arc<StoredObject>>,
    /// The object after; `None` when it is gone.
    pub after: Option<Arc<StoredObject>>,
    /// What the change left: the object after, or for one that is gone its last state under the version of its end.
    pub last: Arc<StoredObject>,
}

/// A watch asked for versions that are no longer kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// The oldest version from which a watch can be resumed.
    pub oldest: u64,
}

/// The ring of changes.
#[derive(Debug)]
pub struct History {
    oldest: u64,
    changes: VecDeque<Change>,
}

impl History {
    /// An empty history; versions before `version` can't be replayed.
    pub fn new(version: u64) -> Self {
        History { oldest: version, changes: VecDeque::new() }
    }

    /// Appends a change, and forgets the oldest when the ring is full.
    pub fn push(&mut self, change: Change) {
        if self.changes.len() == CAPACITY
            && let Some(forgotten) = self.changes.pop_front()
        {
            self.oldest = forgotten.version;
        }
        self.changes.push_back(change);
    }

    /// The changes after a version, oldest first.
    pub fn after(&self, version: u64) -> Result<impl DoubleEndedIterator<Item = &Change>, Expired> {
        if version < self.oldest {
            return Err(Expired { oldest: self.oldest });
        }
        let start = self.changes.partition_point(|change| change.version <= version);
        Ok(self.changes.range(start..))
    }

    /// Forgets the changes up to a version; what was before it can't be replayed any more.
    pub fn forget_before(&mut self, version: u64) {
        let end = self.changes.partition_point(|change| change.version <= version);
        self.changes.drain(..end);
        self.oldest = self.oldest.max(version);
    }
}
