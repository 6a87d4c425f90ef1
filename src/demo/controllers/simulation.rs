//! What the controllers have to do: changes name what to look at again, timers what to do next.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use k8s_pb::api::core::v1::{Event, ObjectReference};
use rustc_hash::FxHashMap;

use super::autoscalers::Autoscalers;
use super::churn::Churn;
use super::pod_life::Step;
use super::scheduler::Scheduler;
use super::timers::Timers;
use crate::demo::events::{self, Saying};
use crate::demo::random::Random;
use crate::demo::reference::{Built, Faults};
use crate::demo::server::DemoOptions;
use crate::demo::store::{Change, Facts, Key, Kind, SharedStore, Store, StoredObject};
use crate::demo::wire::Schema;
use crate::platform::time::{Clock, Instant};

/// How many events are kept, and for how long, in milliseconds.
const EVENTS: (usize, i64) = (4_000, 3_600_000);

/// Something for the controllers to look at or to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// A pod needs a node.
    Schedule(Key),
    /// A pod may need its kubelet.
    Pod(Key),
    /// A replica set may have too many or too few pods.
    ReplicaSet(Key),
    /// A deployment may have something to roll out, or to report.
    Deployment(Key),
    /// The deadline of a rollout has passed.
    Deadline(Key),
    /// A stateful set may have too many or too few pods.
    StatefulSet(Key),
    /// A daemon set may lack pods, or have something to report.
    DaemonSet(Key),
    /// The use of a namespace's quotas has changed.
    Quotas(Box<str>),
    /// The disruptions that a namespace's budgets allow have changed.
    Budgets(Box<str>),
    /// A pod with this uid takes its next step.
    Step(Key, Box<str>, Step),
    /// Autoscalers look at their loads.
    Autoscale,
    /// Something happens by itself.
    Churn,
}

/// All controllers together.
#[derive(Debug)]
pub struct Simulation {
    pub(super) schema: Arc<Schema>,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) scheduler: Scheduler,
    pub(super) faults: Faults,
    pub(super) autoscalers: Autoscalers,
    pub(super) churn: Churn,
    pub(super) timers: Timers<Task>,
    /// Pods that no node has room for.
    pub(super) homeless: BTreeSet<Key>,
    /// Deployments whose progress is looked at again at its deadline.
    pub(super) deadlines: BTreeSet<Key>,
    work: BTreeSet<Task>,
    /// Every sighting of an event, oldest first: its key, when, and its number.
    recorded: VecDeque<(Key, Instant, u64)>,
    /// The number of each event's latest sighting.
    latest: FxHashMap<Key, u64>,
    sightings: u64,
}

impl Simulation {
    /// Takes over a built platform, and reports its state as controllers that have been running all along.
    pub fn open(built: Built, schema: Arc<Schema>, options: &DemoOptions) -> (Store, Simulation) {
        let mut store = built.store;
        let mut simulation = Simulation {
            schema,
            clock: options.clock.clone(),
            random: Random::stream(options.seed, "simulation"),
            scheduler: built.scheduler,
            faults: built.faults,
            autoscalers: Autoscalers::new(built.loads, options.seed, options.churn > 0.0),
            churn: Churn::new(options.seed, options.churn),
            timers: Timers::default(),
            homeless: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            work: BTreeSet::new(),
            recorded: VecDeque::new(),
            latest: FxHashMap::default(),
            sightings: 0,
        };
        for kind in [Kind::ReplicaSet, Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Namespace]
        {
            for object in store.list(kind, None, None) {
                simulation.mark_object(object);
            }
        }
        while let Some(task) = simulation.work.pop_first() {
            simulation.perform(&mut store, task);
        }
        simulation.autoscale_since_long_ago(&mut store);
        for event in store.list(Kind::Event, None, None) {
            simulation.remember(event.key.clone(), simulation.now());
        }
        store.open();
        simulation.begin(&mut store);
        (store, simulation)
    }

    /// The present instant.
    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Something to do in so many milliseconds; at once where they are negative.
    pub(super) fn later(&mut self, milliseconds: i64, task: Task) {
        self.timers.set(self.now().plus_millis(milliseconds.max(0)), task);
    }

