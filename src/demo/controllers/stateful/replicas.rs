//! The pods of a stateful set, in their order: the missing are made, the surplus goes from the end.

use std::collections::BTreeMap;

use k8s_pb::api::apps::v1::{StatefulSet, StatefulSetSpec};
use k8s_pb::api::core::v1::Pod;

use super::NAME;
use super::identity::{give_ordinal, mould_of, ordinal_of};
use crate::demo::controllers::pod_control::PodMaker;
use crate::demo::controllers::revisions::{REVISION_LABEL, Revisions};
use crate::demo::controllers::simulation::Simulation;
use crate::demo::objects::{key, uid};
use crate::demo::store::{Facts, Key, Kind, Store};
use crate::platform::time::Instant;

/// A pod was not made; the API server's words for why.
pub struct Refused;

/// A stateful set at work.
pub struct SetAtWork<'a> {
    pub simulation: &'a mut Simulation,
    pub store: &'a mut Store,
    pub set: StatefulSet,
    pub revisions: Revisions,
    pub maker: PodMaker,
}

/// One of its pods.
#[derive(Debug, Clone)]
pub struct Replica {
    pub key: Key,
    pub revision: String,
    pub pending: bool,
    pub finished: bool,
    pub terminating: bool,
    /// Since when it has been ready.
    pub ready: Option<Instant>,
}

impl Replica {
    /// Whether it runs, and has been ready for so many seconds.
    pub fn available(&self, min_ready_seconds: i32, now: Instant) -> bool {
        let enough = i64::from(min_ready_seconds) * 1_000;
        self.ready.is_some_and(|since| enough == 0 || now.since(since) >= enough)
    }

    /// Whether it is missed: not available, or going.
    pub fn unavailable(&self, min_ready_seconds: i32, now: Instant) -> bool {
        self.terminating || !self.available(min_ready_seconds, now)
    }
}

impl<'a> SetAtWork<'a> {
    /// The set with its revisions.
    pub fn new(
        simulation: &'a mut Simulation,
        store: &'a mut Store,
        set: StatefulSet,
        revisions: Revisions,
    ) -> Self {
        let maker = PodMaker::new(&set, NAME);
        SetAtWork { simulation, store, set, revisions, maker }
    }

    /// The set's specification.
    pub fn spec(&self) -> StatefulSetSpec {
        self.set.spec.clone().unwrap_or_default()
    }

    /// The set's name.
    pub fn name(&self) -> String {
        self.set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default()
    }

    /// How long a pod has to be ready before it counts, in seconds.
    pub fn min_ready(&self) -> i32 {
        self.set.spec.as_ref().and_then(|spec| spec.min_ready_seconds).unwrap_or(0)
    }

    /// The wanted ordinals.
    pub fn ordinals(&self) -> std::ops::Range<i32> {
        let spec = self.set.spec.as_ref();
        let start = spec.and_then(|spec| spec.ordinals.as_ref()).and_then(|it| it.start).unwrap_or(0);
        start..start + spec.and_then(|spec| spec.replicas).unwrap_or(1)
    }

    /// The name of the revision that pods come from.
    pub fn current_revision(&self) -> String {
        let current = self.set.status.as_ref().and_then(|status| status.current_revision.clone());
        current.filter(|current| self.revisions.has(current)).unwrap_or_else(|| self.revisions.newest())
    }

    /// The set's pods by their ordinals.
    pub fn pods(&self) -> BTreeMap<i32, Replica> {
        let name = self.name();
        let owned = self.store.owned_by(uid(self.set.metadata.as_ref()), Kind::Pod);
        owned
            .filter_map(|pod| {
                let Facts::Pod(facts) = &pod.facts else { return None };
                let replica = Replica {
                    key: pod.key.clone(),
                    revision: pod.label(REVISION_LABEL).unwrap_or_default().to_owned(),
                    pending: &*facts.phase == "Pending",
                    finished: facts.finished(),
                    terminating: facts.terminating,
                    ready: facts.ready_since.filter(|_| &*facts.phase == "Running"),
                };
                Some((ordinal_of(&name, &pod.key.name)?, replica))
            })
            .collect()
    }

