//! The objects of the platform's own API in which scenarios are listed, and drills are asked for and told of.

use serde_json::{Value, json};

use super::description::Scenario;
use crate::demo::api::Deed;
use crate::demo::model::Sighting;
use crate::platform::time::Instant;

/// The scenarios: group and plural.
pub const SCENARIOS: (&str, &str) = ("demo.quarterdeck.dev", "scenarios");
/// The drills: group and plural.
pub const DRILLS: (&str, &str) = ("demo.quarterdeck.dev", "drills");

/// A drill that is to begin with the platform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DrillOrder {
    /// The scenario; any where it is empty.
    pub scenario: String,
    /// Whether its cause is to be found out.
    pub hidden: bool,
}

/// What someone asks of a drill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The scenario; any where it is empty.
    pub scenario: String,
    /// Whether its cause is to be found out.
    pub hidden: bool,
    /// Whether the person on call has the page.
    pub acknowledged: bool,
    /// The scenario that they take for the cause; empty while they take none.
    pub cause: String,
    /// Whether it is to end, put right or not.
    pub ended: bool,
}

impl Wish {
    /// Reads the specification of a drill.
    pub fn of(drill: &Value) -> Wish {
        let spec = &drill["spec"];
        let text = |key: &str| spec[key].as_str().unwrap_or_default().to_owned();
        let truth = |key: &str| spec[key].as_bool().unwrap_or(false);
        Wish {
            scenario: text("scenario"),
            hidden: truth("hidden"),
            acknowledged: truth("acknowledged"),
            cause: text("cause"),
            ended: truth("ended"),
        }
    }
}

/// When what happened in a drill, and what was done.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// When it began.
    pub started: Instant,
    /// When the page was acknowledged.
    pub acknowledged: Option<Instant>,
    /// When the cause was named.
    pub found: Option<Instant>,
    /// How often another cause was named before.
    pub wrong: u32,
    /// When everything was put right.
    pub mitigated: Option<Instant>,
    /// When it ended.
    pub ended: Option<Instant>,
}

/// A drill as an object.
pub fn drill_object(order: &DrillOrder, uid: &str, created: Instant) -> Value {
    json!({
        "apiVersion": "demo.quarterdeck.dev/v1",
        "kind": "Drill",
        "metadata": {"name": "first", "uid": uid, "creationTimestamp": created.rfc3339(), "generation": 1},
        "spec": {"scenario": order.scenario, "hidden": order.hidden},
    })
}

/// A scenario as an object.
pub fn scenario_object(scenario: &Scenario, uid: &str, created: Instant) -> Value {
    let shows: Vec<&str> = scenario.symptoms.iter().map(|it| it.place.as_str()).collect();
    json!({
        "apiVersion": "demo.quarterdeck.dev/v1",
        "kind": "Scenario",
        "metadata": {"name": scenario.name, "uid": uid, "creationTimestamp": created.rfc3339(), "generation": 1},
        "spec": {
            "title": scenario.title,
            "cause": scenario.cause,
            "remedy": scenario.remedy,
            "severity": scenario.page.severity,
            "alert": scenario.page.alert,
            "shows": shows,
        },
    })
}

/// The status of a drill that can't be.
pub fn refused(message: &str) -> Value {
    json!({"phase": "Refused", "message": message})
}

/// The status of a drill.
pub fn status(
    scenario: &Scenario,
    wish: &Wish,
    record: &Record,
    (seen, deeds, choices): (&[Sighting], &[Deed], &Value),
) -> Value {
    let phase = match (record.ended, record.mitigated) {
        (_, Some(_)) => "Solved",
        (Some(_), None) => "Ended",
        (None, None) => "Running",
    };
    let stamp = |at: Option<Instant>| at.map(Instant::rfc3339);
    let mut status = json!({
        "phase": phase,
        "page": {"severity": scenario.page.severity, "alert": scenario.page.alert, "text": scenario.page.text},
        "startedAt": record.started.rfc3339(),
        "acknowledgedAt": stamp(record.acknowledged),
        "foundAt": stamp(record.found),
        "wrongGuesses": record.wrong,
        "mitigatedAt": stamp(record.mitigated),
        "endedAt": stamp(record.ended),
        "choices": choices,
        "done": deeds.iter().map(|deed| json!({"at": deed.at.rfc3339(), "by": deed.user, "what": deed.words()})).collect::<Vec<_>>(),
    });
    // What is hidden is told at the end.
    if !wish.hidden || phase != "Running" {
        status["scenario"] = json!(scenario.name);
        status["title"] = json!(scenario.title);
        status["cause"] = json!(scenario.cause);
        status["remedy"] = json!(scenario.remedy);
        let symptoms = scenario.symptoms.iter().zip(seen);
        status["symptoms"] = symptoms
            .map(|(it, seen)| json!({"where": it.place, "visible": seen.visible, "seen": seen.words}))
            .collect();
    }
    if let Some(status) = status.as_object_mut() {
        status.retain(|_, value| !value.is_null());
    }
    status
}
