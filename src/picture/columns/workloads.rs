//! The columns of workloads.

use std::borrow::Cow;

use super::{ColumnKey, Names, SEARCHED, Tabled, Value, image_name, image_tag};
use crate::picture::model::WorkloadRow;
use crate::platform::zone::ZoneId;

/// A column of workloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WorkloadColumn {
    /// The namespace.
    #[default]
    Namespace,
    /// The kind.
    Kind,
    /// The name.
    Name,
    /// Ready replicas of the wanted ones.
    Ready,
    /// How well it is.
    Health,
    /// Replicas of the present template.
    Updated,
    /// Replicas that have been ready for long enough.
    Available,
    /// Replicas that its autoscaler has counted, of the most that it sets.
    Autoscaler,
    /// When it was created.
    Age,
    /// The image of the first container, without its tag.
    Image,
    /// The tag of that image.
    Tag,
    /// The controller that owns it.
    Owner,
    /// The zone.
    Zone,
}

impl ColumnKey for WorkloadColumn {
    const ALL: &'static [Self] = &[
        WorkloadColumn::Namespace,
        WorkloadColumn::Kind,
        WorkloadColumn::Name,
        WorkloadColumn::Ready,
        WorkloadColumn::Health,
        WorkloadColumn::Updated,
        WorkloadColumn::Available,
        WorkloadColumn::Autoscaler,
        WorkloadColumn::Age,
        WorkloadColumn::Image,
        WorkloadColumn::Tag,
        WorkloadColumn::Owner,
        WorkloadColumn::Zone,
    ];

    fn name(self) -> &'static str {
        match self {
            WorkloadColumn::Namespace => "namespace",
            WorkloadColumn::Kind => "kind",
            WorkloadColumn::Name => "name",
            WorkloadColumn::Ready => "ready",
            WorkloadColumn::Health => "health",
            WorkloadColumn::Updated => "updated",
            WorkloadColumn::Available => "available",
            WorkloadColumn::Autoscaler => "autoscaler",
            WorkloadColumn::Age => "age",
            WorkloadColumn::Image => "image",
            WorkloadColumn::Tag => "tag",
            WorkloadColumn::Owner => "owner",
            WorkloadColumn::Zone => "zone",
        }
    }

    fn is_count(self) -> bool {
        matches!(self, WorkloadColumn::Updated | WorkloadColumn::Available)
    }
}

impl Tabled for WorkloadRow {
    type Column = WorkloadColumn;

    fn value<'a>(&'a self, column: WorkloadColumn, names: &'a Names) -> Value<'a> {
        let text = |text: &'a str| Value::Text(Cow::Borrowed(text));
        let image = self.images.first();
        match column {
            WorkloadColumn::Namespace => text(&self.namespace),
            WorkloadColumn::Kind => text(self.kind.name()),
            WorkloadColumn::Name => text(&self.name),
            WorkloadColumn::Ready => Value::Ratio(self.ready, self.wanted),
            WorkloadColumn::Health => text(self.health.word()),
            WorkloadColumn::Updated => Value::Count(self.updated.into()),
            WorkloadColumn::Available => Value::Count(self.available.into()),
            WorkloadColumn::Autoscaler => {
                self.scaling.map_or(Value::Missing, |scaling| Value::Ratio(scaling.current, scaling.maximum))
            }
            WorkloadColumn::Age => Value::Time(self.created),
            WorkloadColumn::Image => image.map_or(Value::Missing, |image| text(image_name(image))),
            WorkloadColumn::Tag => image.map_or(Value::Missing, |image| text(image_tag(image))),
            WorkloadColumn::Owner => self.owner.as_ref().map_or(Value::Missing, |owner| text(&owner.name)),
            WorkloadColumn::Zone => text(names.zone(self.zone)),
        }
    }

    fn rank(&self, column: WorkloadColumn) -> Option<u32> {
        (column == WorkloadColumn::Health).then_some(self.health as u32)
    }

    fn zone(&self) -> Option<ZoneId> {
        self.zone
    }

    fn searched(&self) -> [&str; SEARCHED] {
        [self.health.word(), self.kind.name(), self.owner.as_ref().map_or("", |owner| &owner.name)]
    }
}
