//! A write under review.

use serde_json::Value;

use crate::demo::store::{Kind, KindInfo, Store};
use crate::platform::time::Instant;

/// The part of an object that a write is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The object itself.
    Whole,
    /// Its status.
    Status,
    /// Its count of replicas.
    Scale,
    /// The finalizers of a namespace.
    Finalize,
}

impl Part {
    /// The part that a subresource of the kind is; `None` where it has none of the name.
    pub fn of(kind: &KindInfo, subresource: Option<&str>) -> Option<Self> {
        match subresource {
            None => Some(Part::Whole),
            Some("status") if kind.status => Some(Part::Status),
            Some("scale") if kind.scale => Some(Part::Scale),
            Some("finalize") if kind.stored == Kind::Namespace => Some(Part::Finalize),
            Some(_) => None,
        }
    }

    /// The subresource's name; empty for the object itself.
    pub fn name(self) -> &'static str {
        match self {
            Part::Whole => "",
            Part::Status => "status",
            Part::Scale => "scale",
            Part::Finalize => "finalize",
        }
    }
}

/// A write under review, and what is looked at for it.
#[derive(Debug)]
pub struct Review<'a> {
    /// All objects.
    pub store: &'a Store,
    /// The kind that is written.
    pub kind: &'a KindInfo,
    /// The namespace of the object, or empty.
    pub namespace: &'a str,
    /// The part that is written.
    pub part: Part,
    /// The object before; none where it is new.
    pub before: Option<&'a Value>,
    /// The present instant.
    pub now: Instant,
    /// What the client is told besides the answer.
    pub warnings: Vec<String>,
}
