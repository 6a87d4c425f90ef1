//! Slim objects, as JSON, for preflights and details. Every field may be missing or `null`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// The version of a server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerVersion {
    /// The major version, such as `1`.
    #[serde(deserialize_with = "null_as_default")]
    pub major: String,
    /// The minor version, such as `36` or `36+`.
    #[serde(deserialize_with = "null_as_default")]
    pub minor: String,
    /// The whole version, such as `v1.36.0`.
    #[serde(deserialize_with = "null_as_default")]
    pub git_version: String,
}

impl ServerVersion {
    /// The minor version as a number; `None` when it starts with no digit.
    pub fn minor_number(&self) -> Option<u32> {
        let end = self.minor.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(self.minor.len());
        self.minor.get(..end)?.parse().ok()
    }
}

/// What is used of an object's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectMeta {
    /// The name.
    #[serde(deserialize_with = "null_as_default")]
    pub name: String,
    /// The namespace; empty where there is none.
    #[serde(deserialize_with = "null_as_default")]
    pub namespace: String,
    /// The identity.
    #[serde(deserialize_with = "null_as_default")]
    pub uid: String,
    /// The resource version.
    #[serde(deserialize_with = "null_as_default")]
    pub resource_version: String,
    /// When it was made, RFC 3339.
    pub creation_timestamp: Option<String>,
    /// The labels.
    #[serde(deserialize_with = "null_as_default")]
    pub labels: BTreeMap<String, String>,
    /// The annotations.
    #[serde(deserialize_with = "null_as_default")]
    pub annotations: BTreeMap<String, String>,
    /// The owners.
    #[serde(deserialize_with = "null_as_default")]
    pub owner_references: Vec<OwnerReference>,
}

/// An owner of an object.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    /// The group and version, such as `apps/v1`.
    #[serde(deserialize_with = "null_as_default")]
    pub api_version: String,
    /// The kind.
    #[serde(deserialize_with = "null_as_default")]
    pub kind: String,
    /// The name.
    #[serde(deserialize_with = "null_as_default")]
    pub name: String,
    /// The identity.
    #[serde(deserialize_with = "null_as_default")]
    pub uid: String,
    /// Whether it is the one that manages the object.
    #[serde(deserialize_with = "null_as_default")]
    pub controller: bool,
}

/// A condition in a status.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Condition {
    /// What it is about, such as `ScalingActive`.
    #[serde(rename = "type", deserialize_with = "null_as_default")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    #[serde(deserialize_with = "null_as_default")]
    pub status: String,
    /// The reason in one word.
    #[serde(deserialize_with = "null_as_default")]
    pub reason: String,
    /// In words.
    #[serde(deserialize_with = "null_as_default")]
    pub message: String,
    /// Since when, RFC 3339.
    pub last_transition_time: Option<String>,
}

/// The scale of a workload (`autoscaling/v1` Scale).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Scale {
    /// The metadata, which is the workload's.
    #[serde(deserialize_with = "null_as_default")]
    pub metadata: ObjectMeta,
    /// What is wanted.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: ScaleSpec,
    /// What there is.
    #[serde(deserialize_with = "null_as_default")]
    pub status: ScaleStatus,
}

/// The wanted scale.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScaleSpec {
    /// The wanted number of replicas; the server leaves a zero out.
    #[serde(deserialize_with = "null_as_default")]
    pub replicas: u32,
}

/// The present scale.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScaleStatus {
    /// The present number of replicas.
    #[serde(deserialize_with = "null_as_default")]
    pub replicas: u32,
    /// The selector of its pods, as text.
    pub selector: Option<String>,
}

/// A HorizontalPodAutoscaler (`autoscaling/v2`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Autoscaler {
    /// The metadata.
    #[serde(deserialize_with = "null_as_default")]
    pub metadata: ObjectMeta,
    /// Its bounds, and what it scales.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: AutoscalerSpec,
    /// What it does.
    #[serde(deserialize_with = "null_as_default")]
    pub status: AutoscalerStatus,
}