    /// When something is due by itself.
    pub fn next_due(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Names something to look at.
    pub(super) fn mark(&mut self, task: Task) {
        self.work.insert(task);
    }

    /// Records an event, and forgets the oldest.
    pub(super) fn tell(&mut self, store: &mut Store, about: ObjectReference, saying: &Saying<'_>) {
        let now = self.now();
        let key = events::record(store, about, saying, now);
        self.remember(key, now);
        while let Some((_, at, _)) = self.recorded.front()
            && (self.recorded.len() > EVENTS.0 || now.since(*at) > EVENTS.1)
            && let Some((key, _, number)) = self.recorded.pop_front()
        {
            // One that was seen again since has a later entry.
            if self.latest.get(&key) == Some(&number) {
                self.latest.remove(&key);
                store.remove::<Event>(&key);
            }
        }
    }

    fn remember(&mut self, key: Key, at: Instant) {
        self.sightings += 1;
        self.latest.insert(key.clone(), self.sightings);
        self.recorded.push_back((key, at, self.sightings));
    }

    /// Starts what runs by itself, and picks up pods on their way.
    fn begin(&mut self, store: &mut Store) {
        let unready = |object: &&Arc<StoredObject>| matches!(&object.facts, Facts::Pod(pod) if !pod.ready() && !pod.finished());
        let pods: Vec<Key> =
            store.list(Kind::Pod, None, None).filter(unready).map(|pod| pod.key.clone()).collect();
        for key in pods {
            self.pick_up(store, &key);
        }
        self.churn.watch_over(store);
        if let Some(wait) = self.churn.wait(0) {
            self.later(wait, Task::Churn);
        }
        self.later(super::autoscalers::PERIOD, Task::Autoscale);
    }

    /// Does everything that there is to do now. The store is let go between any two things.
    pub fn settle(&mut self, store: &SharedStore) {
        loop {
            let mut guard = store.lock();
            for change in guard.take_unseen() {
                self.mark_change(&change);
            }
            let now = self.now();
            let Some(task) = self.work.pop_first().or_else(|| self.timers.take_due(now)) else { return };
            self.perform(&mut guard, task);
        }
    }

    fn perform(&mut self, store: &mut Store, task: Task) {
        match task {
            Task::Schedule(key) => self.schedule(store, &key),
            Task::Pod(key) => self.care_for(store, &key),
            Task::ReplicaSet(key) => self.reconcile_replica_set(store, &key),
            Task::Deployment(key) => self.reconcile_deployment(store, &key),
            Task::Deadline(key) => {
                self.deadlines.remove(&key);
                self.mark(Task::Deployment(key));
            }
            Task::StatefulSet(key) => self.reconcile_stateful_set(store, &key),
            Task::DaemonSet(key) => self.reconcile_daemon_set(store, &key),
            Task::Quotas(namespace) => self.report_quotas(store, &namespace),
            Task::Budgets(namespace) => self.report_budgets(store, &namespace),
            Task::Step(key, uid, step) => self.step(store, &key, &uid, step),
            Task::Autoscale => {
                self.later(super::autoscalers::PERIOD, Task::Autoscale);
                self.autoscale(store);
            }
            Task::Churn => self.stir(store),
        }
    }

    fn mark_change(&mut self, change: &Change) {
        match (&change.last.facts, change.last.kind) {
            (Facts::Pod(_), _) => self.mark_pod_change(change),
            (_, Kind::Node) => {
                // A node that opens, or closes, concerns whoever waits for one.
                self.work.extend(self.homeless.iter().cloned().map(Task::Schedule));
                self.scheduler.forget();
            }
            _ => self.mark_object(&change.last),
        }
    }

    fn mark_object(&mut self, object: &StoredObject) {
        let key = || object.key.clone();
        match object.kind {
            Kind::ReplicaSet => {
                self.work.insert(Task::ReplicaSet(key()));
                self.mark_owner(object);
            }
            Kind::Deployment => drop(self.work.insert(Task::Deployment(key()))),
            Kind::StatefulSet => drop(self.work.insert(Task::StatefulSet(key()))),
            Kind::DaemonSet => drop(self.work.insert(Task::DaemonSet(key()))),
            Kind::PodDisruptionBudget => drop(self.work.insert(Task::Budgets(object.key.namespace.clone()))),
            Kind::ResourceQuota => drop(self.work.insert(Task::Quotas(object.key.namespace.clone()))),
            Kind::Namespace => {
                self.work.insert(Task::Budgets(object.key.name.clone()));
                self.work.insert(Task::Quotas(object.key.name.clone()));
            }
            _ => {}
        }
    }

    /// What a pod's change concerns: itself, its owner where it counts otherwise, and its namespace's limits.
    fn mark_pod_change(&mut self, change: &Change) {
        let pod = &change.last;
        let counted = |object: &Option<Arc<StoredObject>>| match object.as_ref().map(|object| &object.facts) {
            Some(Facts::Pod(pod)) => {
                Some((pod.active(), pod.ready(), pod.terminating, pod.finished(), pod.node.is_empty()))
            }
            _ => None,
        };
        let (before, after) = (counted(&change.before), counted(&change.after));
        if before == after {
            return;
        }
        if change.before.is_none() {
            self.churn.add(pod);
        }
        match after {
            None => {
                self.homeless.remove(&pod.key);
                self.work.extend(self.homeless.iter().cloned().map(Task::Schedule));
            }
            Some(_) => {
                self.work.insert(Task::Pod(pod.key.clone()));
            }
        }
        self.mark_owner(pod);
        self.work.insert(Task::Budgets(pod.key.namespace.clone()));
        if before.map(|it| it.3) != after.map(|it| it.3) {
            self.work.insert(Task::Quotas(pod.key.namespace.clone()));
        }
    }

    fn mark_owner(&mut self, object: &StoredObject) {
        let Some(owner) = &object.owner else { return };
        let key = Key::new(&object.key.namespace, &owner.name);
        let task = match &*owner.kind {
            "ReplicaSet" => Task::ReplicaSet(key),
            "Deployment" => Task::Deployment(key),
            "StatefulSet" => Task::StatefulSet(key),
            "DaemonSet" => Task::DaemonSet(key),
            _ => return,
        };
        self.work.insert(task);
    }
}
