//! The events that are kept, and when they are forgotten.

use std::collections::VecDeque;

use k8s_pb::api::core::v1::{Event, ObjectReference};
use rustc_hash::FxHashMap;

use crate::demo::events::{self, Saying};
use crate::demo::store::{Key, Kind, Store};
use crate::platform::time::Instant;

/// How many events are kept, and for how long, in milliseconds.
const KEPT: (usize, i64) = (4_000, 3_600_000);

/// Every sighting of an event, so that the oldest events can be forgotten.
#[derive(Debug, Default)]
pub struct Recorder {
    /// Oldest first: its key, when, and its number.
    sightings: VecDeque<(Key, Instant, u64)>,
    /// The number of each event's latest sighting.
    latest: FxHashMap<Key, u64>,
    count: u64,
}

impl Recorder {
    /// Takes note of the events that there are.
    pub fn look_around(&mut self, store: &Store, now: Instant) {
        for event in store.list(Kind::Event, None, None) {
            self.remember(event.key.clone(), now);
        }
    }

    /// Records an event that a component on a node tells of, or on none, and forgets the oldest.
    pub fn record(
        &mut self,
        store: &mut Store,
        about: ObjectReference,
        saying: &Saying<'_>,
        host: &str,
        now: Instant,
    ) {
        let key = events::record(store, about, saying, host, now);
        self.remember(key, now);
        while let Some((_, at, _)) = self.sightings.front()
            && (self.sightings.len() > KEPT.0 || now.since(*at) > KEPT.1)
            && let Some((key, _, number)) = self.sightings.pop_front()
        {
            // One that was seen again since has a later entry.
            if self.latest.get(&key) == Some(&number) {
                self.latest.remove(&key);
                store.remove::<Event>(&key);
            }
        }
    }

    fn remember(&mut self, key: Key, at: Instant) {
        self.count += 1;
        self.latest.insert(key.clone(), self.count);
        self.sightings.push_back((key, at, self.count));
    }
}
