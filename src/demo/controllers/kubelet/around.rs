//! What a kubelet has around it while it looks after a pod, and what it notes of what it does.

use k8s_pb::api::core::v1::Pod;

use super::images::Images;
use super::worker::{Role, Run};
use crate::demo::controllers::scheduler::Scheduler;
use crate::demo::model::{ImageFault, PullOutcome};
use crate::demo::random::Random;
use crate::demo::store::Store;
use crate::platform::time::Instant;

/// What a kubelet has around it.
#[derive(Debug)]
pub struct Around<'a> {
    /// The objects of the platform.
    pub store: &'a Store,
    /// The images on the nodes.
    pub images: &'a mut Images,
    /// Gives out the addresses of the nodes' networks.
    pub network: &'a mut Scheduler,
    /// How the images don't work that don't.
    pub faults: Broken<'a>,
    /// Decides all that differs from pod to pod.
    pub seed: u64,
    /// The present instant.
    pub now: Instant,
    /// What is told of what is done.
    pub notes: Vec<Note>,
}

/// Which images don't work, and how.
#[derive(Clone, Copy)]
pub struct Broken<'a> {
    /// How an image doesn't work.
    pub fault: &'a dyn Fn(&str) -> Option<ImageFault>,
    /// What comes of pulling an image for a namespace's pod.
    pub pull: &'a dyn Fn(&str, &str) -> PullOutcome,
}

impl std::fmt::Debug for Broken<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Broken")
    }
}

/// Something to be told as an event about a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The container that it concerns, as a path of the specification; empty for the pod.
    pub field: String,
    /// Whether it is a warning.
    pub warning: bool,
    /// In one word.
    pub reason: &'static str,
    /// At length.
    pub message: String,
}

impl Around<'_> {
    /// Chance for one thing about one pod, which is the same however often it is asked for.
    pub fn chance(&self, uid: &str, label: &str) -> Random {
        Random::stream(self.seed, &format!("{uid}/{label}"))
    }

    /// Notes something normal about a container.
    pub fn note(&mut self, run: &Run, reason: &'static str, message: String) {
        self.notes.push(Note { field: field(run.role, &run.name), warning: false, reason, message });
    }

    /// Notes a warning about a container.
    pub fn warn(&mut self, run: &Run, reason: &'static str, message: String) {
        self.notes.push(Note { field: field(run.role, &run.name), warning: true, reason, message });
    }

    /// Notes something about the whole pod.
    pub fn note_pod(&mut self, warning: bool, reason: &'static str, message: String) {
        self.notes.push(Note { field: String::new(), warning, reason, message });
    }
}

/// The path of a container in the specification, as events name it.
fn field(role: Role, name: &str) -> String {
    match role {
        Role::Init | Role::Sidecar => format!("spec.initContainers{{{name}}}"),
        Role::Main => format!("spec.containers{{{name}}}"),
        Role::Ephemeral => format!("spec.ephemeralContainers{{{name}}}"),
    }
}

/// The pod as the kubelet's messages name it: `name_namespace(uid)`.
pub fn full_name(pod: &Pod) -> String {
    let metadata = pod.metadata.as_ref();
    format!(
        "{}_{}({})",
        metadata.and_then(|it| it.name.as_deref()).unwrap_or_default(),
        metadata.and_then(|it| it.namespace.as_deref()).unwrap_or_default(),
        crate::demo::objects::uid(metadata)
    )
}
