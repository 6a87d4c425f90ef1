//! What is due when, on the platform's own clock.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::platform::time::Instant;

/// Things to do at their times, in the order of their times and then of their setting.
#[derive(Debug)]
pub struct Timers<T: Ord> {
    heap: BinaryHeap<Reverse<(Instant, u64, T)>>,
    set: u64,
    /// The earliest time of what waits once.
    once: BTreeMap<T, Instant>,
}

impl<T: Ord> Default for Timers<T> {
    fn default() -> Self {
        Timers { heap: BinaryHeap::new(), set: 0, once: BTreeMap::new() }
    }
}

impl<T: Ord + Clone> Timers<T> {
    /// Something to do at its time.
    pub fn set(&mut self, due: Instant, what: T) {
        self.set += 1;
        self.heap.push(Reverse((due, self.set, what)));
    }

    /// Something to do at its time, unless it is set for an earlier one already.
    pub fn set_once(&mut self, due: Instant, what: T) {
        if self.once.get(&what).is_some_and(|earlier| *earlier <= due) {
            return;
        }
        self.once.insert(what.clone(), due);
        self.set(due, what);
    }

    /// When the next is due.
    pub fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((due, ..))| *due)
    }

    /// Takes the next, where it is due.
    pub fn take_due(&mut self, now: Instant) -> Option<T> {
        if self.next()? > now {
            return None;
        }
        let Reverse((due, _, what)) = self.heap.pop()?;
        if self.once.get(&what).is_some_and(|waiting| *waiting <= due) {
            self.once.remove(&what);
        }
        Some(what)
    }
}
