//! Namespaces: what each new one is given, and how one goes with all that is in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_pb::api::core::v1::{ConfigMap, Namespace, NamespaceCondition, ServiceAccount};
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::controller::Controller;
use super::queue::{Queue, Task};
use super::simulation::Simulation;
use crate::demo::deletion::{self, Deletion, Propagation};
use crate::demo::document;
use crate::demo::objects::{text, time};
use crate::demo::random::{Random, fnv};
use crate::demo::store::{Change, Key, Kind, KindInfo, Store};
use crate::platform::time::Instant;

const NAME: &str = "namespaces";

/// How long after it a namespace is looked at again in which something is left, in milliseconds.
const CHECK: i64 = 1_000;

/// The config map with the certificates by which pods know the API server.
const AUTHORITY: &str = "kube-root-ca.crt";

/// The controllers of namespaces: of their end, of their service account, of their certificates.
#[derive(Debug)]
pub struct Namespaces;

/// What is left in a namespace that is going.
#[derive(Debug, Default)]
struct Rest {
    /// How many objects, by their kind's name in paths with its group.
    objects: BTreeMap<String, usize>,
    /// How many objects each finalizer holds.
    finalizers: BTreeMap<String, usize>,
}

impl Controller for Namespaces {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Namespace, Kind::ServiceAccount, Kind::ConfigMap]
    }

    fn notice(&mut self, _: &Store, change: &Change, queue: &mut Queue) {
        let key = &change.last.key;
        match change.last.kind {
            Kind::Namespace => queue.reconcile(NAME, key.clone()),
            // What a namespace is given is given again where someone has deleted it.
            _ if change.after.is_none() && matches!(&*key.name, "default" | AUTHORITY) => {
                queue.reconcile(NAME, Key::new("", &key.namespace));
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(namespace) = store.read::<Namespace>(key) else { return };
        if namespace.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some()) {
            empty(simulation, store, namespace);
        } else {
            furnish(store, &namespace);
        }
    }
}

/// Gives a namespace its service account and the certificates of the API server.
fn furnish(store: &mut Store, namespace: &Namespace) {
    let Some(metadata) = &namespace.metadata else { return };
    let name = metadata.name.as_deref().unwrap_or_default();
    let owned = |own: &str| {
        let seed = format!("{:?}/{own}", metadata.uid);
        Some(ObjectMeta {
            name: text(own),
            namespace: text(name),
            uid: text(Random::new(fnv(seed.as_bytes())).uid()),
            creation_timestamp: metadata.creation_timestamp,
            ..ObjectMeta::default()
        })
    };
    if store.get(Kind::ServiceAccount, &Key::new(name, "default")).is_none() {
        store.put(&mut ServiceAccount { metadata: owned("default"), ..ServiceAccount::default() });
    }
    if store.get(Kind::ConfigMap, &Key::new(name, AUTHORITY)).is_none() {
        let known = store.read::<ConfigMap>(&Key::new("kube-system", AUTHORITY));
        let mut metadata = owned(AUTHORITY);
        if let Some(metadata) = &mut metadata {
            let description = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";
            metadata.annotations.insert("kubernetes.io/description".to_owned(), description.to_owned());
        }
        let data = known.map(|map| map.data).unwrap_or_default();
        store.put(&mut ConfigMap { metadata, data, ..ConfigMap::default() });
    }
}

/// Deletes what is in a namespace, and the namespace when nothing is left.
fn empty(simulation: &mut Simulation, store: &mut Store, mut namespace: Namespace) {
    let name = namespace.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
    let key = Key::new("", &name);
    let now = simulation.now();
    delete_contents(simulation, store, &name);
    let rest = rest(simulation, store, &name);
    let done = rest.objects.is_empty();
    let before = namespace.clone();
    report(&mut namespace, &rest, now);
    if done && let Some(spec) = &mut namespace.spec {
        spec.finalizers.retain(|finalizer| finalizer != "kubernetes");
    }
    let free = namespace.spec.as_ref().is_none_or(|spec| spec.finalizers.is_empty())
        && namespace.metadata.as_ref().is_none_or(|metadata| metadata.finalizers.is_empty());
    if free {
        store.remove::<Namespace>(&key);
        return;
    }
    if namespace != before {
        store.put(&mut namespace);
    }
    if !done {
        simulation.queue.soon(CHECK, Task::Reconcile(NAME, key));
    }
}

