//! Rows, deltas and the interner: all of the picture that feeds may import.

mod delta;
mod interner;
mod rows;

pub use delta::{Batch, Change, Delta, RowChange, Scope, SourceKey};
pub use interner::{Interner, Labels};
pub use rows::{
    AutoscalerRow, Condition, NamespaceRow, NodeRow, Owner, PodRow, ReplicaSetRow, Resources, Row, Scaling,
    WorkloadRow,
};
