//! What selectors and controllers ask of an object, taken from its message once, when it is written.

use k8s_pb::api::core::v1::{Container, Event, Node, Pod, PodSpec};
use k8s_pb::apimachinery::pkg::apis::meta::v1::Time;

use crate::demo::quantity;
use crate::platform::time::Instant;

/// What is asked of a kind in particular.
#[derive(Debug)]
pub enum Facts {
    /// Nothing but the metadata.
    None,
    /// Of a pod.
    Pod(Box<PodFacts>),
    /// The fields of an object that a field selector can name.
    Fields(Vec<(&'static str, Box<str>)>),
}

/// Processor time in thousandths of a core, and memory in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resources {
    /// Thousandths of a core.
    pub cpu: i64,
    /// Bytes.
    pub memory: i64,
}

/// What is asked of a pod.
#[derive(Debug)]
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
    /// Its restart policy.
    pub restart_policy: Box<str>,
    /// Whether it uses its node's network.
    pub host_network: bool,
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

/// Sums what the containers ask for or are limited to; the largest init container counts where it is larger.
pub fn pod_resources(spec: &PodSpec, limits: bool) -> Resources {
    let of = |container: &Container| {
        let list = container.resources.as_ref().map(|it| if limits { &it.limits } else { &it.requests });
        let read =
            |name: &str| list.and_then(|list| list.get(name)).and_then(|quantity| quantity.string.as_deref());
        Resources {
            cpu: read("cpu").and_then(quantity::thousandths).unwrap_or(0),
            memory: read("memory").and_then(quantity::whole).unwrap_or(0),
        }
    };
    let sum = spec.containers.iter().map(of).fold(Resources::default(), |sum, it| Resources {
        cpu: sum.cpu + it.cpu,
        memory: sum.memory + it.memory,
    });
    spec.init_containers.iter().map(of).fold(sum, |largest, it| Resources {
        cpu: largest.cpu.max(it.cpu),
        memory: largest.memory.max(it.memory),
    })
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
        restart_policy: spec.map(|it| text(&it.restart_policy)).unwrap_or_default(),
        host_network: spec.and_then(|it| it.host_network).unwrap_or(false),
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
