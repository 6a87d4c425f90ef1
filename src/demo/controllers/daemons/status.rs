//! What a daemon set reports, and which revisions it keeps.

use k8s_pb::api::apps::v1::DaemonSetStatus;

use super::nodes::SetAtWork;
use crate::demo::controllers::status::positive;

impl SetAtWork<'_> {
    /// Reports the counts; in how many milliseconds a pod becomes available by itself.
    pub fn report(&mut self) -> Option<i64> {
        let (now, min_ready) = (self.simulation.now(), self.min_ready());
        let pods = self.pods();
        let (mut current, mut ready, mut available, mut updated) = (0, 0, 0, 0);
        let mut wait: Option<i64> = None;
        for node in &self.wanted {
            let Some(pod) = pods.get(node).and_then(|pods| pods.first()) else { continue };
            current += 1;
            ready += i32::from(pod.ready.is_some());
            updated += i32::from(pod.updated);
            if pod.available(min_ready, now) {
                available += 1;
            } else if let Some(since) = pod.ready {
                let left = since.plus_millis(i64::from(min_ready) * 1_000).since(now);
                wait = Some(wait.map_or(left, |wait| wait.min(left)));
            }
        }
        let misplaced = pods.keys().filter(|node| !self.wanted.contains(*node)).count();
        let wanted = i32::try_from(self.wanted.len()).unwrap_or(i32::MAX);
        let before = self.set.status.clone().unwrap_or_default();
        let next = DaemonSetStatus {
            current_number_scheduled: Some(current),
            number_misscheduled: Some(i32::try_from(misplaced).unwrap_or(i32::MAX)),
            desired_number_scheduled: Some(wanted),
            number_ready: Some(ready),
            observed_generation: self.set.metadata.as_ref().and_then(|it| it.generation),
            updated_number_scheduled: positive(updated),
            number_available: positive(available),
            number_unavailable: positive(wanted - available),
            collision_count: before.collision_count,
            conditions: before.conditions,
        };
        if self.set.status.as_ref() != Some(&next) {
            self.set.status = Some(next);
            self.store.put(&mut self.set);
        }
        wait
    }

    /// Forgets the oldest revisions that no pod is of.
    pub fn truncate_history(&mut self) {
        let kept = self.spec().revision_history_limit.unwrap_or(10);
        let own = crate::demo::objects::uid(self.set.metadata.as_ref()).to_owned();
        let label = crate::demo::controllers::revisions::REVISION_LABEL;
        let live: Vec<String> = self
            .store
            .owned_by(&own, crate::demo::store::Kind::Pod)
            .filter_map(|pod| pod.label(label).map(str::to_owned))
            .collect();
        self.revisions.truncate(self.store, kept, |_, hash| live.iter().any(|it| it == hash));
    }
}
