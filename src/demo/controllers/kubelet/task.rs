//! The kubelets' work: looking after a pod whenever something about it changes or is due.

use k8s_pb::api::core::v1::{Pod, PodSpec};
use rustc_hash::FxHashMap;

use super::around::{Around, Broken, Note};
use super::images::Images;
use super::program::End;
use super::status::post;
use super::worker::{Run, Worker};
use crate::demo::controllers::queue::Task;
use crate::demo::controllers::simulation::Simulation;
use crate::demo::events::{self, Saying};
use crate::demo::model::{Happening, Sufferer};
use crate::demo::objects::{set_pod_condition, uid};
use crate::demo::random::{Random, fnv};
use crate::demo::store::{Facts, Key, Kind, Store};
use crate::platform::time::Instant;

/// How long it takes until a kubelet sees a new pod of its node, in milliseconds.
const NOTICE: (i64, i64) = (60, 260);

/// All kubelets: the pods that they are busy with, and the images on their nodes.
#[derive(Debug, Default)]
pub struct Kubelets {
    /// By uid; pods of which nothing is to be expected aren't among them.
    busy: FxHashMap<Box<str>, Worker>,
    /// The images on the nodes.
    pub images: Images,
    /// Decides all that differs from pod to pod.
    seed: u64,
}

impl Kubelets {
    /// Kubelets whose nodes have these images.
    pub fn new(seed: u64, images: Images) -> Self {
        Kubelets { busy: FxHashMap::default(), images, seed: seed ^ fnv(b"kubelets") }
    }
}

/// Something done to a pod from outside before its kubelet looks at it.
type Blow<'a> = &'a mut dyn FnMut(&mut Worker, &PodSpec, Instant);

impl Simulation {
    /// Sees whether a pod that has changed needs something.
    pub(in crate::demo::controllers) fn care_for(&mut self, store: &mut Store, key: &Key) {
        let Some(stored) = store.get(Kind::Pod, key) else { return };
        let Facts::Pod(facts) = &stored.facts else { return };
        if facts.node.is_empty() {
            return self.mark(Task::Schedule(key.clone()));
        }
        let pod_uid = stored.uid.clone();
        if facts.finished() && !facts.terminating {
            self.kubelets.busy.remove(&pod_uid);
            return;
        }
        let seen = self.kubelets.busy.contains_key(&pod_uid);
        let new =
            !seen && &*facts.phase == "Pending" && store.read::<Pod>(key).is_some_and(|pod| is_unseen(&pod));
        if new && !facts.terminating {
            let mut chance = Random::stream(self.kubelets.seed, &pod_uid);
            let wait = chance.between(NOTICE.0, NOTICE.1);
            return self.queue.soon(wait, Task::Kubelet(key.clone(), pod_uid));
        }
        self.look_after(store, key, &pod_uid, &mut |_, _, _| {});
    }

    /// Does whatever is due for a pod.
    pub(in crate::demo::controllers) fn sync_pod(&mut self, store: &mut Store, key: &Key, pod_uid: &str) {
        self.look_after(store, key, pod_uid, &mut |_, _, _| {});
    }

    /// Carries out what the load, or chance, does to a pod.
    pub(in crate::demo::controllers) fn carry_out(&mut self, store: &mut Store, happening: &Happening) {
        match happening {
            Happening::OutOfMemory(at) => self.strike(store, at, End::OUT_OF_MEMORY),
            Happening::Exits { at, code } => self.strike(store, at, End::with(*code)),
            Happening::ProbeFails { at, message } => {
                self.look_after(store, &at.pod, &at.uid, &mut |worker, spec, now| {
                    worker.fail_readiness(&at.container, Some(message.clone()), spec, now);
                });
            }
            Happening::ProbeRecovers(at) => {
                self.look_after(store, &at.pod, &at.uid, &mut |worker, spec, now| {
                    worker.fail_readiness(&at.container, None, spec, now);
                });
            }
        }
    }

    /// The node of a pod has been started anew: nothing runs on it yet.
    pub(in crate::demo::controllers) fn reboot_pod(&mut self, store: &mut Store, key: &Key) {
        if let Some(pod_uid) = store.get(Kind::Pod, key).map(|pod| pod.uid.clone()) {
            self.look_after(store, key, &pod_uid, &mut |worker, _, now| worker.reboot(now));
        }
    }

