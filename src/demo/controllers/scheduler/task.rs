//! The scheduler's work: binding pods, saying why it can't, and trying again.

use k8s_pb::api::core::v1::{PersistentVolumeClaim, Pod};

use super::claims::SELECTED_NODE;
use super::preempt::Sacrifice;
use super::{Claims, NoPlace, queue};
use crate::demo::controllers::kubelet;
use crate::demo::controllers::queue::Task;
use crate::demo::controllers::simulation::Simulation;
use crate::demo::events::{self, Saying};
use crate::demo::objects::{pod_status, set_pod_condition, text, uid};
use crate::demo::store::{Facts, Key, Store, Stored as _};

const REPORTER: &str = "default-scheduler";

impl Simulation {
    /// Binds a pod to a node, or says why it can't.
    pub(in crate::demo::controllers) fn schedule(&mut self, store: &mut Store, key: &Key) {
        let Some(pod) = store.read::<Pod>(key) else { return self.scheduler.queue.forget(key) };
        let Facts::Pod(facts) = pod.facts() else { return };
        let foreign = pod.spec.as_ref().and_then(|spec| spec.scheduler_name.as_deref());
        if !facts.node.is_empty() || facts.terminating || foreign.is_some_and(|name| name != REPORTER) {
            return self.scheduler.queue.forget(key);
        }
        if self.is_gated(store, &pod) {
            return self.scheduler.queue.forget(key);
        }
        self.scheduler.refresh_if_forgotten(store);
        let placed = match Claims::of(&pod, store) {
            Ok(claims) => self.scheduler.place(&pod, &claims, store).map(|place| (place, claims.waiting)),
            Err(reason) => Err(NoPlace::whichever(&reason, self.scheduler.nodes.all().len())),
        };
        match placed {
            Ok((place, waiting)) if waiting.is_empty() => self.bind(store, pod, &place.node),
            Ok((place, waiting)) => self.select_node(store, key, &waiting, &place.node),
            Err(failure) => self.put_off(store, pod, failure),
        }
    }

    fn bind(&mut self, store: &mut Store, mut pod: Pod, node: &str) {
        let key = crate::demo::objects::key(pod.metadata.as_ref());
        self.scheduler.queue.forget(&key);
        kubelet::bind(&mut pod, node, self.now());
        pod_status(&mut pod).nominated_node_name = None;
        store.put(&mut pod);
        let message = format!("Successfully assigned {}/{} to {node}", key.namespace, key.name);
        let saying = Saying { warning: false, reason: "Scheduled", message: &message, reporter: REPORTER };
        self.tell(store, events::about(&pod), &saying);
    }

    /// Whether the pod's scheduling gates keep it from being looked at.
    fn is_gated(&mut self, store: &mut Store, pod: &Pod) -> bool {
        let gated = pod.spec.as_ref().is_some_and(|spec| !spec.scheduling_gates.is_empty());
        if gated {
            let mut next = pod.clone();
            let message = "Scheduling is blocked due to non-empty scheduling gates";
            set_pod_condition(&mut next, "PodScheduled", false, "SchedulingGated", message, self.now());
            if next != *pod {
                store.put(&mut next);
            }
        }
        gated
    }

    /// Lets the claims that wait for their first pod be bound for a node; the pod is tried again when they are.
    fn select_node(&mut self, store: &mut Store, key: &Key, waiting: &[Key], node: &str) {
        for claim in waiting {
            let Some(mut claim) = store.read::<PersistentVolumeClaim>(claim) else { continue };
            let annotations = &mut claim.metadata.get_or_insert_default().annotations;
            if annotations.get(SELECTED_NODE).map(String::as_str) != Some(node) {
                annotations.insert(SELECTED_NODE.to_owned(), node.to_owned());
                store.put(&mut claim);
            }
        }
        self.scheduler.queue.failed(key, 0, None, self.now());
        self.queue.soon(queue::RETRY_ANYWAY, Task::Schedule(key.clone()));
    }

    fn put_off(&mut self, store: &mut Store, mut pod: Pod, failure: NoPlace) {
        let Facts::Pod(facts) = pod.facts() else { return };
        let (key, now) = (crate::demo::objects::key(pod.metadata.as_ref()), self.now());
        let before = pod.clone();
        set_pod_condition(&mut pod, "PodScheduled", false, "Unschedulable", &failure.message, now);
        let nominated = failure.sacrifice.as_ref().map(|it| (it.node.clone(), facts.requests));
        if let Some((node, _)) = &nominated {
            pod_status(&mut pod).nominated_node_name = text(node);
        }
        self.scheduler.queue.failed(&key, facts.priority, nominated, now);
        if pod != before {
            store.put(&mut pod);
        }
        self.warn(store, &pod, "FailedScheduling", &failure.message, REPORTER);
        if let Some(sacrifice) = failure.sacrifice {
            self.preempt(store, &pod, &sacrifice);
        }
        self.queue.soon(queue::RETRY_ANYWAY, Task::Schedule(key));
    }

    fn preempt(&mut self, store: &mut Store, pod: &Pod, sacrifice: &Sacrifice) {
        let now = self.now();
        let message = format!("Preempted by pod {} on node {}", uid(pod.metadata.as_ref()), sacrifice.node);
        for key in &sacrifice.victims {
            let Some(mut victim) = store.read::<Pod>(key) else { continue };
            let words = format!("{REPORTER}: preempting to accommodate a higher priority pod");
            set_pod_condition(&mut victim, "DisruptionTarget", true, "PreemptionByScheduler", &words, now);
            store.put(&mut victim);
            let saying =
                Saying { warning: false, reason: "Preempted", message: &message, reporter: REPORTER };
            self.tell(store, events::about(&victim), &saying);
            self.delete_pod(store, key);
        }
    }

    /// Something has happened that may help pods which wait for a node.
    pub(in crate::demo::controllers) fn wake_waiting_pods(&mut self) {
        for (key, wait) in self.scheduler.queue.wake(self.now()) {
            self.later(wait, Task::Schedule(key));
        }
    }
}
