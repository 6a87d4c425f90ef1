//! What kubectl says of a pod: its status word, ready containers and restarts.
//!
//! The rule is that of kubectl's printer (`printPod` in `pkg/printers/internalversion`, Kubernetes 1.36),
//! over facts borrowed from whatever message a pod arrived in.

use std::borrow::Cow;

use super::time::Instant;

/// How well a pod is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PodHealth {
    /// It runs, and every container is ready.
    Ready,
    /// It is on its way: pending, creating, initializing.
    Starting,
    /// It is going away.
    Terminating,
    /// It runs, but not every container is ready.
    NotReady,
    /// It fails: it crashes, can't be scheduled, can't pull its image …
    Failing,
    /// Its node does not answer.
    Unknown,
    /// It did what it had to, and ended.
    Done,
}

impl PodHealth {
    /// Every state, in the order of the roll-ups.
    pub const ALL: [PodHealth; 7] = [
        PodHealth::Ready,
        PodHealth::Starting,
        PodHealth::Terminating,
        PodHealth::NotReady,
        PodHealth::Failing,
        PodHealth::Unknown,
        PodHealth::Done,
    ];

    /// How much a state wants attention, the worst the largest.
    pub const fn gravity(self) -> u32 {
        match self {
            PodHealth::Done => 0,
            PodHealth::Ready => 1,
            PodHealth::Terminating => 2,
            PodHealth::Starting => 3,
            PodHealth::NotReady => 4,
            PodHealth::Unknown => 5,
            PodHealth::Failing => 6,
        }
    }
}

/// The present state of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContainerState<'a> {
    /// Nothing is known of it.
    #[default]
    Absent,
    /// It waits, for a reason.
    Waiting(&'a str),
    /// It runs.
    Running,
    /// It ended.
    Terminated(Ended<'a>),
}

/// How a container ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ended<'a> {
    /// One word; may be empty.
    pub reason: &'a str,
    /// The exit code.
    pub exit_code: i32,
    /// The signal; 0 for none.
    pub signal: i32,
}

/// The facts of one container's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContainerFacts<'a> {
    /// What it does now.
    pub state: ContainerState<'a>,
    /// Whether it is ready.
    pub ready: bool,
    /// Whether it has started, by its startup probe.
    pub started: bool,
    /// Whether it is an init container that restarts always: a sidecar.
    pub sidecar: bool,
    /// How often it was restarted.
    pub restarts: u32,
    /// When its last run ended.
    pub last_ended: Option<Instant>,
}

/// The facts of a pod that its status depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PodFacts<'a> {
    /// `status.phase`.
    pub phase: &'a str,
    /// `status.reason`; may be empty.
    pub reason: &'a str,
    /// Whether it has a deletion timestamp.
    pub deleting: bool,
    /// Whether its `PodScheduled` condition has the reason `SchedulingGated`.
    pub gated: bool,
    /// Whether its `PodScheduled` condition says that it fits nowhere.
    pub unschedulable: bool,
    /// Whether its `Initialized` condition is true.
    pub initialized: bool,
    /// Whether its `Ready` condition is true.
    pub ready: bool,
    /// Containers in its specification.
    pub containers: usize,
    /// Init containers in its specification.
    pub init_containers: usize,
    /// Sidecars among its init containers.
    pub sidecars: usize,
    /// The statuses of its init containers, in order.
    pub init_statuses: &'a [ContainerFacts<'a>],
    /// The statuses of its containers, in order.
    pub statuses: &'a [ContainerFacts<'a>],
}

/// What kubectl's table says of a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodStatus<'a> {
    /// The status word.
    pub word: Cow<'a, str>,
    /// Containers that are ready.
    pub ready: u16,
    /// Containers that count.
    pub containers: u16,
    /// Restarts.
    pub restarts: u32,
    /// When the last run of a restarted container ended.
    pub restarted: Option<Instant>,
    /// How well that is.
    pub health: PodHealth,
}

