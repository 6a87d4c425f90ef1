//! Which pods serve which calls: the services of the flows as the workloads that there are now.

use std::collections::BTreeMap;

use super::description::{CallDescription, Flows};
use super::roster::PodView;
use crate::demo::store::{Key, Kind, Store};

/// The kinds of workload that serve.
const KINDS: [Kind; 3] = [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet];

/// A call, by the places of the services in the flows.
#[derive(Debug, Clone)]
pub struct Call {
    /// The service that is called.
    pub to: usize,
    /// How many calls a request makes.
    pub rate: f64,
    /// The share of requests that fail when such a call does.
    pub fails: f64,
    /// How often a call that fails is made again.
    pub retries: i32,
    /// For a cache: the share of calls that find what they look for, and what is called otherwise.
    pub cached: Option<(f64, usize)>,
}

/// The calls of each service of the flows; calls to services that aren't described, or stand before, are left out.
pub fn calls(flows: &Flows) -> Vec<Vec<Call>> {
    let find = |name: &str| flows.services.iter().position(|service| service.workload == name);
    let call = |from: usize, call: &CallDescription| {
        let misses_to = call.misses_to.as_deref().and_then(find);
        Some(Call {
            to: find(&call.to).filter(|to| *to > from)?,
            rate: call.rate,
            fails: call.fails,
            retries: call.retries,
            cached: misses_to.map(|to| (call.hits, to)),
        })
    };
    let services = flows.services.iter().enumerate();
    services.map(|(from, it)| it.calls.iter().filter_map(|it| call(from, it)).collect()).collect()
}

/// One workload that serves, with the places of its pods in the roster.
#[derive(Debug)]
pub struct Instance {
    /// Its namespace and name.
    pub key: Key,
    /// Its service's place in the flows.
    pub service: usize,
    /// Its pods.
    pub pods: Vec<usize>,
}

/// All workloads that serve.
#[derive(Debug, Default)]
pub struct Topology {
    /// The workloads.
    pub instances: Vec<Instance>,
    /// For each environment and service, which workload serves it.
    pub serves: Vec<Vec<Option<usize>>>,
    /// For each pod of the roster, which workload it belongs to.
    pub of_pod: Vec<Option<usize>>,
}

impl Topology {
    /// Sees who serves whom now.
    pub fn resolve(flows: &Flows, store: &Store, pods: &[&PodView]) -> Topology {
        let mut topology = Topology::default();
        let mut known: BTreeMap<Key, usize> = BTreeMap::new();
        for environment in &flows.environments {
            let mut serves = Vec::with_capacity(flows.services.len());
            for (service, description) in flows.services.iter().enumerate() {
                let keys = environment.namespaces.iter().map(|it| Key::new(it, &description.workload));
                let found = keys.into_iter().find(|key| exists(store, key));
                serves.push(found.map(|key| {
                    *known.entry(key.clone()).or_insert_with(|| {
                        topology.instances.push(Instance { key, service, pods: Vec::new() });
                        topology.instances.len() - 1
                    })
                }));
            }
            topology.serves.push(serves);
        }
        for (index, pod) in pods.iter().enumerate() {
            let instance = known.get(&Key::new(&pod.key.namespace, &pod.workload)).copied();
            if let Some(instance) = instance {
                topology.instances[instance].pods.push(index);
            }
            topology.of_pod.push(instance);
        }
        topology
    }
}

fn exists(store: &Store, key: &Key) -> bool {
    KINDS.iter().any(|kind| store.get(*kind, key).is_some())
}
