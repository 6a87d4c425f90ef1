//! What the controllers, the scheduler and the kubelets work with, and the loop that gives them their turns.

use std::sync::Arc;

use k8s_pb::api::core::v1::{ObjectReference, Pod};

use super::churn::Churn;
use super::controller::Controllers;
use super::kubelet::Kubelets;
use super::queue::{Queue, Task};
use super::recorder::Recorder;
use super::scheduler::Scheduler;
use crate::demo::events::{self, Saying};
use crate::demo::model::{self, SharedModel};
use crate::demo::random::Random;
use crate::demo::reference::Built;
use crate::demo::server::DemoOptions;
use crate::demo::store::{Change, Facts, Key, Kind, SharedStore, Store, StoredObject};
use crate::demo::wire::Schema;
use crate::platform::time::{Clock, Instant};

/// All controllers, and what they share: the clock, chance, the queue, the events and the nodes.
#[derive(Debug)]
pub struct Simulation {
    pub(super) schema: Arc<Schema>,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) scheduler: Scheduler,
    pub(super) kubelets: Kubelets,
    pub(super) churn: Churn,
    pub(super) model: SharedModel,
    pub(super) queue: Queue,
    recorder: Recorder,
    controllers: Controllers,
}

impl Simulation {
    /// Takes over a built platform, and reports its state as controllers that have been running all along.
    pub fn open(
        built: Built,
        schema: Arc<Schema>,
        options: &DemoOptions,
        model: SharedModel,
    ) -> (Store, Simulation) {
        let mut store = built.store;
        let clock = options.clock.clone();
        let mut simulation = Simulation {
            schema,
            random: Random::stream(options.seed, "simulation"),
            scheduler: built.scheduler,
            kubelets: Kubelets::new(options.seed, built.images),
            churn: Churn::new(options.seed, options.churn),
            model,
            queue: Queue::new(clock.clone()),
            recorder: Recorder::default(),
            controllers: Controllers::new(),
            clock,
        };
        store.open();
        simulation.controllers.look_around(&store, &mut simulation.queue);
        while simulation.take_turn(&mut store) {}
        simulation.recorder.look_around(&store, simulation.clock.now());
        // What the controllers found at the start is no history for watches.
        store.open();
        simulation.begin(&mut store);
        while simulation.take_turn(&mut store) {}
        (store, simulation)
    }

    /// The present instant.
    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Something to do in so many milliseconds; at once where they are negative.
    pub(super) fn later(&mut self, milliseconds: i64, task: Task) {
        self.queue.later(milliseconds, task);
    }

    /// When something is due by itself.
    pub fn next_due(&self) -> Option<Instant> {
        self.queue.next_due()
    }

    /// Names something to look at.
    pub(super) fn mark(&mut self, task: Task) {
        self.queue.mark(task);
    }

    /// Records an event, and forgets the oldest.
    pub(super) fn tell(&mut self, store: &mut Store, about: ObjectReference, saying: &Saying<'_>) {
        self.recorder.record(store, about, saying, "", self.clock.now());
    }

    /// Records an event that a component on a node tells of.
    pub(super) fn tell_from(
        &mut self,
        store: &mut Store,
        about: ObjectReference,
        saying: &Saying<'_>,
        node: &str,
    ) {
        self.recorder.record(store, about, saying, node, self.clock.now());
    }

    /// Records a warning about a pod.
    pub(super) fn warn(&mut self, store: &mut Store, pod: &Pod, reason: &str, message: &str, reporter: &str) {
        self.tell(store, events::about(pod), &Saying { warning: true, reason, message, reporter });
    }

    /// Starts what runs by itself, and picks up pods on their way.
    fn begin(&mut self, store: &mut Store) {
        let unready = |object: &&Arc<StoredObject>| matches!(&object.facts, Facts::Pod(pod) if !pod.ready() && !pod.finished());
        let pods: Vec<Key> =
            store.list(Kind::Pod, None, None).filter(unready).map(|pod| pod.key.clone()).collect();
        for key in pods {
            self.mark(Task::Pod(key));
        }
        self.churn.watch_over(store);
        if let Some(wait) = self.churn.wait(0) {
            self.later(wait, Task::Churn);
        }
        self.later(model::PERIOD, Task::Load);
    }

