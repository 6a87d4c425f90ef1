//! A volume for a claim, and the end of both.

use k8s_pb::api::core::v1::{
    CSIPersistentVolumeSource, Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm,
    ObjectReference, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimStatus,
    PersistentVolumeSource, PersistentVolumeSpec, PersistentVolumeStatus, VolumeNodeAffinity,
};
use k8s_pb::api::storage::v1::StorageClass;
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{NAME, Next, class_of, requested, volume_key};
use crate::demo::controllers::pod_control::PodMaker;
use crate::demo::controllers::simulation::Simulation;
use crate::demo::events;
use crate::demo::objects::{quantity, text, time, uid};
use crate::demo::store::{Key, Kind, Store};
use crate::platform::time::Instant;

/// How long making a volume takes, in milliseconds.
const PROVISIONING: i64 = 2_500;
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";
const ZONE: &str = "topology.kubernetes.io/zone";

/// Finds or makes the volume of a claim.
pub fn bind(
    simulation: &mut Simulation,
    store: &mut Store,
    claim: PersistentVolumeClaim,
    since: Option<Instant>,
) -> Next {
    let maker = PodMaker::new(&claim, NAME);
    let named = claim.spec.as_ref().and_then(|spec| spec.volume_name.clone()).filter(|name| !name.is_empty());
    if let Some(volume) = named.and_then(|name| store.read::<PersistentVolume>(&Key::new("", &name))) {
        complete(simulation, store, claim, volume);
        return Next::Done;
    }
    let Some((name, class)) = class_of(store, &claim) else {
        let message = "no persistent volumes available for this claim and no storage class is set";
        simulation.say(store, &maker, false, "FailedBinding", message);
        return Next::Done;
    };
    let Some(class) = class else {
        let message = format!("storageclass.storage.k8s.io \"{name}\" not found");
        simulation.say(store, &maker, true, "ProvisioningFailed", &message);
        return Next::Later(15_000);
    };
    let annotations = claim.metadata.as_ref().map(|it| it.annotations.clone()).unwrap_or_default();
    let waits = class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer");
    if waits && !annotations.contains_key(SELECTED_NODE) {
        let message = "waiting for first consumer to be created before binding";
        simulation.say(store, &maker, false, "WaitForFirstConsumer", message);
        return Next::Done;
    }
    provision(simulation, store, claim, &class, since)
}

fn provision(
    simulation: &mut Simulation,
    store: &mut Store,
    claim: PersistentVolumeClaim,
    class: &StorageClass,
    since: Option<Instant>,
) -> Next {
    let provisioner = class.provisioner.clone().unwrap_or_default();
    let own = PodMaker::new(&claim, NAME);
    let Some(since) = since else {
        let message = format!(
            "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
        );
        simulation.say(store, &own, false, "ExternalProvisioning", &message);
        return Next::Later(PROVISIONING);
    };
    let left = since.plus_millis(PROVISIONING).since(simulation.now());
    if left > 0 {
        return Next::Later(left);
    }
    let volume = volume_for(simulation, store, &claim, class);
    let name = volume.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
    simulation.say(
        store,
        &own,
        false,
        "ProvisioningSucceeded",
        &format!("Successfully provisioned volume {name}"),
    );
    complete(simulation, store, claim, volume);
    Next::Done
}

/// Binds a claim and a volume to each other.
fn complete(
    simulation: &mut Simulation,
    store: &mut Store,
    mut claim: PersistentVolumeClaim,
    mut volume: PersistentVolume,
) {
    let metadata = claim.metadata.get_or_insert_default();
    for mark in ["pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller"] {
        metadata.annotations.insert(mark.to_owned(), "yes".to_owned());
    }
    let reference = ObjectReference { field_path: None, ..events::about(&claim) };
    let spec = volume.spec.get_or_insert_default();
    let capacity = spec.capacity.clone();
    spec.claim_ref = Some(reference);
    claim.spec.get_or_insert_default().volume_name = volume.metadata.as_ref().and_then(|it| it.name.clone());
    claim.status = Some(PersistentVolumeClaimStatus {
        phase: text("Bound"),
        access_modes: spec.access_modes.clone(),
        capacity,
        ..claim.status.take().unwrap_or_default()
    });
    volume.status = Some(PersistentVolumeStatus {
        phase: text("Bound"),
        last_phase_transition_time: time(simulation.now()),
        ..PersistentVolumeStatus::default()
    });
    store.put(&mut volume);
    store.put(&mut claim);
    simulation.wake_waiting_pods();
}

