//! The rows of one kind, in slots that stay where they are.

use rustc_hash::FxHashMap;

use super::model::Row;
use crate::platform::object::Uid;

/// A place in a [`Table`]. It is used again after its row has gone.
pub(super) type Slot = u32;

/// Which source put a row there, and in which of its lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Confirmation {
    /// The source, by its index.
    pub(super) source: u16,
    /// The list of the source.
    pub(super) list: u32,
}

#[derive(Debug)]
struct Entry<R> {
    row: R,
    confirmation: Confirmation,
}

/// The rows of one kind.
#[derive(Debug)]
pub struct Table<R> {
    entries: Vec<Option<Entry<R>>>,
    free: Vec<Slot>,
    by_uid: FxHashMap<Uid, Slot>,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Table { entries: Vec::new(), free: Vec::new(), by_uid: FxHashMap::default() }
    }
}

impl<R: Row> Table<R> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.by_uid.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_uid.is_empty()
    }

    /// The row of that identity.
    pub fn get(&self, uid: Uid) -> Option<&R> {
        self.row(*self.by_uid.get(&uid)?)
    }

    /// The row of that name, found by looking at each.
    pub fn find(&self, namespace: &str, name: &str) -> Option<&R> {
        self.iter().find(|row| row.name() == name && row.namespace() == namespace)
    }

    /// Every row, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &R> {
        self.entries.iter().flatten().map(|entry| &entry.row)
    }

    pub(super) fn slots(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn row(&self, slot: Slot) -> Option<&R> {
        self.entries.get(slot as usize)?.as_ref().map(|entry| &entry.row)
    }

    pub(super) fn row_mut(&mut self, slot: Slot) -> Option<&mut R> {
        self.entries.get_mut(slot as usize)?.as_mut().map(|entry| &mut entry.row)
    }

    pub(super) fn slot_of(&self, uid: Uid) -> Option<Slot> {
        self.by_uid.get(&uid).copied()
    }

    pub(super) fn confirmation(&self, slot: Slot) -> Option<Confirmation> {
        self.entries.get(slot as usize)?.as_ref().map(|entry| entry.confirmation)
    }

    /// Puts a row in its slot, and returns the slot and what was there.
    pub(super) fn put(&mut self, row: R, confirmation: Confirmation) -> (Slot, Option<R>) {
        let uid = row.uid();
        let entry = Entry { row, confirmation };
        if let Some(&slot) = self.by_uid.get(&uid) {
            let before = self.entries[slot as usize].replace(entry);
            return (slot, before.map(|entry| entry.row));
        }
        let slot = match self.free.pop() {
            Some(slot) => {
                self.entries[slot as usize] = Some(entry);
                slot
            }
            None => {
                self.entries.push(Some(entry));
                (self.entries.len() - 1) as Slot
            }
        };
        self.by_uid.insert(uid, slot);
        (slot, None)
    }

    /// Takes the row of that identity out.
    pub(super) fn remove(&mut self, uid: Uid) -> Option<(Slot, R)> {
        let slot = self.by_uid.remove(&uid)?;
        let entry = self.entries[slot as usize].take()?;
        self.free.push(slot);
        Some((slot, entry.row))
    }

    /// The identities of the rows of a source that its list did not confirm.
    pub(super) fn unconfirmed(&self, source: u16, list: Option<u32>) -> Vec<Uid> {
        self.entries
            .iter()
            .flatten()
            .filter(|entry| entry.confirmation.source == source && Some(entry.confirmation.list) != list)
            .map(|entry| entry.row.uid())
            .collect()
    }
}
