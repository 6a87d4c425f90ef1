//! What is due when, on the runtime's time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use tokio::time::Instant;

/// Things to do at their times, in the order of their times and then of their setting.
#[derive(Debug)]
pub struct Timers<T: Ord> {
    heap: BinaryHeap<Reverse<(Instant, u64, T)>>,
    set: u64,
}

impl<T: Ord> Default for Timers<T> {
    fn default() -> Self {
        Timers { heap: BinaryHeap::new(), set: 0 }
    }
}

impl<T: Ord> Timers<T> {
    /// Something to do in so many milliseconds; at once where they are negative.
    pub fn set(&mut self, milliseconds: i64, what: T) {
        let due = Instant::now() + Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0));
        self.set += 1;
        self.heap.push(Reverse((due, self.set, what)));
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
        self.heap.pop().map(|Reverse((_, _, what))| what)
    }
}