fn volume_for(
    simulation: &mut Simulation,
    store: &Store,
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
) -> PersistentVolume {
    let spec = claim.spec.clone().unwrap_or_default();
    let provisioner = class.provisioner.clone().unwrap_or_default();
    let name = volume_key(uid(claim.metadata.as_ref())).name;
    let size = quantity(requested(claim).unwrap_or_else(|| "1Gi".to_owned()));
    PersistentVolume {
        metadata: Some(ObjectMeta {
            name: text(&*name),
            uid: text(simulation.random.uid()),
            creation_timestamp: time(simulation.now()),
            annotations: [("pv.kubernetes.io/provisioned-by".to_owned(), provisioner.clone())].into(),
            finalizers: vec!["kubernetes.io/pv-protection".to_owned()],
            ..ObjectMeta::default()
        }),
        spec: Some(PersistentVolumeSpec {
            capacity: [("storage".to_owned(), size)].into(),
            access_modes: spec.access_modes,
            persistent_volume_reclaim_policy: class.reclaim_policy.clone().or_else(|| text("Delete")),
            storage_class_name: class.metadata.as_ref().and_then(|it| it.name.clone()),
            volume_mode: spec.volume_mode.or_else(|| text("Filesystem")),
            node_affinity: affinity(store, claim),
            persistent_volume_source: Some(PersistentVolumeSource {
                csi: Some(CSIPersistentVolumeSource {
                    driver: text(provisioner),
                    volume_handle: text(&*name),
                    ..CSIPersistentVolumeSource::default()
                }),
                ..PersistentVolumeSource::default()
            }),
            ..PersistentVolumeSpec::default()
        }),
        status: None,
    }
}

/// A volume is in the zone of the node that was chosen for it.
fn affinity(store: &Store, claim: &PersistentVolumeClaim) -> Option<VolumeNodeAffinity> {
    let node = claim.metadata.as_ref()?.annotations.get(SELECTED_NODE)?;
    let node = store.read::<Node>(&Key::new("", node))?;
    let zone = node.metadata?.labels.get(ZONE)?.clone();
    let requirement = NodeSelectorRequirement { key: text(ZONE), operator: text("In"), values: vec![zone] };
    let term = NodeSelectorTerm { match_expressions: vec![requirement], match_fields: Vec::new() };
    Some(VolumeNodeAffinity { required: Some(NodeSelector { node_selector_terms: vec![term] }) })
}

/// A volume whose claim is gone is deleted or kept, as it says itself.
pub fn release(simulation: &mut Simulation, store: &mut Store, mut volume: PersistentVolume) {
    let spec = volume.spec.clone().unwrap_or_default();
    let Some(claim) = spec.claim_ref.filter(|claim| claim.uid.is_some()) else { return };
    let key =
        Key::new(claim.namespace.as_deref().unwrap_or_default(), claim.name.as_deref().unwrap_or_default());
    let there = store.get(Kind::PersistentVolumeClaim, &key);
    if there.is_some_and(|there| Some(&*there.uid) == claim.uid.as_deref()) {
        return;
    }
    let name = volume.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
    if spec.persistent_volume_reclaim_policy.as_deref() == Some("Delete") {
        store.remove::<PersistentVolume>(&Key::new("", &name));
        return;
    }
    let status = volume.status.get_or_insert_default();
    if status.phase.as_deref() != Some("Released") {
        status.phase = text("Released");
        status.last_phase_transition_time = time(simulation.now());
        store.put(&mut volume);
    }
}
