//! Namespaces and nodes.

use super::{Intake, Namespaces, Nodes, identity, instant, pairs, resources};
use crate::clients::kubernetes::wire::{self, Namespace, Node};
use crate::picture::model::{Batch, Interner, NamespaceRow, NodeRow, RowChange};
use crate::platform::object::{Kind, Uid};
use crate::platform::quantity;

impl Intake for Namespaces {
    type Message = Namespace;
    type Row = NamespaceRow;
    const KIND: Kind = Kind::Namespace;

    fn identity(message: &Namespace) -> (&str, &str) {
        identity(&message.metadata)
    }

    fn row(message: Namespace, interner: &mut Interner) -> Option<NamespaceRow> {
        let meta = message.metadata?;
        Some(NamespaceRow {
            uid: Uid::parse(&meta.uid),
            name: interner.symbol(&meta.name),
            labels: interner.labels(pairs(&meta.labels)),
            terminating: message.status.is_some_and(|status| status.phase == "Terminating"),
            created: instant(&meta.creation_timestamp),
        })
    }

    fn batch(changes: Vec<RowChange<NamespaceRow>>) -> Batch {
        Batch::Namespaces(changes)
    }
}

impl Intake for Nodes {
    type Message = Node;
    type Row = NodeRow;
    const KIND: Kind = Kind::Node;

    fn identity(message: &Node) -> (&str, &str) {
        identity(&message.metadata)
    }

    fn row(message: Node, interner: &mut Interner) -> Option<NodeRow> {
        let meta = message.metadata?;
        let status = message.status.unwrap_or_default();
        let ready = status.conditions.iter().find(|condition| condition.kind == "Ready");
        let spec = message.spec.unwrap_or_default();
        let pods = status.allocatable.get("pods").and_then(|pods| quantity::parse(pods.text.as_deref()?));
        let version = status.node_info.as_ref().map_or("", |info| &info.kubelet_version);
        Some(NodeRow {
            uid: Uid::parse(&meta.uid),
            name: interner.symbol(&meta.name),
            labels: interner.labels(pairs(&meta.labels)),
            ready: ready.is_some_and(|condition| condition.status == "True"),
            unschedulable: spec.unschedulable,
            repels: spec.taints.iter().any(wire::Taint::repels),
            allocatable: resources(&status.allocatable),
            // More pods than fit the number are no limit.
            pods: pods.unwrap_or_default() as u32,
            version: interner.symbol(version),
            created: instant(&meta.creation_timestamp),
        })
    }

    fn batch(changes: Vec<RowChange<NodeRow>>) -> Batch {
        Batch::Nodes(changes)
    }
}
