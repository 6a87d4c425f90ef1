//! What a stateful set reports, and which revisions it keeps.

use k8s_pb::api::apps::v1::StatefulSetStatus;

use super::replicas::{Replica, SetAtWork};
use crate::demo::controllers::status::positive;

impl SetAtWork<'_> {
    /// Reports the counts; in how many milliseconds a pod becomes available by itself.
    pub fn report(&mut self) -> Option<i64> {
        let (now, min_ready) = (self.simulation.now(), self.min_ready());
        let pods = self.pods();
        let (current, newest) = (self.current_revision(), self.revisions.newest());
        let count = |test: &dyn Fn(&Replica) -> bool| {
            i32::try_from(pods.values().filter(|pod| test(pod)).count()).unwrap_or(i32::MAX)
        };
        let of = |revision: &str| count(&|pod| !pod.terminating && pod.revision == revision);
        let before = self.set.status.clone().unwrap_or_default();
        let ready = count(&|pod| pod.ready.is_some());
        let (replicas, updated) = (count(&|_| true), of(&newest));
        let wanted = self.ordinals();
        let complete = self.is_rolling()
            && [updated, ready, replicas].into_iter().all(|count| count == wanted.end - wanted.start);
        let next = StatefulSetStatus {
            observed_generation: self.set.metadata.as_ref().and_then(|it| it.generation),
            replicas: Some(replicas),
            ready_replicas: positive(ready),
            current_replicas: positive(if complete { updated } else { of(&current) }),
            updated_replicas: positive(updated),
            available_replicas: Some(count(&|pod| pod.available(min_ready, now))),
            current_revision: Some(if complete { newest.clone() } else { current }),
            update_revision: Some(newest),
            collision_count: Some(before.collision_count.unwrap_or(0)),
            conditions: before.conditions,
        };
        if self.set.status.as_ref() != Some(&next) {
            self.set.status = Some(next);
            self.store.put(&mut self.set);
        }
        let waits = pods.values().filter_map(|pod| {
            let wait = pod.ready?.plus_millis(i64::from(min_ready) * 1_000).since(now);
            Some(wait).filter(|wait| *wait > 0)
        });
        waits.min()
    }

    /// Forgets the oldest revisions that no pod is of.
    pub fn truncate_history(&mut self) {
        let kept = self.spec().revision_history_limit.unwrap_or(10);
        let current = self.current_revision();
        let pods = self.pods();
        self.revisions.truncate(self.store, kept, |name, _| {
            name == current || pods.values().any(|pod| pod.revision == name)
        });
    }
}
