//! What the kubelets say of their nodes: a lease that is renewed, and now and then the whole status.
//!
//! A lease is renewed every 10 s as by a kubelet, or every 30 s where there are more than 100 nodes, which is still
//! well within its 40 s; the status follows every 5 minutes or when it has something new to say.

use k8s_pb::api::coordination::v1::{Lease, LeaseSpec};
use k8s_pb::api::core::v1::{ContainerImage, Node};
use k8s_pb::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta, OwnerReference};
use rustc_hash::FxHashMap;

use super::conditions::{Words, set_condition};
use super::pressure;
use crate::demo::controllers::controller::Controller;
use crate::demo::controllers::queue::Queue;
use crate::demo::controllers::simulation::Simulation;
use crate::demo::events::{self, Saying};
use crate::demo::objects::{text, time, uid};
use crate::demo::random::{Random, fnv};
use crate::demo::store::{Change, Key, Kind, Store};
use crate::platform::time::Instant;

const NAME: &str = "kubelet-heartbeats";
/// The namespace of the leases.
pub const LEASES: &str = "kube-node-lease";
/// How often a lease is renewed on small platforms and on large ones, in milliseconds, and from how many nodes on one is large.
const RENEWAL: (i64, i64, usize) = (10_000, 30_000, 100);
/// How often the whole status is posted, in milliseconds.
const REPORT: i64 = 300_000;
/// How many images a status names.
const IMAGES: usize = 50;

/// What is known of each node between two heartbeats.
#[derive(Debug, Default)]
pub struct Heartbeats(FxHashMap<Box<str>, Pulse>);

#[derive(Debug, Clone, Copy, Default)]
struct Pulse {
    /// When the status was posted last.
    reported: Option<Instant>,
    /// Whether the node was down at the last look.
    down: bool,
}

impl Controller for Heartbeats {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Node]
    }

    fn notice(&mut self, _: &Store, change: &Change, queue: &mut Queue) {
        match (&change.before, &change.after) {
            (None, Some(node)) => queue.reconcile(NAME, node.key.clone()),
            (_, None) => drop(self.0.remove(&change.last.key.name)),
            _ => {}
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(mut node) = store.read::<Node>(key) else { return };
        let large = store.count(Kind::Node) > RENEWAL.2;
        let period = if large { RENEWAL.1 } else { RENEWAL.0 };
        let now = simulation.now();
        let mut pulse = self.0.get(&key.name).copied().unwrap_or_default();
        let down = simulation.model.lock().effects().node_down(&key.name);
        let first = pulse.reported.is_none();
        if !down {
            renew(store, key, &node, now);
            if pulse.down {
                restart(simulation, store, key, &node);
            }
            let pressed = pressure::look(simulation, store, &node);
            let due = pulse.reported.is_none_or(|at| now.since(at) >= REPORT);
            if due || pulse.down || pressure::differs(&node, &pressed) {
                report(simulation, store, &mut node, &pressed, first);
                // Nor do they all report at once.
                let ago =
                    if first { i64::try_from(fnv(key.name.as_bytes()) % 300_000).unwrap_or(0) } else { 0 };
                pulse.reported = Some(now.plus_millis(-ago));
            }
        }
        pulse.down = down;
        self.0.insert(key.name.clone(), pulse);
        // Nodes don't beat all at once.
        let offset = (fnv(key.name.as_bytes()) % 1_000) as i64;
        let wait = if first { period - offset * period / 1_000 } else { period };
        simulation
            .queue
            .soon(wait.max(1), crate::demo::controllers::queue::Task::Reconcile(NAME, key.clone()));
    }
}

/// Renews the lease of a node; makes it where there is none.
fn renew(store: &mut Store, key: &Key, node: &Node, now: Instant) {
    let place = Key::new(LEASES, &key.name);
    let mut lease = store.read::<Lease>(&place).unwrap_or_else(|| new_lease(&place, node, now));
    let seconds = now.0.div_euclid(1_000);
    let nanos = i32::try_from(now.0.rem_euclid(1_000) * 1_000_000).unwrap_or(0);
    let spec = lease.spec.get_or_insert_default();
    spec.renew_time = Some(MicroTime { seconds: Some(seconds), nanos: Some(nanos) });
    store.put(&mut lease);
}

fn new_lease(place: &Key, node: &Node, now: Instant) -> Lease {
    let own = node.metadata.as_ref();
    let created = own.and_then(|it| it.creation_timestamp).or(time(now));
    let owner = OwnerReference {
        api_version: text("v1"),
        kind: text("Node"),
        name: text(&*place.name),
        uid: text(uid(own)),
        ..OwnerReference::default()
    };
    Lease {
        metadata: Some(ObjectMeta {
            name: text(&*place.name),
            namespace: text(LEASES),
            uid: text(Random::stream(fnv(uid(own).as_bytes()), "lease").uid()),
            creation_timestamp: created,
            owner_references: vec![owner],
            ..ObjectMeta::default()
        }),
        spec: Some(LeaseSpec {
            holder_identity: text(&*place.name),
            lease_duration_seconds: Some(40),
            ..LeaseSpec::default()
        }),
    }
}

/// Posts the status of a node that is well, but for what presses it.
fn report(
    simulation: &mut Simulation,
    store: &mut Store,
    node: &mut Node,
    pressed: &pressure::Pressed,
    first: bool,
) {
    let now = simulation.now();
    let name = node.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
    // What the platform was built with has been reported before it was started.
    let heartbeat = (!first).then_some(now);
    let mut turned = false;
    for (kind, words) in pressed.words() {
        turned |= set_condition(node, kind, words, heartbeat, now);
    }
    let words = Words { status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" };
    let ready = set_condition(node, "Ready", words, heartbeat, now);
    let images = images(simulation, &name);
    let status = node.status.get_or_insert_default();
    if first && !turned && !ready && images == status.images {
        return;
    }
    if !images.is_empty() {
        status.images = images;
    }
    store.put(node);
    if ready {
        tell(simulation, store, node, "NodeReady", &format!("Node {name} status is now: NodeReady"));
    }
}

/// The images on a node, the largest first.
fn images(simulation: &Simulation, node: &str) -> Vec<ContainerImage> {
    let images = simulation.kubelets.images.on(node);
    let mut images: Vec<ContainerImage> =
        images.into_iter().map(|(names, size)| ContainerImage { names, size_bytes: Some(size) }).collect();
    images.sort_by(|one, other| (other.size_bytes, &one.names).cmp(&(one.size_bytes, &other.names)));
    images.truncate(IMAGES);
    images
}

/// The node is back: its machine has been started anew, and nothing runs on it yet.
fn restart(simulation: &mut Simulation, store: &mut Store, key: &Key, node: &Node) {
    tell(simulation, store, node, "Starting", "Starting kubelet.");
    let boot = node.status.as_ref().and_then(|it| it.node_info.as_ref()).and_then(|it| it.boot_id.clone());
    let message = format!("Node {} has been rebooted, boot id: {}", key.name, boot.unwrap_or_default());
    let about = events::about(node);
    let saying = Saying { warning: true, reason: "Rebooted", message: &message, reporter: "kubelet" };
    simulation.tell_from(store, about, &saying, &key.name);
    let pods: Vec<Key> = store.ledger().pods_on(&key.name).cloned().collect();
    for pod in pods {
        simulation.reboot_pod(store, &pod);
    }
}

fn tell(simulation: &mut Simulation, store: &mut Store, node: &Node, reason: &str, message: &str) {
    let name = node.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
    let saying = Saying { warning: false, reason, message, reporter: "kubelet" };
    simulation.tell_from(store, events::about(node), &saying, &name);
}
