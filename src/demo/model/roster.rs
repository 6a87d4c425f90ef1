//! The pods that are modelled one by one: those of the namespaces that the flows name.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::{ContainerState, ContainerStatus, ResourceRequirements};
use prost::Message as _;

use super::sketch::{ContainerSketch, PodSketch};
use crate::demo::objects;
use crate::demo::quantity;
use crate::demo::store::{Facts, Key, Kind, PodFacts, Resources, Store, StoredObject};
use crate::platform::time::Instant;

/// The labels by which operators tell who leads.
const ROLES: [&str; 3] = ["cnpg.io/instanceRole", "role", "app.kubernetes.io/role"];

/// One run of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// When it started.
    pub started: Instant,
    /// When it ended, and with which code; `None` while it runs.
    pub ended: Option<(Instant, i32)>,
}

/// A container as the model sees it.
#[derive(Debug, Clone)]
pub struct ContainerView {
    /// Its name.
    pub name: Box<str>,
    /// Its image.
    pub image: Box<str>,
    /// What it asks for.
    pub requests: Resources,
    /// What it is limited to; 0 where it isn't.
    pub limits: Resources,
    /// Its last run, if it has run.
    pub run: Option<Run>,
    /// The run before.
    pub previous: Option<Run>,
    /// Why it waits, if it does.
    pub waiting: Option<Box<str>>,
    /// How often it has been restarted.
    pub restarts: i32,
}

impl ContainerView {
    /// When it started, where it runs.
    pub fn running_since(&self) -> Option<Instant> {
        self.run.filter(|run| run.ended.is_none()).map(|run| run.started)
    }
}

/// A pod as the model sees it.
#[derive(Debug, Clone)]
pub struct PodView {
    /// Its place.
    pub key: Key,
    /// Its uid.
    pub uid: Box<str>,
    /// The name of the workload that owns it; its own where none does.
    pub workload: Box<str>,
    /// The node that it is on, or empty.
    pub node: Box<str>,
    /// Its address, or empty.
    pub address: Box<str>,
    /// Whether it serves.
    pub ready: bool,
    /// Its containers, in the order of its manifest.
    pub containers: Vec<ContainerView>,
    /// Whether its labels say that it leads the others of its workload.
    pub leads: bool,
    /// The claims of its volumes.
    pub claims: Vec<Box<str>>,
    version: u64,
}

impl PodView {
    /// Reads a stored pod; `None` where it isn't one.
    pub fn of(stored: &StoredObject) -> Option<PodView> {
        let Facts::Pod(facts) = &stored.facts else { return None };
        let sketch = PodSketch::decode(stored.encoded.clone()).ok()?;
        let statuses = sketch.status.unwrap_or_default().containers;
        let spec = sketch.spec.unwrap_or_default();
        let claims = spec.volumes.into_iter().filter_map(|it| it.source?.claim?.name);
        Some(PodView {
            key: stored.key.clone(),
            uid: stored.uid.clone(),
            workload: workload_of(stored),
            node: facts.node.clone(),
            address: facts.address.clone(),
            ready: facts.ready(),
            containers: spec.containers.into_iter().map(|it| container(it, &statuses, facts)).collect(),
            leads: ROLES.iter().any(|role| matches!(stored.label(role), Some("primary" | "master"))),
            claims: claims.map(Into::into).collect(),
            version: stored.version,
        })
    }

    /// Whether any of its containers runs.
    pub fn runs(&self) -> bool {
        self.containers.iter().any(|container| container.running_since().is_some())
    }

    /// What its containers ask for together.
    pub fn requests(&self) -> Resources {
        self.containers.iter().fold(Resources::default(), |sum, it| sum.plus(it.requests))
    }
}

fn container(sketch: ContainerSketch, statuses: &[ContainerStatus], facts: &PodFacts) -> ContainerView {
    let name = sketch.name.unwrap_or_default();
    let status = statuses.iter().find(|it| it.name.as_deref() == Some(&*name));
    let resources = sketch.resources.unwrap_or_default();
    let state = |state: Option<&ContainerState>| state.and_then(run_of);
    let last = status.and_then(|it| state(it.state.as_ref()));
    let before = status.and_then(|it| state(it.last_state.as_ref()));
    // A container that backs off is waiting, and its last run is the one that ended.
    let (run, previous) = if last.is_some() { (last, before) } else { (before, None) };
    ContainerView {
        name: name.into(),
        image: sketch.image.unwrap_or_default().into(),
        requests: amounts(&resources, false),
        limits: amounts(&resources, true),
        run: run.filter(|run| run.ended.is_some() || !facts.finished()),
        previous,
        waiting: status.and_then(|it| waiting_reason(it.state.as_ref())),
        restarts: status.and_then(|it| it.restart_count).unwrap_or(0),
    }
}

fn waiting_reason(state: Option<&ContainerState>) -> Option<Box<str>> {
    state?.waiting.as_ref()?.reason.as_deref().map(Into::into)
}

fn run_of(state: &ContainerState) -> Option<Run> {
    if let Some(running) = &state.running {
        return Some(Run { started: objects::instant(running.started_at.as_ref()), ended: None });
    }
    let ended = state.terminated.as_ref()?;
    let at = objects::instant(ended.finished_at.as_ref());
    let started = objects::instant(ended.started_at.as_ref());
    Some(Run { started, ended: Some((at, ended.exit_code.unwrap_or(0))) })
}

fn amounts(resources: &ResourceRequirements, limits: bool) -> Resources {
    let list = if limits { &resources.limits } else { &resources.requests };
    let read = |name: &str| list.get(name).and_then(|quantity| quantity.string.as_deref());
    Resources {
        cpu: read("cpu").and_then(quantity::thousandths).unwrap_or(0),
        memory: read("memory").and_then(quantity::whole).unwrap_or(0),
        ephemeral_storage: read("ephemeral-storage").and_then(quantity::whole).unwrap_or(0),
    }
}

/// The workload's name: a replica set is called after its deployment and the hash of a template.
fn workload_of(stored: &StoredObject) -> Box<str> {
    match &stored.owner {
        Some(owner) if &*owner.kind == "ReplicaSet" => {
            owner.name.rsplit_once('-').map_or_else(|| owner.name.clone(), |(name, _)| name.into())
        }
        Some(owner) => owner.name.clone(),
        None => stored.key.name.clone(),
    }
}

/// All pods of some namespaces, read anew only where they have changed.
#[derive(Debug, Default)]
pub struct Roster {
    pods: BTreeMap<Key, PodView>,
}

impl Roster {
    /// Takes over what has changed in these namespaces.
    pub fn refresh<'n>(&mut self, store: &Store, namespaces: impl Iterator<Item = &'n str>) {
        let mut before = std::mem::take(&mut self.pods);
        for namespace in namespaces {
            for stored in store.list(Kind::Pod, Some(namespace), None) {
                let known = before.remove(&stored.key).filter(|pod| pod.version == stored.version);
                if let Some(pod) = known.or_else(|| PodView::of(stored)) {
                    self.pods.insert(stored.key.clone(), pod);
                }
            }
        }
    }

    /// The pods, in the order of their keys.
    pub fn pods(&self) -> impl Iterator<Item = &PodView> {
        self.pods.values()
    }
}
