//! Volume claims: a volume is made for each, grows with it, and goes as its class says.

mod binding;
mod growth;
mod protection;

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_pb::api::storage::v1::StorageClass;

use super::controller::Controller;
use super::queue::{Queue, Task};
use super::simulation::Simulation;
use crate::demo::store::{Change, Facts, Key, Kind, Store};
use crate::platform::time::Instant;

/// The controller's name.
const NAME: &str = "persistentvolume-controller";

/// Binds claims to volumes.
#[derive(Debug, Default)]
pub struct Claims {
    /// Since when a volume is being made, or made larger.
    since: BTreeMap<Key, Instant>,
}

impl Controller for Claims {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::PersistentVolumeClaim, Kind::PersistentVolume, Kind::Pod]
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        let object = &change.last;
        match object.kind {
            Kind::PersistentVolume => queue.reconcile(NAME, object.key.clone()),
            Kind::PersistentVolumeClaim => {
                queue.reconcile(NAME, object.key.clone());
                // A volume learns of the end of its claim.
                let volume = change
                    .after
                    .is_none()
                    .then(|| store.get(Kind::PersistentVolume, &volume_key(&object.uid)));
                if let Some(volume) = volume.flatten() {
                    queue.reconcile(NAME, volume.key.clone());
                }
            }
            _ => {
                let ended = matches!(&object.facts, Facts::Pod(pod) if pod.finished());
                if ended || change.after.is_none() {
                    for claim in protection::waiting(store, &object.key.namespace) {
                        queue.mark(Task::Reconcile(NAME, claim));
                    }
                }
            }
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        if key.namespace.is_empty() {
            if let Some(volume) = store.read::<PersistentVolume>(key) {
                binding::release(simulation, store, volume);
            }
            return;
        }
        let Some(claim) = store.read::<PersistentVolumeClaim>(key) else {
            self.since.remove(key);
            return;
        };
        if claim.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some()) {
            protection::let_go(store, key, claim);
            return;
        }
        let bound = claim.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Bound");
        let since = self.since.get(key).copied();
        let next = if bound {
            growth::grow(simulation, store, claim, since)
        } else {
            binding::bind(simulation, store, claim, since)
        };
        match next {
            Next::Done => {
                self.since.remove(key);
            }
            Next::Later(wait) => {
                self.since.entry(key.clone()).or_insert(simulation.now());
                simulation.queue.soon(wait, Task::Reconcile(NAME, key.clone()));
            }
        }
    }
}

/// What follows a look at a claim.
enum Next {
    /// Nothing by itself.
    Done,
    /// Another look in so many milliseconds.
    Later(i64),
}

/// The key of the volume that is made for the claim of a uid.
fn volume_key(claim: &str) -> Key {
    Key::new("", &format!("pvc-{claim}"))
}

/// The storage class of a claim: its own, or the cluster's default.
fn class_of(store: &Store, claim: &PersistentVolumeClaim) -> Option<(String, Option<StorageClass>)> {
    let named = claim.spec.as_ref().and_then(|spec| spec.storage_class_name.clone());
    if let Some(name) = named {
        let class = store.read::<StorageClass>(&Key::new("", &name));
        return Some((name, class)).filter(|(name, _)| !name.is_empty());
    }
    let default = |class: &StorageClass| {
        let annotations = class.metadata.as_ref().map(|it| &it.annotations);
        let mark = annotations.and_then(|it| it.get("storageclass.kubernetes.io/is-default-class"));
        mark.is_some_and(|mark| mark == "true")
    };
    let classes = store.list(Kind::StorageClass, None, None).map(|stored| stored.key.clone());
    let class = classes.filter_map(|key| store.read::<StorageClass>(&key)).find(default)?;
    Some((class.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default(), Some(class)))
}

/// A claim's request for storage.
fn requested(claim: &PersistentVolumeClaim) -> Option<String> {
    let resources = claim.spec.as_ref()?.resources.as_ref()?;
    resources.requests.get("storage")?.string.clone()
}
