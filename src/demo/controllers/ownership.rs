//! Who owns what: orphans that a selector selects are adopted, and what it no longer selects is released.

use k8s_pb::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use crate::demo::objects::{controller_reference, key, uid};
use crate::demo::store::{Facts, Key, Store, Stored, StoredObject, matches_labels};

/// Brings what an object owns of a kind in line with its selector; gives the keys of what it owns then.
/// An object that is being deleted adopts nothing; what doesn't `fit`, is being deleted or has finished isn't adopted.
pub fn claim<Owner: Stored, Owned: Stored>(
    store: &mut Store,
    owner: &Owner,
    selector: Option<&LabelSelector>,
    fits: impl Fn(&StoredObject) -> bool,
) -> Vec<Key> {
    let empty = ObjectMeta::default();
    let metadata = owner.metadata().unwrap_or(&empty);
    let own = uid(Some(metadata)).to_owned();
    let deleted = metadata.deletion_timestamp.is_some();
    let place = key(Some(metadata));
    let released: Vec<Key> = store
        .owned_by(&own, Owned::STORED)
        .filter(|object| !matches_labels(selector, object))
        .map(|object| object.key.clone())
        .collect();
    if !deleted {
        for key in &released {
            release::<Owned>(store, key, &own);
        }
        let adopted: Vec<Key> = store
            .orphans(Owned::STORED, &place.namespace)
            .filter(|object| adoptable(object) && matches_labels(selector, object) && fits(object))
            .map(|object| object.key.clone())
            .collect();
        for key in adopted {
            adopt::<Owner, Owned>(store, &key, metadata);
        }
    }
    store.owned_by(&own, Owned::STORED).map(|object| object.key.clone()).collect()
}

fn adoptable(object: &StoredObject) -> bool {
    !matches!(&object.facts, Facts::Pod(pod) if !pod.active())
}

fn adopt<Owner: Stored, Owned: Stored>(store: &mut Store, key: &Key, owner: &ObjectMeta) {
    let Some(mut owned) = store.read::<Owned>(key) else { return };
    let Some(metadata) = owned.metadata_mut() else { return };
    if metadata.deletion_timestamp.is_some() {
        return;
    }
    let kind = Owner::info();
    metadata.owner_references.push(controller_reference(&kind.api_version(), &kind.name, Some(owner)));
    store.put(&mut owned);
}

fn release<Owned: Stored>(store: &mut Store, key: &Key, owner: &str) {
    let Some(mut owned) = store.read::<Owned>(key) else { return };
    let Some(metadata) = owned.metadata_mut() else { return };
    metadata.owner_references.retain(|reference| reference.uid.as_deref() != Some(owner));
    store.put(&mut owned);
}