    /// Evicts a pod whose node has too little left of something.
    pub(in crate::demo::controllers) fn evict_pod(
        &mut self,
        store: &mut Store,
        key: &Key,
        pod_uid: &str,
        message: &str,
    ) {
        let Some(mut pod) = store.read::<Pod>(key) else { return };
        let now = self.now();
        set_pod_condition(&mut pod, "DisruptionTarget", true, "TerminationByKubelet", message, now);
        store.put(&mut pod);
        let node = pod.spec.as_ref().and_then(|spec| spec.node_name.clone()).unwrap_or_default();
        let saying = Saying { warning: true, reason: "Evicted", message, reporter: "kubelet" };
        self.tell_from(store, events::about(&pod), &saying, &node);
        self.look_after(store, key, pod_uid, &mut |worker, _, _| worker.evict(message));
    }

    fn strike(&mut self, store: &mut Store, at: &Sufferer, end: End) {
        self.look_after(store, &at.pod, &at.uid, &mut |worker, _, now| {
            if let Some(running) = worker.find(&at.container).and_then(Run::running_mut) {
                running.ends = Some((now, end));
            }
        });
    }

    /// Lets a kubelet look at a pod, after something has been done to it.
    fn look_after(&mut self, store: &mut Store, key: &Key, pod_uid: &str, blow: Blow<'_>) {
        let Some(mut pod) = store.read::<Pod>(key).filter(|pod| uid(pod.metadata.as_ref()) == pod_uid) else {
            self.kubelets.busy.remove(pod_uid);
            return;
        };
        let spec = pod.spec.clone().unwrap_or_default();
        let node = spec.node_name.as_deref().unwrap_or_default();
        self.scheduler.refresh_if_forgotten(store);
        let Some(place) = self.scheduler.node(node) else { return };
        let now = self.now();
        let model = self.model.lock();
        let effects = model.effects();
        if effects.node_down(node) {
            return;
        }
        let busy = self.kubelets.busy.remove(pod_uid);
        let mut around = Around {
            store,
            images: &mut self.kubelets.images,
            network: &mut self.scheduler,
            faults: Broken {
                fault: &|image| effects.image_fault(image),
                pull: &|namespace, image| effects.pull_outcome(namespace, image),
            },
            seed: self.kubelets.seed,
            now,
            notes: Vec::new(),
        };
        let mut worker = match busy {
            Some(worker) => worker,
            None if is_unseen(&pod) => Worker::new(&pod, now),
            None => Worker::adopt(&pod, &around),
        };
        blow(&mut worker, &spec, now);
        worker.sync(&pod, &mut around);
        let notes = std::mem::take(&mut around.notes);
        drop(model);
        if post(&worker, &mut pod, &place.address, now) {
            store.put(&mut pod);
        }
        self.tell_notes(store, &pod, node, &notes);
        if worker.is_gone(now) {
            finish_deletion(store, key, &mut pod);
        } else if let Some(due) = worker.due(&spec) {
            self.queue.soon(due.since(now), Task::Kubelet(key.clone(), pod_uid.into()));
            self.kubelets.busy.insert(pod_uid.into(), worker);
        }
    }

    fn tell_notes(&mut self, store: &mut Store, pod: &Pod, node: &str, notes: &[Note]) {
        for note in notes {
            let mut about = events::about(pod);
            about.field_path = (!note.field.is_empty()).then(|| note.field.clone());
            let saying = Saying {
                warning: note.warning,
                reason: note.reason,
                message: &note.message,
                reporter: "kubelet",
            };
            self.tell_from(store, about, &saying, node);
        }
    }
}

/// Whether no kubelet has posted anything of the pod yet.
fn is_unseen(pod: &Pod) -> bool {
    pod.status.as_ref().is_none_or(|status| status.start_time.is_none())
}

/// Takes a pod away whose containers have all ended; one with finalizers stays until they are gone.
fn finish_deletion(store: &mut Store, key: &Key, pod: &mut Pod) {
    let metadata = pod.metadata.get_or_insert_default();
    if metadata.finalizers.is_empty() {
        store.remove::<Pod>(key);
    } else if metadata.deletion_grace_period_seconds != Some(0) {
        metadata.deletion_grace_period_seconds = Some(0);
        store.put(pod);
    }
}
