//! What a preflight finds out.

use std::fmt;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// What would change, against what there is now.
    Replicas,
    /// Whether this user may.
    Access,
    /// Who owns the object and would put it back.
    Owner,
    /// An autoscaler that sets the same field.
    Autoscaler,
    /// The namespace's quotas.
    Quota,
    /// The room on the nodes.
    Capacity,
    /// What the team promised to keep available.
    DisruptionBudget,
    /// The server's own dry run.
    DryRun,
    /// What the profile calls the place.
    Environment,
}

impl Topic {
    /// The topic in words.
    pub const fn word(self) -> &'static str {
        match self {
            Topic::Replicas => "replicas",
            Topic::Access => "access",
            Topic::Owner => "owner",
            Topic::Autoscaler => "autoscaler",
            Topic::Quota => "quota",
            Topic::Capacity => "capacity",
            Topic::DisruptionBudget => "disruption budget",
            Topic::DryRun => "dry run",
            Topic::Environment => "environment",
        }
    }
}

/// How much a finding weighs, lightest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// Nothing stands against it.
    Fine,
    /// Worth knowing.
    Note,
    /// It could not be found out.
    Unknown,
    /// It speaks against it.
    Warning,
    /// It can't be done.
    Blocking,
}

impl Weight {
    /// The weight in one word.
    pub const fn word(self) -> &'static str {
        match self {
            Weight::Fine => "fine",
            Weight::Note => "note",
            Weight::Unknown => "unknown",
            Weight::Warning => "warning",
            Weight::Blocking => "blocking",
        }
    }
}

/// One line of the preflight's panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub topic: Topic,
    /// How much it weighs.
    pub weight: Weight,
    /// What was found.
    pub text: String,
    /// What the person can do about it, or instead.
    pub advice: Option<String>,
}

impl Finding {
    /// A finding without advice.
    pub fn new(topic: Topic, weight: Weight, text: impl Into<String>) -> Self {
        Finding { topic, weight, text: text.into(), advice: None }
    }

    /// Something that could not be found out, and why.
    pub fn unknown(topic: Topic, why: impl fmt::Display) -> Self {
        Finding::new(topic, Weight::Unknown, format!("unknown: {why}"))
    }

    /// The same with advice.
    #[must_use]
    pub fn advising(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}
