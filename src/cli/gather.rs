//! Gathers a picture without a screen, for the commands that print what a pane would show.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::clients::kubernetes::Connection;
use crate::console::Deck;
use crate::feeds::{FeedOptions, Feeds};
use crate::picture::Picture;
use crate::picture::model::Delta;
use crate::platform::freshness::Freshness;
use crate::platform::object::{Kind, ObjectReference};

/// Deltas that wait at most: feeds wait when the picture does not keep up.
pub const DELTAS: usize = 64;

/// How long a source may be down before it counts as not reachable.
const DOWN: Duration = Duration::from_secs(3);

/// What takes deltas in.
pub trait Gatherer {
    /// Takes one in.
    fn take(&mut self, delta: Delta);
    /// The picture so far.
    fn picture(&self) -> &Picture;
}

impl Gatherer for Picture {
    fn take(&mut self, delta: Delta) {
        self.apply(delta);
    }

    fn picture(&self) -> &Picture {
        self
    }
}

impl Gatherer for Deck {
    fn take(&mut self, delta: Delta) {
        self.apply(delta);
    }

    fn picture(&self) -> &Picture {
        Deck::picture(self)
    }
}

/// The two ways from the console to the feeds.
pub struct Wishes {
    /// The object that is wanted in full.
    pub detail: watch::Sender<Option<ObjectReference>>,
    /// Counted up to let every source try again at once.
    pub refresh: watch::Sender<u64>,
}

/// Running feeds, and what they deliver.
pub struct Gathering {
    /// What the feeds deliver.
    pub deltas: mpsc::Receiver<Delta>,
    /// What keeps them running.
    pub feeds: Feeds,
}

impl Gathering {
    /// Starts every feed.
    pub fn begin(runtime: &Handle, connection: &Connection, options: &FeedOptions) -> (Self, Wishes) {
        let (sender, deltas) = mpsc::channel(DELTAS);
        let (detail, wanted) = watch::channel(None);
        let (refresh, refreshed) = watch::channel(0);
        let feeds = Feeds::start(runtime, &connection.reader(), options, &sender, wanted, refreshed);
        (Gathering { deltas, feeds }, Wishes { detail, refresh })
    }

    /// Takes in what arrives until every one of these kinds is there, or known not to be; false when the time is up, or
    /// what is missing is out of reach.
    pub async fn settle(&mut self, into: &mut impl Gatherer, kinds: &[Kind], limit: Duration) -> bool {
        let begun = Instant::now();
        let (down_at, deadline) = (begun + DOWN, begun + limit);
        loop {
            let states: Vec<Freshness> = kinds.iter().map(|kind| state(into.picture(), *kind)).collect();
            if states.iter().all(|state| matches!(state, Freshness::Live | Freshness::Off(_))) {
                return true;
            }
            let known = |state: &Freshness| {
                matches!(state, Freshness::Live | Freshness::Off(_) | Freshness::Down(..))
            };
            let until = if states.iter().all(known) { down_at.min(deadline) } else { deadline };
            match tokio::time::timeout_at(until, self.deltas.recv()).await {
                Ok(Some(delta)) => into.take(delta),
                Ok(None) | Err(_) => return false,
            }
        }
    }
}

fn state(picture: &Picture, kind: Kind) -> Freshness {
    let summary = picture.source(kind);
    match summary.freshness {
        Freshness::Live if summary.arriving => Freshness::Loading,
        other => other,
    }
}