/// What an autoscaler is to do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutoscalerSpec {
    /// What it scales.
    #[serde(deserialize_with = "null_as_default")]
    pub scale_target_ref: ScaleTarget,
    /// The fewest replicas; the server's default is 1.
    pub min_replicas: Option<u32>,
    /// The most replicas.
    #[serde(deserialize_with = "null_as_default")]
    pub max_replicas: u32,
}

/// What an autoscaler scales.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScaleTarget {
    /// The group and version, such as `apps/v1`.
    #[serde(deserialize_with = "null_as_default")]
    pub api_version: String,
    /// The kind.
    #[serde(deserialize_with = "null_as_default")]
    pub kind: String,
    /// The name.
    #[serde(deserialize_with = "null_as_default")]
    pub name: String,
}

/// What an autoscaler does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutoscalerStatus {
    /// The replicas that it last saw.
    pub current_replicas: Option<u32>,
    /// The replicas that it wants.
    pub desired_replicas: Option<u32>,
    /// When it last scaled, RFC 3339.
    pub last_scale_time: Option<String>,
    /// `AbleToScale`, `ScalingActive`, `ScalingLimited`.
    #[serde(deserialize_with = "null_as_default")]
    pub conditions: Vec<Condition>,
}

/// A ResourceQuota (`v1`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceQuota {
    /// The metadata.
    #[serde(deserialize_with = "null_as_default")]
    pub metadata: ObjectMeta,
    /// What it counts.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: ResourceQuotaSpec,
    /// What it has counted.
    #[serde(deserialize_with = "null_as_default")]
    pub status: ResourceQuotaStatus,
}

/// What a quota counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceQuotaSpec {
    /// The limits, quantities by resource.
    #[serde(deserialize_with = "null_as_default")]
    pub hard: BTreeMap<String, String>,
    /// Which objects it counts, such as `NotTerminating`; empty for all.
    #[serde(deserialize_with = "null_as_default")]
    pub scopes: Vec<String>,
    /// Finer conditions on which objects it counts, as they came.
    pub scope_selector: Option<serde_json::Value>,
}

/// What a quota has counted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceQuotaStatus {
    /// The limits in force, quantities by resource.
    #[serde(deserialize_with = "null_as_default")]
    pub hard: BTreeMap<String, String>,
    /// What is used, quantities by resource.
    #[serde(deserialize_with = "null_as_default")]
    pub used: BTreeMap<String, String>,
}

/// A PodDisruptionBudget (`policy/v1`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DisruptionBudget {
    /// The metadata.
    #[serde(deserialize_with = "null_as_default")]
    pub metadata: ObjectMeta,
    /// What it protects.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: DisruptionBudgetSpec,
    /// What is left of it.
    #[serde(deserialize_with = "null_as_default")]
    pub status: DisruptionBudgetStatus,
}

/// What a disruption budget protects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DisruptionBudgetSpec {
    /// Its pods; without a selector none, with an empty one all of the namespace.
    pub selector: Option<LabelSelector>,
    /// How many have to stay.
    pub min_available: Option<IntOrPercent>,
    /// How many may be missing.
    pub max_unavailable: Option<IntOrPercent>,
}

/// What is left of a disruption budget.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DisruptionBudgetStatus {
    /// How many pods may go now.
    pub disruptions_allowed: Option<i64>,
    /// How many are healthy.
    pub current_healthy: Option<i64>,
    /// How many have to be.
    pub desired_healthy: Option<i64>,
    /// How many it counts in all.
    pub expected_pods: Option<i64>,
}

/// A count, or a share such as `50%`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum IntOrPercent {
    /// A count.
    Int(i64),
    /// A share, as text.
    Percent(String),
}

