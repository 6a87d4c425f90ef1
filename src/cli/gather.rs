//! Gathers a picture without a screen, for the commands that print what a pane would show.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::clients::kubernetes::Connection;
use crate::feeds::{FeedOptions, Feeds};
use crate::picture::Picture;
use crate::picture::model::Delta;
use crate::platform::freshness::Freshness;
use crate::platform::object::Kind;

/// Deltas that wait at most: feeds wait when the picture does not keep up.
pub const DELTAS: usize = 64;

/// How long a source may be down before it counts as not reachable.
const DOWN: Duration = Duration::from_secs(5);

/// A picture, and what keeps it live.
pub struct Gathering {
    /// The picture.
    pub picture: Picture,
    deltas: mpsc::Receiver<Delta>,
    _feeds: Feeds,
    _wanted: watch::Sender<Option<crate::platform::object::ObjectReference>>,
    _refresh: watch::Sender<u64>,
}

impl Gathering {
    /// Starts every feed.
    pub fn begin(runtime: &Handle, connection: &Connection, options: &FeedOptions, picture: Picture) -> Self {
        let (sender, deltas) = mpsc::channel(DELTAS);
        let (wanted, wanted_seen) = watch::channel(None);
        let (refresh, refreshed) = watch::channel(0);
        let feeds = Feeds::start(runtime, &connection.reader(), options, &sender, wanted_seen, refreshed);
        Gathering { picture, deltas, _feeds: feeds, _wanted: wanted, _refresh: refresh }
    }

    /// Takes in what arrives until every one of these kinds is there, or known not to be; false when the time is up.
    pub async fn settle(&mut self, kinds: &[Kind], limit: Duration) -> bool {
        let begun = Instant::now();
        let down_at = begun + DOWN;
        let deadline = begun + limit;
        loop {
            let states: Vec<Freshness> = kinds.iter().map(|kind| self.state(*kind)).collect();
            if states.iter().all(|state| matches!(state, Freshness::Live | Freshness::Off(_))) {
                return true;
            }
            let lost = states.iter().all(|state| {
                matches!(state, Freshness::Live | Freshness::Off(_) | Freshness::Down(..))
            });
            let until = if lost { down_at.min(deadline) } else { deadline };
            match tokio::time::timeout_at(until, self.deltas.recv()).await {
                Ok(Some(delta)) => self.picture.apply(delta),
                Ok(None) | Err(_) => return false,
            }
        }
    }

    fn state(&self, kind: Kind) -> Freshness {
        let summary = self.picture.source(kind);
        match summary.freshness {
            Freshness::Live if summary.arriving => Freshness::Loading,
            other => other,
        }
    }
}
