//! Zones: the parts of a platform, each with its own exposure, and which of them something is in.

use thiserror::Error;

use super::pattern::NamePattern;

/// A zone of the profile, by its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneId(pub u8);

impl ZoneId {
    /// The most zones that a profile may have.
    pub const LIMIT: usize = u8::MAX as usize;
}

/// Who can reach what is in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exposure {
    /// The internet.
    Public,
    /// The platform's other zones.
    Internal,
    /// Nothing but what a policy allows.
    Isolated,
}

impl Exposure {
    /// Every exposure, the widest first.
    pub const ALL: [Exposure; 3] = [Exposure::Public, Exposure::Internal, Exposure::Isolated];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Exposure::Public => "public",
            Exposure::Internal => "internal",
            Exposure::Isolated => "isolated",
        }
    }
}

/// Looks the value of a label up, whatever keeps the labels.
pub type LabelLookup<'l> = dyn Fn(&str) -> Option<&'l str> + 'l;

/// Labels that all have to be there with these values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelSelector(pub Vec<(String, String)>);

impl LabelSelector {
    /// Whether the labels are as they have to be. A selector without labels selects nothing.
    pub fn matches(&self, labels: &LabelLookup<'_>) -> bool {
        !self.0.is_empty() && self.0.iter().all(|(key, value)| labels(key) == Some(value.as_str()))
    }
}

/// One zone of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneSpec {
    /// The name that actions and columns use.
    pub name: String,
    /// The name for people.
    pub title: String,
    /// What the zone is for; may be empty.
    pub description: String,
    /// Who can reach it.
    pub exposure: Exposure,
    /// The namespaces that belong to it.
    pub namespaces: Vec<NamePattern>,
    /// The labels of namespaces that belong to it.
    pub namespace_selector: LabelSelector,
    /// The labels of workloads that belong to it, wherever they run.
    pub workload_selector: LabelSelector,
}

/// More zones than can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{count} zones are more than the {} that a profile may have", ZoneId::LIMIT)]
pub struct TooManyZones {
    /// How many there are.
    pub count: usize,
}

/// Every zone of the profile, in the order of declaration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Zones {
    zones: Vec<ZoneSpec>,
}

impl Zones {
    /// The zones of a profile.
    ///
    /// # Errors
    ///
    /// When there are more than [`ZoneId::LIMIT`].
    pub fn new(zones: Vec<ZoneSpec>) -> Result<Self, TooManyZones> {
        if zones.len() > ZoneId::LIMIT {
            return Err(TooManyZones { count: zones.len() });
        }
        Ok(Self { zones })
    }

    /// Every zone, in the order of declaration.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ZoneId, &ZoneSpec)> {
        // There are at most 255, which `new` has seen to.
        self.zones.iter().enumerate().map(|(index, zone)| (ZoneId(index as u8), zone))
    }

    /// The zone of an identity; none if it is another profile's.
    pub fn get(&self, zone: ZoneId) -> Option<&ZoneSpec> {
        self.zones.get(usize::from(zone.0))
    }

    /// The zone of that name.
    pub fn named(&self, name: &str) -> Option<ZoneId> {
        self.iter().find(|(_, zone)| zone.name == name).map(|(id, _)| id)
    }

    /// The one zone that a workload is in, or none: unzoned.
    ///
    /// Its own labels decide before its namespace's labels, these before the namespace's exact name, and
    /// that before a pattern; of two zones with the same claim the first declared has it. Without a
    /// workload, `workload_labels` finds nothing, and the answer is the namespace's zone. Allocates
    /// nothing.
    pub fn zone_of(
        &self,
        namespace: &str,
        namespace_labels: &LabelLookup<'_>,
        workload_labels: &LabelLookup<'_>,
    ) -> Option<ZoneId> {
        self.first(|zone| zone.workload_selector.matches(workload_labels))
            .or_else(|| self.first(|zone| zone.namespace_selector.matches(namespace_labels)))
            .or_else(|| self.first(|zone| claims(&zone.namespaces, namespace, true)))
            .or_else(|| self.first(|zone| claims(&zone.namespaces, namespace, false)))
    }

    fn first(&self, wanted: impl Fn(&ZoneSpec) -> bool) -> Option<ZoneId> {
        self.iter().find(|(_, zone)| wanted(zone)).map(|(id, _)| id)
    }
}

fn claims(patterns: &[NamePattern], namespace: &str, exactly: bool) -> bool {
    patterns.iter().any(|pattern| pattern.is_exact() == exactly && pattern.matches(namespace))
}