/// A label selector.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Labels that have to be there with that value.
    #[serde(deserialize_with = "null_as_default")]
    pub match_labels: BTreeMap<String, String>,
    /// Further conditions.
    #[serde(deserialize_with = "null_as_default")]
    pub match_expressions: Vec<SelectorRequirement>,
}

/// A condition of a label selector.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SelectorRequirement {
    /// The label.
    #[serde(deserialize_with = "null_as_default")]
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    #[serde(deserialize_with = "null_as_default")]
    pub operator: String,
    /// The values of `In` and `NotIn`.
    #[serde(deserialize_with = "null_as_default")]
    pub values: Vec<String>,
}

impl LabelSelector {
    /// Whether the labels fit; an empty selector fits everything, an unknown operator nothing.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.match_expressions.iter().all(|requirement| requirement.matches(labels))
    }
}

impl SelectorRequirement {
    fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let value = labels.get(&self.key);
        match self.operator.as_str() {
            "In" => value.is_some_and(|value| self.values.contains(value)),
            "NotIn" => !value.is_some_and(|value| self.values.contains(value)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            _ => false,
        }
    }
}

/// An Event (`v1`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event {
    /// The metadata.
    #[serde(deserialize_with = "null_as_default")]
    pub metadata: ObjectMeta,
    /// What it is about.
    #[serde(deserialize_with = "null_as_default")]
    pub involved_object: InvolvedObject,
    /// `Normal` or `Warning`.
    #[serde(rename = "type", deserialize_with = "null_as_default")]
    pub kind: String,
    /// The reason in one word.
    #[serde(deserialize_with = "null_as_default")]
    pub reason: String,
    /// In words.
    #[serde(deserialize_with = "null_as_default")]
    pub message: String,
    /// How often it happened, as older reporters count.
    pub count: Option<i64>,
    /// When it first happened, RFC 3339.
    pub first_timestamp: Option<String>,
    /// When it last happened, RFC 3339, as older reporters say.
    pub last_timestamp: Option<String>,
    /// When it happened, RFC 3339, as newer reporters say.
    pub event_time: Option<String>,
    /// How it repeats, as newer reporters say.
    pub series: Option<EventSeries>,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InvolvedObject {
    /// The kind.
    #[serde(deserialize_with = "null_as_default")]
    pub kind: String,
    /// The namespace.
    #[serde(deserialize_with = "null_as_default")]
    pub namespace: String,
    /// The name.
    #[serde(deserialize_with = "null_as_default")]
    pub name: String,
    /// The part of it, such as `spec.containers{backend}`.
    #[serde(deserialize_with = "null_as_default")]
    pub field_path: String,
}

/// How an event repeats.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventSeries {
    /// How often it happened.
    pub count: Option<i64>,
    /// When it last happened, RFC 3339.
    pub last_observed_time: Option<String>,
}

impl Event {
    /// When it last happened, RFC 3339, whoever reported it.
    pub fn last_seen(&self) -> Option<&str> {
        self.series
            .as_ref()
            .and_then(|series| series.last_observed_time.as_deref())
            .or(self.last_timestamp.as_deref())
            .or(self.event_time.as_deref())
            .or(self.first_timestamp.as_deref())
            .or(self.metadata.creation_timestamp.as_deref())
    }

    /// How often it happened, at least once.
    pub fn times(&self) -> u64 {
        let count = self.series.as_ref().and_then(|series| series.count).or(self.count).unwrap_or(1);
        u64::try_from(count).unwrap_or(1).max(1)
    }
}

/// The page of a list.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    metadata: Option<PageMeta>,
    items: Option<Vec<T>>,
}

#[derive(Deserialize)]
struct PageMeta {
    #[serde(rename = "continue")]
    token: Option<String>,
}

impl<T> Page<T> {
    /// The objects, and the token of the next page where there is one.
    pub fn open(self) -> (Vec<T>, Option<String>) {
        let token = self.metadata.and_then(|metadata| metadata.token).filter(|token| !token.is_empty());
        (self.items.unwrap_or_default(), token)
    }
}

fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}
