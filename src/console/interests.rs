//! What the pane that is shown needs, compared with what it needed before.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::panes::Interests;
use crate::picture::Picture;
use crate::platform::object::ObjectReference;

/// How long the cursor rests before the object under it is fetched in full.
const REST: Duration = Duration::from_millis(150);

/// What was asked for last.
pub(super) struct Watched {
    shown: Interests,
    fetch_at: Option<Instant>,
    wanted: watch::Sender<Option<ObjectReference>>,
}

impl Watched {
    /// Nothing has been asked for yet. The sender tells feeds which object is wanted in full.
    pub(super) fn new(wanted: watch::Sender<Option<ObjectReference>>) -> Self {
        Watched { shown: Interests::default(), fetch_at: None, wanted }
    }

    /// Asks the picture for what is needed now, and later, once the cursor has rested, feeds for the detail.
    pub(super) fn compare(&mut self, interests: Interests, picture: &mut Picture, now: Instant) {
        if interests.pods != self.shown.pods {
            picture.show_pods(interests.pods.clone());
        }
        if interests.workloads != self.shown.workloads {
            picture.show_workloads(interests.workloads.clone());
        }
        if interests.detail != self.shown.detail {
            // What was fetched for another object is of no use; the new one may only be passed over.
            let wait = if interests.detail.is_some() { REST } else { Duration::ZERO };
            self.fetch_at = Some(now + wait);
        }
        self.shown = interests;
    }

    /// The detail is wanted at once, since the person asked for it.
    pub(super) fn hurry(&mut self, now: Instant) {
        if self.fetch_at.is_some() {
            self.fetch_at = Some(now);
        }
    }

    /// Tells feeds what is wanted in full, if the cursor has rested.
    pub(super) fn fetch_if_due(&mut self, now: Instant) {
        if self.fetch_at.is_some_and(|at| at <= now) {
            self.fetch_at = None;
            let detail = self.shown.detail.clone();
            self.wanted.send_if_modified(|wanted| {
                let changed = *wanted != detail;
                *wanted = detail;
                changed
            });
        }
    }

    /// When the cursor will have rested.
    pub(super) fn fetch_at(&self) -> Option<Instant> {
        self.fetch_at
    }

    /// What the pane needs.
    pub(super) fn shown(&self) -> &Interests {
        &self.shown
    }
}
