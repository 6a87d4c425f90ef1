//! A claim that is being deleted stays for as long as a pod uses it.

use k8s_pb::api::core::v1::{PersistentVolumeClaim, Pod};

use crate::demo::store::{Facts, Key, Kind, Store};

const FINALIZER: &str = "kubernetes.io/pvc-protection";

/// The claims of a namespace that are being deleted.
pub fn waiting(store: &Store, namespace: &str) -> Vec<Key> {
    let claims = store.list(Kind::PersistentVolumeClaim, Some(namespace), None);
    let keys = claims.map(|claim| claim.key.clone());
    let deleted = |key: &Key| {
        let claim = store.read::<PersistentVolumeClaim>(key);
        claim.and_then(|claim| claim.metadata).is_some_and(|it| it.deletion_timestamp.is_some())
    };
    keys.filter(deleted).collect()
}

/// Takes the protection from a claim that no pod uses; it goes where nothing else holds it.
pub fn let_go(store: &mut Store, key: &Key, mut claim: PersistentVolumeClaim) {
    if in_use(store, key) {
        return;
    }
    let finalizers = &mut claim.metadata.get_or_insert_default().finalizers;
    let before = finalizers.len();
    finalizers.retain(|it| it != FINALIZER);
    if finalizers.is_empty() {
        store.remove::<PersistentVolumeClaim>(key);
    } else if finalizers.len() != before {
        store.put(&mut claim);
    }
}

fn in_use(store: &Store, claim: &Key) -> bool {
    store.list(Kind::Pod, Some(&claim.namespace), None).any(|pod| {
        let running = matches!(&pod.facts, Facts::Pod(facts) if !facts.finished());
        running && store.read::<Pod>(&pod.key).is_some_and(|pod| uses(&pod, &claim.name))
    })
}

fn uses(pod: &Pod, claim: &str) -> bool {
    let volumes = pod.spec.iter().flat_map(|spec| &spec.volumes).filter_map(|it| it.volume_source.as_ref());
    volumes
        .filter_map(|source| source.persistent_volume_claim.as_ref())
        .any(|source| source.claim_name.as_deref() == Some(claim))
}
