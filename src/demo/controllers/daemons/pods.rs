//! The pods of a daemon set: each is meant for one node.

use k8s_pb::api::apps::v1::DaemonSet;
use k8s_pb::api::core::v1::{NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod, Toleration};

use crate::demo::controllers::pods::PodMould;
use crate::demo::controllers::revisions::REVISION_LABEL;
use crate::demo::controllers::rollout::hash_of;
use crate::demo::objects::{controller_reference, text};
use crate::demo::store::{Facts, Key, Store, StoredObject};
use crate::demo::wire::{Schema, WireError};
use crate::platform::time::Instant;

/// The taints that daemon pods live with, and what the taints do.
const TOLERATED: [(&str, &str); 6] = [
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
];
/// One more, of pods on their node's own network.
const NETWORK: (&str, &str) = ("node.kubernetes.io/network-unavailable", "NoSchedule");
/// The annotation of a set, and the label of its pods, with the number of its template.
const GENERATION: &str = "deprecated.daemonset.template.generation";
const GENERATION_LABEL: &str = "pod-template-generation";

/// One pod of a daemon set.
#[derive(Debug, Clone)]
pub struct DaemonPod {
    pub key: Key,
    pub created: Instant,
    /// Whether it is of the present template.
    pub updated: bool,
    pub terminating: bool,
    pub failed: bool,
    pub succeeded: bool,
    /// Since when it has been ready.
    pub ready: Option<Instant>,
}

impl DaemonPod {
    /// Whether it has run to its end.
    pub fn finished(&self) -> bool {
        self.failed || self.succeeded
    }

    /// Whether it has been ready for so many seconds.
    pub fn available(&self, min_ready_seconds: i32, now: Instant) -> bool {
        let enough = i64::from(min_ready_seconds) * 1_000;
        self.ready.is_some_and(|since| enough == 0 || now.since(since) >= enough)
    }
}

/// A pod with its node; `None` for one that has ended and is being deleted.
pub fn read(store: &Store, stored: &StoredObject, hash: &str) -> Option<(String, DaemonPod)> {
    let Facts::Pod(facts) = &stored.facts else { return None };
    if facts.finished() && facts.terminating {
        return None;
    }
    let node = match &*facts.node {
        "" => target(&store.read::<Pod>(&stored.key)?)?,
        node => node.to_owned(),
    };
    let pod = DaemonPod {
        key: stored.key.clone(),
        created: facts.created,
        updated: stored.label(REVISION_LABEL) == Some(hash),
        terminating: facts.terminating,
        failed: &*facts.phase == "Failed",
        succeeded: &*facts.phase == "Succeeded",
        ready: facts.ready_since,
    };
    Some((node, pod))
}

/// The hash of the set's present template, where nothing else has the same.
pub fn revision_of_daemon_set(set: &DaemonSet) -> String {
    hash_of(&set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default(), None)
}

/// The mould of the set's pods.
pub fn daemon_mould(schema: &Schema, set: &DaemonSet) -> Result<PodMould, WireError> {
    mould_of(schema, set, &revision_of_daemon_set(set))
}

/// The mould of the set's pods, with the hash of their revision.
pub fn mould_of(schema: &Schema, set: &DaemonSet, hash: &str) -> Result<PodMould, WireError> {
    let owner = controller_reference("apps/v1", "DaemonSet", set.metadata.as_ref());
    let mut template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    let labels = &mut template.metadata.get_or_insert_default().labels;
    labels.insert(REVISION_LABEL.to_owned(), hash.to_owned());
    if let Some(number) = set.metadata.as_ref().and_then(|it| it.annotations.get(GENERATION)) {
        labels.insert(GENERATION_LABEL.to_owned(), number.clone());
    }
    let spec = template.spec.get_or_insert_default();
    let network = Some(NETWORK).filter(|_| spec.host_network == Some(true));
    for (key, effect) in TOLERATED.into_iter().chain(network) {
        tolerate(&mut spec.tolerations, key, effect);
    }
    let namespace = set.metadata.as_ref().and_then(|it| it.namespace.clone()).unwrap_or_default();
    PodMould::new(schema, &template, &namespace, owner, "kube-controller-manager")
}

fn tolerate(tolerations: &mut Vec<Toleration>, key: &str, effect: &str) {
    let there = |it: &Toleration| it.key.as_deref() == Some(key) && it.effect.as_deref() == Some(effect);
    if !tolerations.iter().any(there) {
        tolerations.push(Toleration {
            key: text(key),
            operator: text("Exists"),
            effect: text(effect),
            ..Toleration::default()
        });
    }
}

/// Means a pod for one node: the scheduler puts it there and nowhere else.
pub fn pin(pod: &mut Pod, node: &str) {
    let affinity = pod.spec.get_or_insert_default().affinity.get_or_insert_default();
    let affinity = affinity.node_affinity.get_or_insert_default();
    let required = affinity.required_during_scheduling_ignored_during_execution.get_or_insert_default();
    let field = NodeSelectorRequirement {
        key: text("metadata.name"),
        operator: text("In"),
        values: vec![node.to_owned()],
    };
    *required = NodeSelector {
        node_selector_terms: vec![NodeSelectorTerm {
            match_expressions: Vec::new(),
            match_fields: vec![field],
        }],
    };
}

/// Makes a pod of a set one of its present revision on a node, as the controller would have.
pub fn settle_daemon(pod: &mut Pod, set: &DaemonSet, node: &str) {
    let labels = &mut pod.metadata.get_or_insert_default().labels;
    labels.insert(REVISION_LABEL.to_owned(), revision_of_daemon_set(set));
    pin(pod, node);
}

/// The node that a pod is meant for.
fn target(pod: &Pod) -> Option<String> {
    let affinity = pod.spec.as_ref()?.affinity.as_ref()?.node_affinity.as_ref()?;
    let required = affinity.required_during_scheduling_ignored_during_execution.as_ref()?;
    let fields = required.node_selector_terms.iter().flat_map(|term| &term.match_fields);
    fields
        .filter(|field| field.key.as_deref() == Some("metadata.name"))
        .find_map(|field| field.values.first().cloned())
}
