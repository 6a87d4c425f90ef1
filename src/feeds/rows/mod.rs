//! From a server's message to a row of the picture.

mod autoscalers;
mod cluster;
mod pods;
mod workloads;

use crate::clients::kubernetes::wire::{
    self, Encoding, ListDecoder, Message, ObjectMeta, OwnerReference, Piece, Quantity, Time, WireError,
};
use crate::picture::model::{Batch, Interner, Owner, PodRow, Resources, Row, RowChange};
use crate::platform::object::Kind;
use crate::platform::quantity::{Bytes, MilliCpu};
use crate::platform::time::Instant;

/// A kind of objects that a feed takes in.
pub(super) trait Intake: Send + 'static {
    /// The message that it arrives in.
    type Message: wire::Message + Send;
    /// The row that it becomes.
    type Row: Row + Send;
    /// The kind.
    const KIND: Kind;

    /// The resource version and the identity of an object.
    fn identity(message: &Self::Message) -> (&str, &str);

    /// The row of an object; none when it lacks what every object has.
    fn row(message: Self::Message, interner: &mut Interner) -> Option<Self::Row>;

    /// The rows as the picture takes them.
    fn batch(changes: Vec<RowChange<Self::Row>>) -> Batch;
}

pub(super) struct Namespaces;
pub(super) struct Nodes;
pub(super) struct Pods;
pub(super) struct Deployments;
pub(super) struct StatefulSets;
pub(super) struct DaemonSets;
pub(super) struct ReplicaSets;
pub(super) struct Autoscalers;

/// The rows of a whole list of pods, as a feed reads them while they arrive.
///
/// # Errors
/// When the bytes are no list, or one of its pods can't be read.
pub fn pods_of_list(
    encoding: Encoding,
    bytes: &[u8],
    interner: &mut Interner,
) -> Result<Vec<PodRow>, WireError> {
    let mut rows = Vec::new();
    let mut unreadable = None;
    let mut decoder = ListDecoder::new(encoding);
    decoder.push(bytes, &mut |Piece::Item(item)| match <Pods as Intake>::Message::read(encoding, item) {
        Ok(message) => rows.extend(Pods::row(message, interner)),
        Err(error) => unreadable = Some(error),
    })?;
    decoder.finish()?;
    unreadable.map_or(Ok(rows), Err)
}

fn identity(metadata: &Option<ObjectMeta>) -> (&str, &str) {
    metadata.as_ref().map_or(("", ""), |meta| (&meta.resource_version, &meta.uid))
}

fn instant(time: &Option<Time>) -> Instant {
    time.as_ref().and_then(Time::instant).unwrap_or_default()
}

fn owner(owner: Option<&OwnerReference>, interner: &mut Interner) -> Option<Owner> {
    owner.map(|owner| Owner { kind: interner.symbol(&owner.kind), name: interner.symbol(&owner.name) })
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

fn pairs(map: &std::collections::HashMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    map.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

fn resources<'a>(amounts: impl IntoIterator<Item = (&'a String, &'a Quantity)>) -> Resources {
    let mut resources = Resources::default();
    for (name, quantity) in amounts {
        let text = quantity.text.as_deref().unwrap_or_default();
        match name.as_str() {
            "cpu" => resources.cpu = MilliCpu::parse(text).unwrap_or_default(),
            "memory" => resources.memory = Bytes::parse(text).unwrap_or_default(),
            _ => {}
        }
    }
    resources
}

/// What one pod requests: its containers and sidecars together, or its largest init container where that is more.
fn pod_requests(spec: &wire::PodSpec) -> Resources {
    let of = |container: &wire::Container| {
        container.resources.as_ref().map(|wanted| resources(&wanted.requests)).unwrap_or_default()
    };
    let mut sum = Resources::default();
    let sidecars = spec.init_containers.iter().filter(|container| container.restart_policy == "Always");
    for container in spec.containers.iter().chain(sidecars) {
        let wanted = of(container);
        sum.cpu += wanted.cpu;
        sum.memory += wanted.memory;
    }
    for container in spec.init_containers.iter().filter(|container| container.restart_policy != "Always") {
        let wanted = of(container);
        sum.cpu = sum.cpu.max(wanted.cpu);
        sum.memory = sum.memory.max(wanted.memory);
    }
    sum
}
