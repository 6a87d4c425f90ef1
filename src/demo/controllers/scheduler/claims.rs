//! The volume claims of a pod, and the nodes on which their volumes can be.

use k8s_pb::api::core::v1::{NodeSelector, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_pb::api::storage::v1::StorageClass;

use super::node::NodeInfo;
use super::wants::term_takes;
use crate::demo::store::{Key, Store};

/// What a claim that waits for its first pod is annotated with.
pub const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// The claims of a pod that has been looked at.
#[derive(Debug, Default)]
pub struct Claims {
    /// Where the volumes of bound claims can be.
    bound: Vec<NodeSelector>,
    /// Claims that are to be bound once a node is chosen.
    pub waiting: Vec<Key>,
}

impl Claims {
    /// Looks at the pod's claims.
    ///
    /// # Errors
    /// The scheduler's words where no node can help.
    pub fn of(pod: &Pod, store: &Store) -> Result<Self, String> {
        let mut claims = Claims::default();
        for name in names(pod) {
            let namespace = pod.metadata.as_ref().and_then(|it| it.namespace.as_deref()).unwrap_or_default();
            let key = Key::new(namespace, &name);
            let Some(claim) = store.read::<PersistentVolumeClaim>(&key) else {
                return Err(format!("persistentvolumeclaim \"{name}\" not found"));
            };
            claims.add(&key, &claim, store)?;
        }
        Ok(claims)
    }

    fn add(&mut self, key: &Key, claim: &PersistentVolumeClaim, store: &Store) -> Result<(), String> {
        let name = &key.name;
        if claim.metadata.as_ref().is_some_and(|it| it.deletion_timestamp.is_some()) {
            return Err(format!("persistentvolumeclaim \"{name}\" is being deleted"));
        }
        let spec = claim.spec.clone().unwrap_or_default();
        match spec.volume_name.filter(|volume| !volume.is_empty()) {
            Some(volume) => {
                let Some(found) = store.read::<PersistentVolume>(&Key::new("", &volume)) else {
                    return Err(format!(
                        "persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \"{volume}\""
                    ));
                };
                let affinity = found.spec.and_then(|spec| spec.node_affinity);
                self.bound.extend(affinity.and_then(|affinity| affinity.required));
            }
            None => {
                let class = Key::new("", spec.storage_class_name.as_deref().unwrap_or_default());
                let mode = store.read::<StorageClass>(&class).and_then(|class| class.volume_binding_mode);
                if mode.as_deref() != Some("WaitForFirstConsumer") {
                    return Err("pod has unbound immediate PersistentVolumeClaims".to_owned());
                }
                self.waiting.push(key.clone());
            }
        }
        Ok(())
    }

    /// Whether the volumes can be on the node.
    pub fn take(&self, node: &NodeInfo) -> bool {
        self.bound
            .iter()
            .all(|selector| selector.node_selector_terms.iter().any(|term| term_takes(term, node)))
    }
}

/// The names of the claims that the pod's volumes are made from.
pub fn names(pod: &Pod) -> Vec<String> {
    let own = pod.metadata.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
    let volumes = pod.spec.iter().flat_map(|spec| &spec.volumes);
    volumes
        .filter_map(|volume| {
            let source = volume.volume_source.as_ref()?;
            match (&source.persistent_volume_claim, &source.ephemeral) {
                (Some(claim), _) => claim.claim_name.clone(),
                (None, Some(_)) => Some(format!("{own}-{}", volume.name.as_deref().unwrap_or_default())),
                _ => None,
            }
        })
        .collect()
}
