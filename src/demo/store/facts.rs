//! What selectors and controllers ask of an object, taken from its message once, when it is written.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::{Container, Event, Node, Pod, PodSpec};
use k8s_pb::api::rbac::v1::PolicyRule;
use k8s_pb::apimachinery::pkg::api::resource::Quantity;
use k8s_pb::apimachinery::pkg::apis::meta::v1::Time;

use super::grants::BindingFacts;
use crate::demo::quantity;
use crate::platform::time::Instant;

/// What is asked of a kind in particular.
#[derive(Debug)]
pub enum Facts {
    /// Nothing but the metadata.
    None,
    /// Of a pod.
    Pod(Box<PodFacts>),
    /// What a role allows.
    Rules(Box<[PolicyRule]>),
    /// Of a binding of a role.
    Binding(Box<BindingFacts>),
    /// The fields of an object that a field selector can name.
    Fields(Vec<(&'static str, Box<str>)>),
}

/// Processor time in thousandths of a core, and memory and local storage in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resources {
    /// Thousandths of a core.
    pub cpu: i64,
    /// Bytes.
    pub memory: i64,
    /// Bytes of the node's own disk.
    pub ephemeral_storage: i64,
}

impl Resources {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Resources) -> Resources {
        Resources {
            cpu: self.cpu + other.cpu,
            memory: self.memory + other.memory,
            ephemeral_storage: self.ephemeral_storage + other.ephemeral_storage,
        }
    }

    /// The larger of each.
    #[must_use]
    pub fn max(self, other: Resources) -> Resources {
        Resources {
            cpu: self.cpu.max(other.cpu),
            memory: self.memory.max(other.memory),
            ephemeral_storage: self.ephemeral_storage.max(other.ephemeral_storage),
        }
    }
}

/// A port of its node that a pod takes for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// The port's number.
    pub port: i32,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Box<str>,
    /// The node's address that it listens on; empty for all.
    pub address: Box<str>,
}

impl HostPort {
    /// Whether both can't be on one node.
    pub fn conflicts(&self, other: &HostPort) -> bool {
        let everywhere = |address: &str| matches!(address, "" | "0.0.0.0");
        self.port == other.port
            && self.protocol == other.protocol
            && (everywhere(&self.address) || everywhere(&other.address) || self.address == other.address)
    }
}

/// What is asked of a pod.
#[derive(Debug, Clone)]
pub struct PodFacts {
    /// Its phase.
    pub phase: Box<str>,
    /// The node that it was bound to, or empty.
    pub node: Box<str>,
    /// Its address, or empty.
    pub address: Box<str>,
    /// Whether its `Ready` condition is true, and since when.
    pub ready_since: Option<Instant>,
    /// Whether it is being deleted.
    pub terminating: bool,
    /// When it was created.
    pub created: Instant,
    /// What it asks for.
    pub requests: Resources,
    /// What it is limited to.
    pub limits: Resources,
    /// Its service account.
    pub service_account: Box<str>,
    /// The scheduler that binds it.
    pub scheduler: Box<str>,
    /// The node that is being cleared for it, or empty.
    pub nominated_node: Box<str>,
    /// Its restart policy.
    pub restart_policy: Box<str>,
    /// Whether it uses its node's network.
    pub host_network: bool,
    /// Its priority.
    pub priority: i32,
    /// The ports of its node that it takes for itself.
    pub host_ports: Box<[HostPort]>,
    /// Whether it refuses to be near some other pods.
    pub avoids_pods: bool,
    /// The generation of its specification.
    pub generation: i64,
    /// Whether conditions that others set decide on its readiness.
    pub gated: bool,
}

impl PodFacts {
    /// Whether it has run to its end.
    pub fn finished(&self) -> bool {
        matches!(&*self.phase, "Succeeded" | "Failed")
    }

    /// Whether it counts among its controller's replicas.
    pub fn active(&self) -> bool {
        !self.finished() && !self.terminating
    }

    /// Whether it serves: ready, and not being deleted.
    pub fn ready(&self) -> bool {
        self.ready_since.is_some() && self.active()
    }
}

fn text(value: &Option<String>) -> Box<str> {
    value.as_deref().unwrap_or_default().into()
}

fn container_resources(container: &Container, limits: bool) -> Resources {
    container
        .resources
        .as_ref()
        .map(|it| amounts(if limits { &it.limits } else { &it.requests }))
        .unwrap_or_default()
}

fn amounts(list: &BTreeMap<String, Quantity>) -> Resources {
    let read = |name: &str| list.get(name).and_then(|quantity| quantity.string.as_deref());
    Resources {
        cpu: read("cpu").and_then(quantity::thousandths).unwrap_or(0),
        memory: read("memory").and_then(quantity::whole).unwrap_or(0),
        ephemeral_storage: read("ephemeral-storage").and_then(quantity::whole).unwrap_or(0),
    }
}

/// Whether an init container keeps running beside the pod's containers.
fn is_sidecar(container: &Container) -> bool {
    container.restart_policy.as_deref() == Some("Always")
}

