//! Larger claims: the volume grows first, its file system after it.

use k8s_pb::api::core::v1::{PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimCondition};

use super::{NAME, Next, class_of, requested};
use crate::demo::controllers::pod_control::PodMaker;
use crate::demo::controllers::simulation::Simulation;
use crate::demo::objects::{quantity as as_quantity, text, time};
use crate::demo::quantity;
use crate::demo::store::{Key, Store};
use crate::platform::time::Instant;

/// When the volume is larger, and when its file system is, in milliseconds after the start.
const VOLUME: i64 = 3_000;
const FILE_SYSTEM: i64 = 9_000;
const PENDING: &str = "FileSystemResizePending";

/// Takes a bound claim a step towards the size that it asks for.
pub fn grow(
    simulation: &mut Simulation,
    store: &mut Store,
    mut claim: PersistentVolumeClaim,
    since: Option<Instant>,
) -> Next {
    let Some(wanted) = requested(&claim) else { return Next::Done };
    let capacity = claim.status.as_ref().and_then(|status| status.capacity.get("storage"));
    let capacity = capacity.and_then(|capacity| capacity.string.clone()).unwrap_or_default();
    if quantity::whole(&wanted) <= quantity::whole(&capacity) {
        return Next::Done;
    }
    let expandable = class_of(store, &claim).and_then(|(_, class)| class?.allow_volume_expansion);
    if expandable != Some(true) {
        return Next::Done;
    }
    let name = claim.spec.as_ref().and_then(|spec| spec.volume_name.clone()).unwrap_or_default();
    let maker = PodMaker::new(&claim, NAME);
    let Some(since) = since else {
        let message = format!("External resizer is resizing volume {name}");
        simulation.say(store, &maker, false, "Resizing", &message);
        return Next::Later(VOLUME);
    };
    let passed = simulation.now().since(since);
    if passed < VOLUME {
        return Next::Later(VOLUME - passed);
    }
    let status = claim.status.get_or_insert_default();
    if passed < FILE_SYSTEM {
        if status.conditions.iter().all(|it| it.r#type.as_deref() != Some(PENDING)) {
            status.conditions.push(PersistentVolumeClaimCondition {
                r#type: text(PENDING),
                status: text("True"),
                last_transition_time: time(simulation.now()),
                message: text(
                    "Waiting for user to (re-)start a pod to finish file system resize of volume on node.",
                ),
                ..PersistentVolumeClaimCondition::default()
            });
            store.put(&mut claim);
            enlarge(store, &name, &wanted);
            let message = "Require file system resize of volume on node";
            simulation.say(store, &maker, false, "FileSystemResizeRequired", message);
        }
        return Next::Later(FILE_SYSTEM - passed);
    }
    status.conditions.retain(|it| it.r#type.as_deref() != Some(PENDING));
    status.capacity.insert("storage".to_owned(), as_quantity(wanted));
    store.put(&mut claim);
    let message = "MountVolume.NodeExpandVolume succeeded for volume";
    simulation.say(store, &maker, false, "FileSystemResizeSuccessful", message);
    Next::Done
}

fn enlarge(store: &mut Store, volume: &str, size: &str) {
    if let Some(mut volume) = store.read::<PersistentVolume>(&Key::new("", volume)) {
        volume.spec.get_or_insert_default().capacity.insert("storage".to_owned(), as_quantity(size));
        store.put(&mut volume);
    }
}
