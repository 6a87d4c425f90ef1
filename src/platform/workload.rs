//! How well a workload is.

/// How well a workload is, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// Nothing is wanted of it.
    Idle,
    /// Every wanted replica is ready.
    Healthy,
    /// A new template or count is being rolled out, and enough is ready.
    Progressing,
    /// Fewer replicas are ready than wanted, or its controller complains.
    Degraded,
    /// Replicas are wanted, and none is ready.
    Down,
}

impl Health {
    /// The state in one word.
    pub const fn word(self) -> &'static str {
        match self {
            Health::Idle => "idle",
            Health::Healthy => "healthy",
            Health::Progressing => "progressing",
            Health::Degraded => "degraded",
            Health::Down => "down",
        }
    }
}

/// The facts that a workload's health depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkloadFacts {
    /// Replicas that are wanted.
    pub wanted: u32,
    /// Replicas that are ready.
    pub ready: u32,
    /// Replicas of the present template; `None` where pods are only replaced by hand.
    pub updated: Option<u32>,
    /// Whether its controller has seen the present specification.
    pub observed: bool,
    /// Whether its conditions complain.
    pub complains: bool,
}

/// The health of a workload.
pub const fn health(facts: WorkloadFacts) -> Health {
    if facts.wanted == 0 {
        return Health::Idle;
    }
    if facts.ready == 0 {
        return Health::Down;
    }
    if facts.ready < facts.wanted || facts.complains {
        return Health::Degraded;
    }
    match facts.updated {
        _ if !facts.observed => Health::Progressing,
        Some(updated) if updated < facts.wanted => Health::Progressing,
        _ => Health::Healthy,
    }
}