/// The status of a pod in kubectl's words.
pub fn status<'a>(facts: &PodFacts<'a>) -> PodStatus<'a> {
    let mut word = Cow::Borrowed(if facts.reason.is_empty() { facts.phase } else { facts.reason });
    if facts.gated {
        word = Cow::Borrowed("SchedulingGated");
    }
    let init = initialization(facts);
    let mut restarts = init.restarts;
    let mut restarted = init.restarted;
    let mut ready = init.ready;
    let initializing = init.word.is_some();
    if let Some(init_word) = init.word {
        word = init_word;
    }
    if !initializing || facts.initialized {
        restarts = init.sidecar_restarts;
        restarted = init.sidecar_restarted;
        let mut running = false;
        let mut failed = None;
        for container in facts.statuses.iter().rev() {
            restarts = restarts.saturating_add(container.restarts);
            restarted = restarted.max(container.last_ended);
            match container.state {
                ContainerState::Waiting(reason) if !reason.is_empty() => word = Cow::Borrowed(reason),
                ContainerState::Terminated(ended) => {
                    word = ended_word("", ended);
                    if ended.exit_code != 0 {
                        failed = Some(word.clone());
                    }
                }
                ContainerState::Running if container.ready => {
                    running = true;
                    ready += 1;
                }
                _ => {}
            }
        }
        if word == "Completed" {
            word = match failed {
                _ if running && facts.ready => Cow::Borrowed("Running"),
                Some(failed) => failed,
                None if running => Cow::Borrowed("NotReady"),
                None => word,
            };
        }
    }
    let terminal = matches!(facts.phase, "Succeeded" | "Failed");
    if facts.deleting && facts.reason == "NodeLost" {
        word = Cow::Borrowed("Unknown");
    } else if facts.deleting && !terminal {
        word = Cow::Borrowed("Terminating");
    }
    let containers = (facts.containers + facts.sidecars).min(usize::from(u16::MAX)) as u16;
    let health = health(&word, facts, ready, containers);
    PodStatus { word, ready, containers, restarts, restarted, health }
}

struct Initialization<'a> {
    word: Option<Cow<'a, str>>,
    ready: u16,
    restarts: u32,
    restarted: Option<Instant>,
    sidecar_restarts: u32,
    sidecar_restarted: Option<Instant>,
}

fn initialization<'a>(facts: &PodFacts<'a>) -> Initialization<'a> {
    let mut result = Initialization {
        word: None,
        ready: 0,
        restarts: 0,
        restarted: None,
        sidecar_restarts: 0,
        sidecar_restarted: None,
    };
    for (index, container) in facts.init_statuses.iter().enumerate() {
        result.restarts = result.restarts.saturating_add(container.restarts);
        result.restarted = result.restarted.max(container.last_ended);
        if container.sidecar {
            result.sidecar_restarts = result.sidecar_restarts.saturating_add(container.restarts);
            result.sidecar_restarted = result.sidecar_restarted.max(container.last_ended);
        }
        result.word = Some(match container.state {
            ContainerState::Terminated(ended) if ended.exit_code == 0 => continue,
            _ if container.sidecar && container.started => {
                result.ready += u16::from(container.ready);
                continue;
            }
            ContainerState::Terminated(ended) => ended_word("Init:", ended),
            ContainerState::Waiting(reason) if !reason.is_empty() && reason != "PodInitializing" => {
                Cow::Owned(format!("Init:{reason}"))
            }
            _ => Cow::Owned(format!("Init:{index}/{}", facts.init_containers)),
        });
        break;
    }
    result
}

fn ended_word<'a>(prefix: &str, ended: Ended<'a>) -> Cow<'a, str> {
    if !ended.reason.is_empty() {
        if prefix.is_empty() {
            return Cow::Borrowed(ended.reason);
        }
        return Cow::Owned(format!("{prefix}{}", ended.reason));
    }
    if ended.signal != 0 {
        return Cow::Owned(format!("{prefix}Signal:{}", ended.signal));
    }
    Cow::Owned(format!("{prefix}ExitCode:{}", ended.exit_code))
}

fn health(word: &str, facts: &PodFacts<'_>, ready: u16, containers: u16) -> PodHealth {
    match word {
        "Terminating" => PodHealth::Terminating,
        "Completed" | "Succeeded" => PodHealth::Done,
        "Running" if ready >= containers => PodHealth::Ready,
        "Running" | "NotReady" => PodHealth::NotReady,
        "Unknown" | "NodeLost" => PodHealth::Unknown,
        "Pending" if facts.unschedulable => PodHealth::Failing,
        "Pending" | "ContainerCreating" | "PodInitializing" | "SchedulingGated" => PodHealth::Starting,
        _ if word.strip_prefix("Init:").is_some_and(counts) => PodHealth::Starting,
        _ => PodHealth::Failing,
    }
}

/// Whether a text is a count of steps, such as `1/2`.
fn counts(text: &str) -> bool {
    text.split_once('/').is_some_and(|(done, all)| {
        [done, all].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}