fn namespaced_kinds(store: &Store) -> Vec<Arc<KindInfo>> {
    let mut kinds: Vec<Arc<KindInfo>> = Vec::new();
    for info in store.kinds().served().iter().filter(|info| info.namespaced) {
        if let Some(first) = store.kinds().of(info.stored)
            && !kinds.iter().any(|known| known.stored == info.stored)
        {
            kinds.push(Arc::clone(first));
        }
    }
    kinds
}

fn delete_contents(simulation: &Simulation, store: &mut Store, namespace: &str) {
    let deletion = Deletion { propagation: Some(Propagation::Background), ..Deletion::default() };
    for kind in namespaced_kinds(store) {
        let keys: Vec<Key> = store
            .list(kind.stored, Some(namespace), None)
            .filter(|object| !object.deleted)
            .map(|object| object.key.clone())
            .collect();
        for key in keys {
            // What can't be read stays, and is reported as what is left.
            let _ = deletion::delete(store, &simulation.schema, &kind, &key, deletion, simulation.now());
        }
    }
}

fn rest(simulation: &Simulation, store: &Store, namespace: &str) -> Rest {
    let mut rest = Rest::default();
    for kind in namespaced_kinds(store) {
        for object in store.list(kind.stored, Some(namespace), None) {
            *rest.objects.entry(kind.qualified()).or_default() += 1;
            let document = document::read(&simulation.schema, &kind, object).unwrap_or_default();
            for finalizer in document["metadata"]["finalizers"].as_array().into_iter().flatten() {
                let name = finalizer.as_str().unwrap_or_default().to_owned();
                *rest.finalizers.entry(name).or_default() += 1;
            }
        }
    }
    rest
}

/// Says in the conditions of a namespace what it waits for.
fn report(namespace: &mut Namespace, rest: &Rest, now: Instant) {
    let count = |counts: &BTreeMap<String, usize>, verb: &str| {
        let parts: Vec<String> =
            counts.iter().map(|(name, count)| format!("{name} {verb} {count} resource instances")).collect();
        parts.join(", ")
    };
    let left = match rest.objects.is_empty() {
        true => (false, "ContentRemoved", "All content successfully removed".to_owned()),
        false => (
            true,
            "SomeResourcesRemain",
            format!("Some resources are remaining: {}", count(&rest.objects, "has")),
        ),
    };
    let held = match rest.finalizers.is_empty() {
        true => (false, "ContentHasNoFinalizers", "All content-preserving finalizers finished".to_owned()),
        false => (
            true,
            "SomeFinalizersRemain",
            format!(
                "Some content in the namespace has finalizers remaining: {}",
                count(&rest.finalizers, "in")
            ),
        ),
    };
    let well = |reason, message: &str| (false, reason, message.to_owned());
    let conditions = [
        (
            "NamespaceDeletionDiscoveryFailure",
            well("ResourcesDiscovered", "All resources successfully discovered"),
        ),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            well("ParsedGroupVersions", "All legacy kube types successfully parsed"),
        ),
        (
            "NamespaceDeletionContentFailure",
            well("ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
        ),
        ("NamespaceContentRemaining", left),
        ("NamespaceFinalizersRemaining", held),
    ];
    let status = namespace.status.get_or_insert_default();
    for (kind, (holds, reason, message)) in conditions {
        let state = if holds { "True" } else { "False" };
        let old = status.conditions.iter().position(|it| it.r#type.as_deref() == Some(kind));
        let since =
            old.map(|index| &status.conditions[index]).filter(|it| it.status.as_deref() == Some(state));
        let condition = NamespaceCondition {
            r#type: text(kind),
            status: text(state),
            last_transition_time: since.and_then(|it| it.last_transition_time).or(time(now)),
            reason: text(reason),
            message: text(message),
        };
        match old {
            Some(index) => status.conditions[index] = condition,
            None => status.conditions.push(condition),
        }
    }
}