/// Sums what the containers and sidecars ask for or are limited to; an init container counts where it asks for more
/// together with the sidecars started before it.
pub fn pod_resources(spec: &PodSpec, limits: bool) -> Resources {
    let sum = spec
        .containers
        .iter()
        .fold(Resources::default(), |sum, it| sum.plus(container_resources(it, limits)));
    let (mut sidecars, mut largest) = (Resources::default(), Resources::default());
    for container in &spec.init_containers {
        let own = container_resources(container, limits);
        if is_sidecar(container) {
            sidecars = sidecars.plus(own);
            largest = largest.max(sidecars);
        } else {
            largest = largest.max(sidecars.plus(own));
        }
    }
    let overhead = if limits { Resources::default() } else { amounts(&spec.overhead) };
    sum.plus(sidecars).max(largest).plus(overhead)
}

fn host_ports(spec: &PodSpec) -> Box<[HostPort]> {
    let containers = spec.containers.iter().chain(spec.init_containers.iter().filter(|it| is_sidecar(it)));
    let ports = containers.flat_map(|container| &container.ports);
    ports
        .filter_map(|port| {
            Some(HostPort {
                port: port.host_port.filter(|port| *port > 0)?,
                protocol: port.protocol.as_deref().unwrap_or("TCP").into(),
                address: port.host_ip.as_deref().unwrap_or_default().into(),
            })
        })
        .collect()
}

fn avoids_pods(spec: &PodSpec) -> bool {
    let rules = spec.affinity.as_ref().and_then(|it| it.pod_anti_affinity.as_ref());
    rules.is_some_and(|it| !it.required_during_scheduling_ignored_during_execution.is_empty())
}

/// The facts of a pod.
pub fn pod_facts(pod: &Pod) -> PodFacts {
    let metadata = pod.metadata.as_ref();
    let spec = pod.spec.as_ref();
    let status = pod.status.as_ref();
    let ready = status.and_then(|status| {
        status
            .conditions
            .iter()
            .find(|it| it.r#type.as_deref() == Some("Ready") && it.status.as_deref() == Some("True"))
    });
    let seconds =
        |time: Option<&Time>| Instant::from_seconds(time.and_then(|time| time.seconds).unwrap_or(0));
    PodFacts {
        phase: status.map(|it| text(&it.phase)).unwrap_or_default(),
        node: spec.map(|it| text(&it.node_name)).unwrap_or_default(),
        address: status.map(|it| text(&it.pod_ip)).unwrap_or_default(),
        ready_since: ready.map(|it| seconds(it.last_transition_time.as_ref())),
        terminating: metadata.is_some_and(|it| it.deletion_timestamp.is_some()),
        created: seconds(metadata.and_then(|it| it.creation_timestamp.as_ref())),
        requests: spec.map(|spec| pod_resources(spec, false)).unwrap_or_default(),
        limits: spec.map(|spec| pod_resources(spec, true)).unwrap_or_default(),
        service_account: spec.map(|it| text(&it.service_account_name)).unwrap_or_default(),
        scheduler: spec.map(|it| text(&it.scheduler_name)).unwrap_or_default(),
        nominated_node: status.map(|it| text(&it.nominated_node_name)).unwrap_or_default(),
        restart_policy: spec.map(|it| text(&it.restart_policy)).unwrap_or_default(),
        host_network: spec.and_then(|it| it.host_network).unwrap_or(false),
        priority: spec.and_then(|it| it.priority).unwrap_or(0),
        host_ports: spec.map(host_ports).unwrap_or_default(),
        avoids_pods: spec.is_some_and(avoids_pods),
        generation: metadata.and_then(|it| it.generation).unwrap_or(0),
        gated: spec.is_some_and(|it| !it.readiness_gates.is_empty()),
    }
}

/// The fields of an event that selectors name.
pub fn event_facts(event: &Event) -> Facts {
    let about = event.involved_object.clone().unwrap_or_default();
    let source = event.source.as_ref().map(|it| text(&it.component)).unwrap_or_default();
    Facts::Fields(vec![
        ("involvedObject.kind", text(&about.kind)),
        ("involvedObject.namespace", text(&about.namespace)),
        ("involvedObject.name", text(&about.name)),
        ("involvedObject.uid", text(&about.uid)),
        ("involvedObject.apiVersion", text(&about.api_version)),
        ("involvedObject.resourceVersion", text(&about.resource_version)),
        ("involvedObject.fieldPath", text(&about.field_path)),
        ("reason", text(&event.reason)),
        ("type", text(&event.r#type)),
        ("reportingComponent", text(&event.reporting_component)),
        ("source", source),
    ])
}

/// The fields of a node that selectors name.
pub fn node_facts(node: &Node) -> Facts {
    let closed = node.spec.as_ref().and_then(|spec| spec.unschedulable).unwrap_or(false);
    Facts::Fields(vec![("spec.unschedulable", closed.to_string().into())])
}
