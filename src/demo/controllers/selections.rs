//! Which pods each of many selectors selects, kept up to date with every change of a pod.

use std::collections::{BTreeMap, BTreeSet};

use k8s_pb::apimachinery::pkg::apis::meta::v1::LabelSelector;

use crate::demo::store::{Change, Key, Kind, Store, StoredObject, matches_labels};

/// The selectors of one kind of object, by namespace and name, with the pods that each selects.
#[derive(Debug, Default)]
pub struct Selections(BTreeMap<Box<str>, BTreeMap<Box<str>, Selection>>);

#[derive(Debug)]
struct Selection {
    selector: LabelSelector,
    pods: BTreeSet<Box<str>>,
}

impl Selections {
    /// Notes the selector of an object; none where it selects nothing.
    pub fn set(&mut self, store: &Store, key: &Key, selector: Option<LabelSelector>) {
        let known = self.0.entry(key.namespace.clone()).or_default();
        match selector {
            None => drop(known.remove(&key.name)),
            Some(selector) if known.get(&key.name).is_some_and(|it| it.selector == selector) => {}
            Some(selector) => {
                let selected = store
                    .list(Kind::Pod, Some(&key.namespace), None)
                    .filter(|pod| matches_labels(Some(&selector), pod));
                let pods = selected.map(|pod| pod.key.name.clone()).collect();
                known.insert(key.name.clone(), Selection { selector, pods });
            }
        }
    }

    /// Follows the change of a pod; the keys of the objects that select it, or did before.
    pub fn note(&mut self, change: &Change) -> Vec<Key> {
        let pod = &change.last;
        let Some(known) = self.0.get_mut(&pod.key.namespace) else { return Vec::new() };
        let mut concerned = Vec::new();
        for (name, selection) in known {
            let after = change.after.as_deref().filter(|pod| selection.takes(pod)).is_some();
            let before = selection.pods.contains(&pod.key.name);
            if after && !before {
                selection.pods.insert(pod.key.name.clone());
            } else if before && !after {
                selection.pods.remove(&pod.key.name);
            }
            if before || after {
                concerned.push(Key { namespace: pod.key.namespace.clone(), name: name.clone() });
            }
        }
        concerned
    }

    /// The names of the pods that an object selects, in their order.
    pub fn pods(&self, key: &Key) -> impl Iterator<Item = &str> {
        let selection = self.0.get(&key.namespace).and_then(|known| known.get(&key.name));
        selection.into_iter().flat_map(|selection| &selection.pods).map(|name| &**name)
    }
}

impl Selection {
    fn takes(&self, pod: &StoredObject) -> bool {
        matches_labels(Some(&self.selector), pod)
    }
}