    /// Makes, removes and updates what is due now.
    ///
    /// # Errors
    /// Where a pod was refused.
    pub fn manage(&mut self) -> Result<(), Refused> {
        if self.set.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some()) {
            return Ok(());
        }
        let ordered = self.spec().pod_management_policy.as_deref() != Some("Parallel");
        if !self.fill(ordered)? || !self.shrink(ordered) {
            return Ok(());
        }
        self.update();
        Ok(())
    }

    /// Makes the missing pods; whether all is as it should be, so that others may be removed.
    fn fill(&mut self, ordered: bool) -> Result<bool, Refused> {
        let pods = self.pods();
        let (now, min_ready) = (self.simulation.now(), self.min_ready());
        for ordinal in self.ordinals() {
            let Some(pod) = pods.get(&ordinal) else {
                self.make(ordinal)?;
                if ordered {
                    return Ok(false);
                }
                continue;
            };
            if pod.finished {
                if !pod.terminating {
                    self.remove(&pod.key);
                }
                if ordered {
                    return Ok(false);
                }
                continue;
            }
            if pod.pending {
                self.make_claims(&pod.key.name);
            }
            // One after the other: the next waits for this one.
            if ordered && pod.unavailable(min_ready, now) {
                return Ok(false);
            }
            self.tie_claims(&pod.key, false);
        }
        Ok(true)
    }

    /// Removes the pods beyond the wanted ones, from the end; whether none is left.
    fn shrink(&mut self, ordered: bool) -> bool {
        let wanted = self.ordinals();
        let (now, min_ready) = (self.simulation.now(), self.min_ready());
        let pods = self.pods();
        let unavailable = |pod: &&Replica| pod.unavailable(min_ready, now);
        let within = pods.iter().filter(|(ordinal, _)| wanted.contains(ordinal)).map(|(_, pod)| pod);
        let surplus: Vec<&Replica> =
            pods.iter().filter(|(ordinal, _)| !wanted.contains(ordinal)).map(|(_, pod)| pod).collect();
        let first = within.chain(surplus.iter().copied()).find(unavailable).map(|pod| &pod.key);
        for pod in &surplus {
            self.tie_claims(&pod.key, true);
        }
        for pod in surplus.iter().rev() {
            if !pod.terminating {
                let waits = !pod.available(min_ready, now) && first != Some(&pod.key);
                if ordered && waits {
                    return false;
                }
                self.remove(&pod.key);
            }
            if ordered {
                return false;
            }
        }
        true
    }

    /// Deletes a pod, and tells of it.
    pub fn remove(&mut self, pod: &Key) {
        self.simulation.delete_pod(self.store, pod);
        let message = format!("Delete Pod {} in StatefulSet {} successful", pod.name, self.name());
        self.simulation.say(self.store, &self.maker, false, "SuccessfulDelete", &message);
    }

    /// Makes the pod of an ordinal with its claims.
    fn make(&mut self, ordinal: i32) -> Result<(), Refused> {
        let set_name = self.name();
        let name = format!("{set_name}-{ordinal}");
        self.make_claims(&name);
        let revision = self.revision_for(ordinal);
        let template = self.revisions.template(&self.simulation.schema, &revision);
        let template = template.or_else(|| self.spec().template).unwrap_or_default();
        let mould = mould_of(&self.simulation.schema, &self.set, &template).map_err(|_| Refused)?;
        let set = &self.set;
        let made = self.simulation.admit_pod(self.store, &mould, name.clone(), |pod: &mut Pod| {
            give_ordinal(pod, set, ordinal, &revision);
        });
        match made {
            Ok(()) => {
                let message = format!("Create Pod {name} in StatefulSet {set_name} successful");
                self.simulation.say(self.store, &self.maker, false, "SuccessfulCreate", &message);
                self.tie_claims(&Key::new(&key(self.set.metadata.as_ref()).namespace, &name), false);
                Ok(())
            }
            Err(error) => {
                let message = format!("Create Pod {name} in StatefulSet {set_name} failed error: {error}");
                self.simulation.say(self.store, &self.maker, true, "FailedCreate", &message);
                Err(Refused)
            }
        }
    }
}
