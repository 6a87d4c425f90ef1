//! What the person is shown before answering.

use crate::actions::Danger;
use crate::journal::PreflightLine;

use super::{Confirmation, Environment, Finding, Refusal, Topic, Weight};

/// A field that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeLine {
    /// The field.
    pub field: String,
    /// What it is.
    pub before: String,
    /// What it would be.
    pub after: String,
}

/// What the person is shown before answering. Only an operation's own preflight makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preflight {
    headline: String,
    title: String,
    target: String,
    danger: Danger,
    confirmation: Confirmation,
    changes: Vec<ChangeLine>,
    findings: Vec<Finding>,
}

impl Preflight {
    pub(super) fn new(
        headline: String,
        title: String,
        target: String,
        danger: Danger,
        environment: &Environment,
        changes: Vec<ChangeLine>,
        mut findings: Vec<Finding>,
    ) -> Self {
        findings.sort_by_key(|finding| finding.topic);
        let confirmation = Confirmation::required(danger, environment, &target);
        findings.push(environment_finding(environment, danger, &confirmation));
        Preflight { headline, title, target, danger, confirmation, changes, findings }
    }

    /// What would be done, in one line.
    pub fn headline(&self) -> &str {
        &self.headline
    }

    /// What would be done, in two words: without from what to what.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// `<context>/<name>`.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// What this very change can break.
    pub fn danger(&self) -> Danger {
        self.danger
    }

    /// What has to be answered.
    pub fn confirmation(&self) -> &Confirmation {
        &self.confirmation
    }

    /// The fields that would change.
    pub fn changes(&self) -> &[ChangeLine] {
        &self.changes
    }

    /// What was found, in a fixed order of topics.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Why it can't go on, where it can't.
    pub fn refusal(&self) -> Option<Refusal> {
        let blocking = self.findings.iter().find(|finding| finding.weight == Weight::Blocking)?;
        let (what, advice) = (blocking.text.clone(), blocking.advice.clone());
        Some(match blocking.topic {
            Topic::Access => Refusal::NotPermitted { what, advice },
            topic => Refusal::Blocked { topic, what, advice },
        })
    }

    /// The findings as the journal keeps them.
    pub(super) fn lines(&self) -> Vec<PreflightLine> {
        self.findings
            .iter()
            .map(|finding| PreflightLine {
                topic: finding.topic.word().to_owned(),
                weight: finding.weight.word().to_owned(),
                text: finding.text.clone(),
            })
            .collect()
    }
}

fn environment_finding(environment: &Environment, danger: Danger, wanted: &Confirmation) -> Finding {
    let place = match (environment.name.as_str(), environment.production) {
        (name @ "production", true) => name.to_owned(),
        (name, true) => format!("{name} (production)"),
        (name, false) => format!("{name} (not production)"),
    };
    let danger = match danger {
        Danger::Dangerous => "this can take a service down",
        Danger::Careful | Danger::None => "this is easily put back",
    };
    let weight = match wanted {
        Confirmation::Typed(_) => Weight::Warning,
        // One key is enough for this, but it is production all the same.
        Confirmation::Key if environment.production => Weight::Note,
        Confirmation::Key => Weight::Fine,
    };
    Finding::new(Topic::Environment, weight, format!("{place}; {danger}: it takes {wanted}"))
}
