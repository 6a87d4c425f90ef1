//! How controllers make and delete pods, and what they say of it.

use k8s_pb::api::core::v1::{ObjectReference, Pod};
use k8s_pb::api::scheduling::v1::PriorityClass;

use super::kubelet;
use super::limits;
use super::pods::{PodIdentity, PodMould};
use super::simulation::Simulation;
use crate::demo::events::{self, Saying};
use crate::demo::store::{Facts, Key, Store, Stored};

/// The longest name to which a generated suffix is appended.
const LONGEST_BASE: usize = 58;

/// A controller that makes pods: the object for which it does, and the name under which it tells of it.
#[derive(Debug)]
pub struct PodMaker {
    about: ObjectReference,
    reporter: &'static str,
}

impl PodMaker {
    /// The controller of this name, for the pods of this owner.
    pub fn new<T: Stored>(owner: &T, reporter: &'static str) -> Self {
        PodMaker { about: events::about(owner), reporter }
    }
}

impl Simulation {
    /// A name after `base` that is no pod's yet.
    pub(super) fn pod_name(&mut self, base: &str) -> String {
        let end = base.char_indices().nth(LONGEST_BASE).map_or(base.len(), |(end, _)| end);
        format!("{}{}", &base[..end], self.random.suffix(5))
    }

    /// Makes a pod, once `finish` has been at it, and tells of it.
    ///
    /// # Errors
    /// The API server's words for why there is none.
    pub(super) fn make_pod(
        &mut self,
        store: &mut Store,
        maker: &PodMaker,
        mould: &PodMould,
        name: String,
        finish: impl FnOnce(&mut Pod),
    ) -> Result<(), String> {
        let words = format!("Created pod: {name}");
        let made = self.admit_pod(store, mould, name, finish);
        match &made {
            Ok(()) => self.say(store, maker, false, "SuccessfulCreate", &words),
            Err(error) => self.say(store, maker, true, "FailedCreate", &format!("Error creating: {error}")),
        }
        made
    }

    /// Makes a pod, once `finish` has been at it.
    ///
    /// # Errors
    /// The API server's words for why there is none.
    pub(super) fn admit_pod(
        &mut self,
        store: &mut Store,
        mould: &PodMould,
        name: String,
        finish: impl FnOnce(&mut Pod),
    ) -> Result<(), String> {
        let identity = PodIdentity { name, created: self.now() };
        let mut pod = mould.cast(&identity, &mut self.random);
        finish(&mut pod);
        give_priority(store, &mut pod)
            .map_err(|reason| format!("pods \"{}\" is forbidden: {reason}", identity.name))?;
        if let Some(refusal) = limits::quota_refuses(store, &pod) {
            return Err(format!("pods \"{}\" is forbidden: {refusal}", identity.name));
        }
        store.put(&mut pod);
        Ok(())
    }

    /// Deletes a pod of a controller, and tells of it.
    pub(super) fn delete_owned_pod(&mut self, store: &mut Store, maker: &PodMaker, pod: &Key) {
        self.delete_pod(store, pod);
        self.say(store, maker, false, "SuccessfulDelete", &format!("Deleted pod: {}", pod.name));
    }

    /// Records an event about the object of a controller.
    pub(super) fn say(
        &mut self,
        store: &mut Store,
        maker: &PodMaker,
        warning: bool,
        reason: &str,
        message: &str,
    ) {
        let saying = Saying { warning, reason, message, reporter: maker.reporter };
        self.tell(store, maker.about.clone(), &saying);
    }

    /// Deletes a pod: gracefully where it is on a node, at once where it isn't.
    pub(super) fn delete_pod(&mut self, store: &mut Store, place: &Key) {
        let Some(mut pod) = store.read::<Pod>(place) else { return };
        let Facts::Pod(facts) = pod.facts() else { return };
        if facts.terminating {
            return;
        }
        if facts.node.is_empty() {
            store.remove::<Pod>(place);
            return;
        }
        let grace = pod.spec.as_ref().and_then(|spec| spec.termination_grace_period_seconds).unwrap_or(30);
        kubelet::terminate(&mut pod, grace, self.now());
        store.put(&mut pod);
        let saying =
            Saying { warning: false, reason: "Killing", message: "Stopping container", reporter: "kubelet" };
        self.tell(store, events::about(&pod), &saying);
    }
}

/// Gives a pod the priority of its class, as admission does.
fn give_priority(store: &Store, pod: &mut Pod) -> Result<(), String> {
    let Some(spec) = &mut pod.spec else { return Ok(()) };
    let Some(name) = spec.priority_class_name.as_deref().filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    if let Some(class) = store.read::<PriorityClass>(&Key::new("", name)) {
        spec.priority = class.value;
        spec.preemption_policy = class.preemption_policy.or(spec.preemption_policy.take());
        return Ok(());
    }
    spec.priority = Some(match name {
        "system-cluster-critical" => 2_000_000_000,
        "system-node-critical" => 2_000_001_000,
        _ => return Err(format!("no PriorityClass with name {name} was found")),
    });
    Ok(())
}
