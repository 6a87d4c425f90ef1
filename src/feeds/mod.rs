//! What keeps the picture live: one task for each source and scope.
//!
//! | file | what it knows |
//! | --- | --- |
//! | `source` | the list-and-watch state machine of one kind in one scope |
//! | `scope` | which scopes a user may see, and the sources that cover them |
//! | `objects` | from the bytes of objects and events to rows |
//! | `rows` | from a server's message to a row |
//! | `sink` | rows in batches |
//! | `backoff`, `patience` | pauses between attempts, and how long to wait for what |
//! | `pulse` | whether the server is still there while nothing happens |
//! | `detail` | the object under the cursor, in full |

mod backoff;
mod detail;
mod objects;
mod patience;
mod pulse;
mod rows;
mod scope;
mod sink;
mod source;

use std::future::Future;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

pub use patience::Patience;
pub use rows::pods_of_list;

use crate::clients::kubernetes::Reader;
use crate::picture::model::Delta;
use crate::platform::object::{ObjectReference, Symbol};
use crate::platform::time::Clock;
use rows::{
    Autoscalers, DaemonSets, Deployments, Intake, Namespaces, Nodes, Pods, ReplicaSets, StatefulSets,
};
use scope::Supervisor;
use source::SourceContext;

/// What the feeds are to cover, and how patiently.
#[derive(Debug, Clone)]
pub struct FeedOptions {
    /// The context, as the picture names the cluster.
    pub cluster: Symbol,
    /// Only these namespaces; none means all that may be seen.
    pub only: Vec<Symbol>,
    /// Where to look when neither the cluster nor its namespaces may be listed.
    pub known: Vec<Symbol>,
    /// How long to wait for what.
    pub patience: Patience,
    /// Where the time comes from.
    pub clock: Clock,
}

/// The running feeds of one cluster. Dropping them ends them.
#[derive(Debug)]
pub struct Feeds {
    tasks: Vec<AbortHandle>,
}

impl Feeds {
    /// Starts every feed on `runtime`. What they deliver goes to `deltas`; `wanted` names the object whose detail is
    /// wanted; a new number in `refresh` lets every source that waits try again at once.
    pub fn start(
        runtime: &Handle,
        reader: &Reader,
        options: &FeedOptions,
        deltas: &mpsc::Sender<Delta>,
        wanted: watch::Receiver<Option<ObjectReference>>,
        refresh: watch::Receiver<u64>,
    ) -> Feeds {
        let (pods_listed, pods_seen) = watch::channel(false);
        let (losing, lost) = watch::channel(0);
        let context = SourceContext {
            reader: reader.clone(),
            deltas: deltas.clone(),
            refresh,
            lost,
            clock: options.clock.clone(),
            patience: options.patience,
            listed: None,
        };
        let mut tasks = Tasks { runtime, handles: Vec::new() };
        let supervisor = |context: SourceContext| Supervisor::new(context, options.clone());
        let pods = SourceContext { listed: Some(pods_listed.into()), ..context.clone() };
        tasks.feed::<Pods>(supervisor(pods));
        tasks.feed::<Namespaces>(supervisor(context.clone()));
        tasks.feed::<Nodes>(supervisor(context.clone()));
        tasks.feed::<Deployments>(supervisor(context.clone()));
        tasks.feed::<StatefulSets>(supervisor(context.clone()));
        tasks.feed::<DaemonSets>(supervisor(context.clone()));
        tasks.feed::<Autoscalers>(supervisor(context.clone()));
        // ReplicaSets are many and seldom looked at: they come when the pods are there.
        let replica_sets = supervisor(context.clone());
        tasks.spawn(async move {
            scope::settled(pods_seen).await;
            replica_sets.run::<ReplicaSets>().await;
        });
        tasks.spawn(scope::server_version(context, options.cluster.clone()));
        tasks.spawn(pulse::take(reader.clone(), options.patience, losing));
        tasks.spawn(detail::follow(reader.clone(), wanted, deltas.clone()));
        Feeds { tasks: tasks.handles }
    }
}

impl Drop for Feeds {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

struct Tasks<'a> {
    runtime: &'a Handle,
    handles: Vec<AbortHandle>,
}

impl Tasks<'_> {
    fn feed<K: Intake>(&mut self, supervisor: Supervisor) {
        self.spawn(async move { supervisor.run::<K>().await });
    }

    fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.handles.push(self.runtime.spawn(task).abort_handle());
    }
}
