//! What a feed tells the picture.

use super::{AutoscalerRow, NamespaceRow, NodeRow, PodRow, ReplicaSetRow, WorkloadRow};
use crate::platform::detail::Detail;
use crate::platform::freshness::Freshness;
use crate::platform::object::{Kind, ObjectReference, Symbol, Uid};

/// The part of a cluster that a source covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All of it.
    Cluster,
    /// One namespace.
    Namespace(Symbol),
}

/// Which source a delta comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceKey {
    /// The context of the cluster.
    pub cluster: Symbol,
    /// What it delivers.
    pub kind: Kind,
    /// Where.
    pub scope: Scope,
}

/// A change of one row.
#[derive(Debug, Clone, PartialEq)]
pub enum RowChange<R> {
    /// The row is this now.
    Put(R),
    /// The object is gone.
    Remove(Uid),
}

/// Changes of the rows of one kind, in the order in which they happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Batch {
    /// Namespaces.
    Namespaces(Vec<RowChange<NamespaceRow>>),
    /// Nodes.
    Nodes(Vec<RowChange<NodeRow>>),
    /// Pods.
    Pods(Vec<RowChange<PodRow>>),
    /// Deployments, StatefulSets and DaemonSets.
    Workloads(Vec<RowChange<WorkloadRow>>),
    /// ReplicaSets.
    ReplicaSets(Vec<RowChange<ReplicaSetRow>>),
    /// HorizontalPodAutoscalers.
    Autoscalers(Vec<RowChange<AutoscalerRow>>),
}

/// One step of a source.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A list begins: rows of before stay, unconfirmed, until [`Change::ListEnds`].
    ListBegins,
    /// Rows changed.
    Rows(Batch),
    /// The list is complete: rows that it did not confirm are gone.
    ListEnds,
    /// So many objects could not be read since the list began; the latest one's reason.
    Unreadable {
        /// How many.
        count: u64,
        /// Why the latest could not be read.
        reason: String,
    },
    /// The state of the source.
    Freshness(Freshness),
    /// The source ended for good, because something else covers its scope; its rows go.
    Retired,
}

/// What a feed tells the picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Delta {
    /// A step of a source of rows.
    Source(SourceKey, Change),
    /// The detail of an object that a pane asked for.
    Detail(ObjectReference, Result<Box<Detail>, String>),
    /// The server's version, as it names it.
    ServerVersion(Symbol, String),
}
