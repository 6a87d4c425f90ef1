//! The columns of pods.

use std::borrow::Cow;

use super::{ColumnKey, Names, SEARCHED, Tabled, Value, image_name, image_tag};
use crate::picture::model::PodRow;
use crate::platform::zone::ZoneId;

/// A column of pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PodColumn {
    /// The namespace.
    #[default]
    Namespace,
    /// The name.
    Name,
    /// Ready containers of all.
    Ready,
    /// kubectl's status word.
    Status,
    /// Restarts.
    Restarts,
    /// When it was created.
    Age,
    /// The node.
    Node,
    /// The address.
    Ip,
    /// The image of the first container, without its tag.
    Image,
    /// The tag of that image.
    Tag,
    /// The workload that owns it.
    Owner,
    /// The zone.
    Zone,
}

impl ColumnKey for PodColumn {
    const ALL: &'static [Self] = &[
        PodColumn::Namespace,
        PodColumn::Name,
        PodColumn::Ready,
        PodColumn::Status,
        PodColumn::Restarts,
        PodColumn::Age,
        PodColumn::Node,
        PodColumn::Ip,
        PodColumn::Image,
        PodColumn::Tag,
        PodColumn::Owner,
        PodColumn::Zone,
    ];

    fn name(self) -> &'static str {
        match self {
            PodColumn::Namespace => "namespace",
            PodColumn::Name => "name",
            PodColumn::Ready => "ready",
            PodColumn::Status => "status",
            PodColumn::Restarts => "restarts",
            PodColumn::Age => "age",
            PodColumn::Node => "node",
            PodColumn::Ip => "ip",
            PodColumn::Image => "image",
            PodColumn::Tag => "tag",
            PodColumn::Owner => "owner",
            PodColumn::Zone => "zone",
        }
    }

    fn is_count(self) -> bool {
        self == PodColumn::Restarts
    }
}

impl Tabled for PodRow {
    type Column = PodColumn;

    fn value<'a>(&'a self, column: PodColumn, names: &'a Names) -> Value<'a> {
        let text = |text: &'a str| Value::Text(Cow::Borrowed(text));
        let image = self.images.first();
        match column {
            PodColumn::Namespace => text(&self.namespace),
            PodColumn::Name => text(&self.name),
            PodColumn::Ready => Value::Ratio(self.ready.into(), self.containers.into()),
            PodColumn::Status => text(&self.status),
            PodColumn::Restarts => Value::Count(self.restarts.into()),
            PodColumn::Age => Value::Time(self.created),
            PodColumn::Node => self.node.as_ref().map_or(Value::Missing, |node| text(node)),
            PodColumn::Ip => self.ip.map_or(Value::Missing, Value::Address),
            PodColumn::Image => image.map_or(Value::Missing, |image| text(image_name(image))),
            PodColumn::Tag => image.map_or(Value::Missing, |image| text(image_tag(image))),
            PodColumn::Owner => match self.workload.as_ref().or(self.owner.as_ref()) {
                Some(owner) => text(&owner.name),
                None => Value::Missing,
            },
            PodColumn::Zone => text(names.zone(self.zone)),
        }
    }

    fn rank(&self, column: PodColumn) -> Option<u32> {
        (column == PodColumn::Status).then_some(self.health.gravity())
    }

    fn zone(&self) -> Option<ZoneId> {
        self.zone
    }

    fn searched(&self) -> [&str; SEARCHED] {
        let owner = self.workload.as_ref().or(self.owner.as_ref());
        [&self.status, self.node.as_deref().unwrap_or_default(), owner.map_or("", |owner| &owner.name)]
    }
}
