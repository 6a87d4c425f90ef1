//! Finds a node for a pod as kube-scheduler's default profile does, and says why there is none.

mod claims;
mod filter;
mod near;
mod node;
mod nodes;
mod preempt;
mod queue;
mod reasons;
mod score;
mod spread;
mod task;
mod wants;

use k8s_pb::api::core::v1::Pod;

use super::kubelet::Place;
use crate::demo::store::{Facts, Key, Store, Stored as _};

pub use claims::Claims;
pub use node::tolerates;

use filter::Placement;
use node::NodeInfo;
use nodes::Nodes;
use preempt::Sacrifice;
use queue::Queue;
use reasons::Reasons;
use wants::Wants;

/// Below how many nodes all are looked at, and the least share of more, in percent.
const SAMPLING: (usize, usize) = (100, 5);

/// The scheduler: what it knows of the nodes, and the pods that wait.
#[derive(Debug, Default)]
pub struct Scheduler {
    nodes: Nodes,
    queue: Queue,
    /// Where the search for feasible nodes goes on, so that all get their turn.
    next: usize,
}

/// Why there is no node for a pod.
#[derive(Debug)]
pub struct NoPlace {
    /// The scheduler's words.
    pub message: String,
    /// Who could be removed.
    sacrifice: Option<Sacrifice>,
}

impl Scheduler {
    /// Reads all nodes.
    pub fn refresh(&mut self, store: &Store) {
        self.nodes.read_all(store);
    }

    /// Reads again the nodes that have changed.
    pub fn refresh_if_forgotten(&mut self, store: &Store) {
        self.nodes.refresh(store);
    }

    /// Lets a node be read again before the next placement, since it has changed.
    pub fn note_change(&mut self, node: &Key) {
        self.nodes.note_change(node);
    }

    /// The best node for the pod.
    ///
    /// # Errors
    /// The scheduler's words for why there is none.
    pub fn place(&mut self, pod: &Pod, claims: &Claims, store: &Store) -> Result<Place, NoPlace> {
        let Facts::Pod(facts) = pod.facts() else { return Err(NoPlace::because("pod has no specification")) };
        let Some(wants) = Wants::new(pod, &facts) else {
            return Err(NoPlace::because("pod has no specification"));
        };
        let key = crate::demo::objects::key(pod.metadata.as_ref());
        let reserved = self.queue.reserved(&key, facts.priority);
        let placement = Placement::new(wants, &self.nodes, store, claims, reserved);
        let nodes = self.nodes.all();
        let (mut feasible, mut refusals) = (Vec::new(), vec![Reasons::default(); nodes.len()]);
        let (enough, mut seen) = (sample(nodes.len()), 0);
        while seen < nodes.len() && feasible.len() < enough {
            let place = (self.next + seen) % nodes.len();
            let reasons = placement.refuse(&nodes[place]);
            if reasons.is_empty() {
                feasible.push(&nodes[place]);
            }
            refusals[place] = reasons;
            seen += 1;
        }
        if let Some(node) = score::best(&placement, &feasible) {
            let place = node.place.clone();
            self.next = (self.next + seen) % nodes.len().max(1);
            return Ok(place);
        }
        Err(NoPlace::explain(&placement, nodes, &refusals))
    }

    /// The nodes that a daemon set's pod goes to, which takes cordoned ones too.
    pub fn daemon_places(&self, pod: &Pod) -> Vec<Place> {
        let Facts::Pod(facts) = pod.facts() else { return Vec::new() };
        let Some(wants) = Wants::new(pod, &facts) else { return Vec::new() };
        let fits = |node: &&NodeInfo| !node.repels(wants.tolerations()) && wants.takes(node);
        self.nodes.all().iter().filter(fits).map(|node| node.place.clone()).collect()
    }

    /// The nodes that let a daemon set's pod stay which they have.
    pub fn daemon_keepers(&self, pod: &Pod) -> Vec<Place> {
        let Facts::Pod(facts) = pod.facts() else { return Vec::new() };
        let Some(wants) = Wants::new(pod, &facts) else { return Vec::new() };
        let fits = |node: &&NodeInfo| !node.expels(wants.tolerations()) && wants.takes(node);
        self.nodes.all().iter().filter(fits).map(|node| node.place.clone()).collect()
    }

    /// The node of this name.
    pub fn node(&self, name: &str) -> Option<Place> {
        self.nodes.get(name).map(|node| node.place.clone())
    }

    /// A new address in the node's pod network.
    pub fn next_address(&mut self, node: &str) -> String {
        self.nodes.get_mut(node).map_or_else(|| "10.244.255.2".to_owned(), NodeInfo::next_address)
    }
}

/// How many feasible nodes are enough among so many, as the scheduler's default says.
fn sample(nodes: usize) -> usize {
    if nodes < SAMPLING.0 {
        return nodes;
    }
    let percent = 50_usize.saturating_sub(nodes / 125).max(SAMPLING.1);
    (nodes * percent / 100).max(SAMPLING.0)
}

impl NoPlace {
    fn because(message: &str) -> Self {
        NoPlace { message: message.to_owned(), sacrifice: None }
    }

    fn explain(placement: &Placement<'_>, nodes: &[NodeInfo], refusals: &[Reasons]) -> Self {
        if nodes.is_empty() {
            return NoPlace::because("no nodes available to schedule pods");
        }
        let sentence = reasons::sentence(refusals, placement.extended_name());
        match preempt::find(placement, nodes, refusals) {
            Ok(sacrifice) => NoPlace { message: sentence, sacrifice: Some(sacrifice) },
            Err(words) => NoPlace { message: format!("{sentence} preemption: {words}"), sacrifice: None },
        }
    }

    /// No node can help, for a reason of the pod's own.
    fn whichever(reason: &str, nodes: usize) -> Self {
        let hopeless = "Preemption is not helpful for scheduling";
        NoPlace::because(&format!(
            "0/{nodes} nodes are available: {reason}. preemption: 0/{nodes} nodes are available: {nodes} {hopeless}."
        ))
    }
}
