//! What there is to do: at once, or at its time.

use std::collections::BTreeSet;

use super::timers::Timers;
use crate::demo::model::Happening;
use crate::demo::store::{Key, StoredObject};
use crate::platform::time::{Clock, Instant};

/// Something for the controllers to look at or to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// A pod needs a node.
    Schedule(Key),
    /// A pod may need its kubelet.
    Pod(Key),
    /// The controller of this name looks at an object.
    Reconcile(&'static str, Key),
    /// Something is due for the pod with this uid.
    Kubelet(Key, Box<str>),
    /// Something happens to a pod.
    Happen(Happening),
    /// The load of the last seconds passes.
    Load,
    /// Something happens by itself.
    Churn,
}

/// The tasks that wait: for their turn, or for their time. Each waits once, however often it is named.
#[derive(Debug)]
pub struct Queue {
    clock: Clock,
    work: BTreeSet<Task>,
    timers: Timers<Task>,
}

impl Queue {
    /// An empty queue on this clock.
    pub fn new(clock: Clock) -> Self {
        Queue { clock, work: BTreeSet::new(), timers: Timers::default() }
    }

    /// Something to do at once.
    pub fn mark(&mut self, task: Task) {
        self.work.insert(task);
    }

    /// Lets the controller of this name look at an object.
    pub fn reconcile(&mut self, controller: &'static str, key: Key) {
        self.mark(Task::Reconcile(controller, key));
    }

    /// Lets the controller of this name look at an object's owner, where the owner is of this kind.
    pub fn reconcile_owner(&mut self, controller: &'static str, kind: &str, object: &StoredObject) {
        if let Some(owner) = object.owner.as_ref().filter(|owner| &*owner.kind == kind) {
            self.reconcile(controller, Key::new(&object.key.namespace, &owner.name));
        }
    }

    /// Something to do in so many milliseconds; at once where they are negative.
    pub fn later(&mut self, milliseconds: i64, task: Task) {
        self.timers.set(self.clock.now().plus_millis(milliseconds.max(0)), task);
    }

    /// Something to do in so many milliseconds at the latest, which may wait already for an earlier time.
    pub fn soon(&mut self, milliseconds: i64, task: Task) {
        self.timers.set_once(self.clock.now().plus_millis(milliseconds.max(0)), task);
    }

    /// The next thing to do now: what has been named first, then what is due.
    pub fn take(&mut self) -> Option<Task> {
        self.work.pop_first().or_else(|| self.timers.take_due(self.clock.now()))
    }

    /// When something is due by itself.
    pub fn next_due(&self) -> Option<Instant> {
        self.timers.next()
    }
}
