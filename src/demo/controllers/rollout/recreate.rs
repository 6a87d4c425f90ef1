//! Recreation: all old pods go before the first new one comes.

use super::sets::Rollout;
use crate::demo::controllers::status;
use crate::demo::objects::uid;

impl Rollout<'_> {
    /// One step of a recreation. `false` where the new set's name was taken.
    pub fn recreate(&mut self) -> bool {
        let mut scaled = false;
        for place in self.active(self.old()) {
            scaled |= self.scale(place, 0, false);
        }
        if scaled || self.old_pods_run() {
            return true;
        }
        if self.new.is_none() && !self.sync_revision(true) {
            return false;
        }
        if let Some(new) = self.new {
            self.scale(new, self.wanted(), false);
        }
        true
    }

    fn old_pods_run(&self) -> bool {
        self.old().into_iter().map(|place| &self.sets[place]).any(|set| {
            set.status.as_ref().and_then(|status| status.replicas).unwrap_or(0) > 0
                || status::pods_of(self.store, uid(set.metadata.as_ref())).any(|(_, pod)| !pod.finished())
        })
    }
}
