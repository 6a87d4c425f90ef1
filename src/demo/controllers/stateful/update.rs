//! Rolling updates of stateful sets: from the last pod down to the partition.

use super::replicas::SetAtWork;

impl SetAtWork<'_> {
    /// Removes the last pod that isn't of the newest revision, once all after it are back.
    pub fn update(&mut self) {
        if !self.is_rolling() {
            return;
        }
        let wanted = self.ordinals();
        let (now, min_ready, newest) = (self.simulation.now(), self.min_ready(), self.revisions.newest());
        let first = wanted.start + self.partition().unwrap_or(0);
        let pods = self.pods();
        for ordinal in (first.max(wanted.start)..wanted.end).rev() {
            let Some(pod) = pods.get(&ordinal) else { return };
            if pod.revision != newest && !pod.terminating {
                self.remove(&pod.key);
                return;
            }
            if pod.unavailable(min_ready, now) {
                return;
            }
        }
    }

    /// The revision of which a pod is made that is missing at this place.
    pub fn revision_for(&self, ordinal: i32) -> String {
        let start = self.ordinals().start;
        let current = self.set.status.as_ref().and_then(|status| status.current_replicas).unwrap_or(0);
        let kept = self.partition().unwrap_or(current);
        if self.is_rolling() && ordinal < start + kept {
            self.current_revision()
        } else {
            self.revisions.newest()
        }
    }

    /// Whether pods are updated by the set itself.
    pub fn is_rolling(&self) -> bool {
        let strategy = self.set.spec.as_ref().and_then(|spec| spec.update_strategy.as_ref());
        strategy.and_then(|strategy| strategy.r#type.as_deref()) != Some("OnDelete")
    }

    /// The place from which on pods are updated; `None` where the strategy doesn't say.
    fn partition(&self) -> Option<i32> {
        let strategy = self.set.spec.as_ref().and_then(|spec| spec.update_strategy.as_ref());
        strategy.and_then(|it| it.rolling_update.as_ref()).map(|rolling| rolling.partition.unwrap_or(0))
    }
}
