//! What a scenario is, as its file says it.

use serde::Deserialize;
use thiserror::Error;

use super::request::ScriptedRequest;
use crate::demo::model::{Effect, Symptom};

/// The scenarios that come with the program.
const SHIPPED: [(&str, &str); 13] = [
    ("bad-deploy", include_str!("library/bad-deploy.toml")),
    ("traffic-spike", include_str!("library/traffic-spike.toml")),
    ("memory-leak", include_str!("library/memory-leak.toml")),
    ("replication-lag", include_str!("library/replication-lag.toml")),
    ("queue-backlog", include_str!("library/queue-backlog.toml")),
    ("node-loss", include_str!("library/node-loss.toml")),
    ("disk-filling", include_str!("library/disk-filling.toml")),
    ("expiring-certificate", include_str!("library/expiring-certificate.toml")),
    ("failed-backup", include_str!("library/failed-backup.toml")),
    ("lost-drive", include_str!("library/lost-drive.toml")),
    ("dns-failing", include_str!("library/dns-failing.toml")),
    ("image-pull-failing", include_str!("library/image-pull-failing.toml")),
    ("noisy-neighbour", include_str!("library/noisy-neighbour.toml")),
];

/// A scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name: lower-case letters, digits and dashes.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What breaks, and why: the answer of a drill.
    pub cause: String,
    /// How one puts it right, in words.
    pub remedy: String,
    /// What calls the person on call.
    pub page: Page,
    /// What breaks in the load and on the nodes.
    #[serde(default, rename = "break")]
    pub effects: Vec<Effect>,
    /// What someone or something did to the platform, one after the other.
    #[serde(default, rename = "change")]
    pub changes: Vec<ScriptedRequest>,
    /// What shows it, and where.
    #[serde(rename = "symptom")]
    pub symptoms: Vec<SymptomDescription>,
    /// It is put right when none of these is seen any more.
    pub solved_without: Vec<Symptom>,
    /// How one puts it right, step by step.
    #[serde(rename = "solution")]
    pub solution: Vec<SolutionStep>,
}

/// What calls the person on call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// `critical` or `warning`.
    pub severity: String,
    /// The alert's name.
    pub alert: String,
    /// What it says.
    pub text: String,
}

/// Something that shows what is wrong.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SymptomDescription {
    /// Where one sees it, in the words of the console or of a command.
    #[serde(rename = "where")]
    pub place: String,
    /// Within how many minutes it is seen.
    pub within_minutes: u64,
    /// What is seen.
    pub shows: Symptom,
}

/// A step of the solution.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SolutionStep {
    /// What it is, in words.
    pub says: String,
    /// What is asked of the platform.
    #[serde(default)]
    pub request: Option<ScriptedRequest>,
    /// How many minutes pass after it.
    #[serde(default)]
    pub then_minutes: u64,
}

/// A scenario that can't be read.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// The file isn't a scenario.
    #[error("scenario {file}: {error}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        error: toml::de::Error,
    },
    /// The name can't be one.
    #[error("scenario {file}: `{name}` can't be a name: lower-case letters, digits and dashes are wanted")]
    Name {
        /// The file.
        file: String,
        /// The name.
        name: String,
    },
    /// There is no scenario of this name.
    #[error("no scenario `{name}`: there are {known}")]
    Unknown {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
}

/// Reads a scenario; `file` is named where it can't be read.
///
/// # Errors
/// When the text isn't a scenario, or its name can't be one.
pub fn load(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let scenario: Scenario =
        toml::from_str(text).map_err(|error| ScenarioError::Unreadable { file: file.to_owned(), error })?;
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if scenario.name.is_empty() || !scenario.name.chars().all(fits) {
        return Err(ScenarioError::Name { file: file.to_owned(), name: scenario.name });
    }
    Ok(scenario)
}

/// The scenarios that come with the program.
///
/// # Errors
/// When one of them can't be read.
pub fn shipped() -> Result<Vec<Scenario>, ScenarioError> {
    SHIPPED.iter().map(|(file, text)| load(file, text)).collect()
}
