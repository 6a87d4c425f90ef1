//! An object in full, as plain facts for a detail panel.

use super::object::Symbol;
use super::time::Instant;

/// An object in full, fetched when someone opens it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Detail {
    /// Plain facts: a name and a value, in the order to show.
    pub facts: Vec<(String, String)>,
    /// Its conditions.
    pub conditions: Vec<ConditionDetail>,
    /// Its containers, init containers first.
    pub containers: Vec<ContainerDetail>,
    /// Its events, newest first; the reason where they could not be read.
    pub events: Vec<EventDetail>,
    /// Why its events could not be read, where they could not
    pub events_error: Option<String>,
    /// From the object up: kind and name of each owner.
    pub owners: Vec<(Symbol, Symbol)>,
}

/// A condition of an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConditionDetail {
    /// Its type.
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// One word of why.
    pub reason: String,
    /// Why, in words.
    pub message: String,
    /// Since when.
    pub since: Option<Instant>,
    /// Whether this status of this type is the bad one.
    pub bad: bool,
}

/// A container of a pod.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContainerDetail {
    /// Its name.
    pub name: String,
    /// Whether it is an init container.
    pub init: bool,
    /// Its image.
    pub image: String,
    /// Whether it is ready.
    pub ready: bool,
    /// Its restarts.
    pub restarts: u32,
    /// `Running`, `Waiting` or `Terminated`, and the reason.
    pub state: String,
    /// Since when.
    pub since: Option<Instant>,
    /// The message of the state.
    pub message: String,
    /// Its last termination: reason, exit code, when.
    pub last: Option<Termination>,
    /// Requests and limits, as `cpu 250m/1  memory 256Mi/512Mi`.
    pub resources: String,
}

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Termination {
    /// `Error`, `OOMKilled`, `Completed` …
    pub reason: String,
    /// The exit code.
    pub exit_code: i32,
    /// The signal, where one ended it.
    pub signal: Option<i32>,
    /// When it had started.
    pub started: Option<Instant>,
    /// When it ended.
    pub finished: Option<Instant>,
    /// The message of the container or the kubelet.
    pub message: String,
}

/// An event about an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventDetail {
    /// `Normal` or `Warning`.
    pub kind: String,
    /// One word.
    pub reason: String,
    /// What happened, in words.
    pub message: String,
    /// How often.
    pub count: u32,
    /// When last.
    pub last: Option<Instant>,
    /// Who says so.
    pub source: String,
}