    /// Does everything that there is to do now. The store is let go between any two things.
    pub fn settle(&mut self, store: &SharedStore) {
        while self.take_turn(&mut store.lock()) {}
    }

    /// Looks at what has changed, and does one thing; whether there was one to do.
    fn take_turn(&mut self, store: &mut Store) -> bool {
        for change in store.take_unseen() {
            self.notice(store, &change);
        }
        let task = self.queue.take();
        let busy = task.is_some();
        if let Some(task) = task {
            self.perform(store, task);
        }
        busy
    }

    fn perform(&mut self, store: &mut Store, task: Task) {
        match task {
            Task::Schedule(key) => self.schedule(store, &key),
            Task::Pod(key) => self.care_for(store, &key),
            Task::Reconcile(name, key) => {
                if let Some(mut controller) = self.controllers.take(name) {
                    controller.reconcile(self, store, &key);
                    self.controllers.put_back(controller);
                }
            }
            Task::Kubelet(key, uid) => self.sync_pod(store, &key, &uid),
            Task::Happen(happening) => self.carry_out(store, &happening),
            Task::Load => {
                self.later(model::PERIOD, Task::Load);
                self.suffer(store);
            }
            Task::Churn => self.stir(store),
        }
    }

    fn notice(&mut self, store: &Store, change: &Change) {
        match change.last.kind {
            Kind::Pod => self.notice_pod(change),
            Kind::Node => {
                // A node that opens, or closes, concerns whoever waits for one.
                self.scheduler.note_change(&change.last.key);
                self.wake_waiting_pods();
            }
            Kind::PersistentVolumeClaim | Kind::PersistentVolume => self.wake_waiting_pods(),
            _ => {}
        }
        self.controllers.notice(store, change, &mut self.queue);
    }

    /// What a pod's change gives its node to do, and those that wait for one.
    fn notice_pod(&mut self, change: &Change) {
        let pod = &change.last;
        if change.before.is_none() {
            self.churn.add(pod);
        }
        let finished =
            |object: &Arc<StoredObject>| matches!(&object.facts, Facts::Pod(pod) if pod.finished());
        if change.after.as_ref().is_none_or(finished) {
            self.wake_waiting_pods();
        }
        if change.after.is_some() && concerns_its_node(change) {
            self.mark(Task::Pod(pod.key.clone()));
        }
    }
}

/// Whether a pod's change gives its node, or the scheduler, something to do.
fn concerns_its_node(change: &Change) -> bool {
    let told = |object: Option<&Arc<StoredObject>>| match object.map(|object| &object.facts) {
        Some(Facts::Pod(pod)) => Some((pod.generation, pod.gated)),
        _ => None,
    };
    Counted::differs(change)
        || told(change.before.as_ref()) != told(change.after.as_ref())
        || told(change.after.as_ref()).is_some_and(|(_, gated)| gated)
}

/// What of a pod its controllers and its node count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    active: bool,
    ready: bool,
    terminating: bool,
    finished: bool,
    bound: bool,
}

impl Counted {
    fn of(object: Option<&Arc<StoredObject>>) -> Option<Self> {
        match object.map(|object| &object.facts) {
            Some(Facts::Pod(pod)) => Some(Counted {
                active: pod.active(),
                ready: pod.ready(),
                terminating: pod.terminating,
                finished: pod.finished(),
                bound: !pod.node.is_empty(),
            }),
            _ => None,
        }
    }

    /// Whether a pod's change makes it count otherwise.
    pub(super) fn differs(change: &Change) -> bool {
        Self::of(change.before.as_ref()) != Self::of(change.after.as_ref())
    }
}
