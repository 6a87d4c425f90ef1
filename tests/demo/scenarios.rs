//! The scenarios: each shows what it says, and its own solution solves it; and a drill keeps its secret and the time.

use std::time::Duration;

use quarterdeck::demo::scenarios::{DRILLS, Scenario, shipped};
use quarterdeck::demo::store::Key;
use quarterdeck::demo::{DemoOptions, DemoPlatform, DrillOrder};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::Value;

use super::client::still;

/// A Wednesday, 09:00 UTC.
const START: &str = "2026-03-04T09:00:00Z";
/// How long a look takes, and how long is looked after the solution at most, in seconds.
const LOOK: u64 = 15;
const PATIENCE: u64 = 600;

struct Practice {
    platform: DemoPlatform,
    scenario: Scenario,
}

impl Practice {
    /// A platform that begins with the scenario.
    fn on(name: &str, hidden: bool) -> Practice {
        let scenario = shipped().unwrap().into_iter().find(|it| it.name == name).unwrap();
        let options = DemoOptions {
            clock: Clock::manual(Instant::parse(START).unwrap()),
            drill: Some(DrillOrder { scenario: name.to_owned(), hidden }),
            ..still()
        };
        Practice { platform: DemoPlatform::in_memory(&options).unwrap(), scenario }
    }

    fn pass(&self, seconds: u64) {
        self.platform.advance(Duration::from_secs(seconds));
    }

    fn drill(&self) -> Value {
        let store = self.platform.store().lock();
        let kind = store.kinds().custom(DRILLS.0, DRILLS.1).unwrap();
        store.get(kind, &Key::new("", "first")).unwrap().json()
    }

    fn status(&self) -> Value {
        self.drill()["status"].clone()
    }

    /// Changes what is asked of the drill.
    fn ask(&self, key: &str, value: Value) {
        {
            let mut store = self.platform.store().lock();
            let kind = store.kinds().custom(DRILLS.0, DRILLS.1).unwrap();
            let mut drill = store.get(kind, &Key::new("", "first")).unwrap().json();
            drill["spec"][key] = value;
            store.put_json(kind, &mut drill);
        }
        self.pass(0);
    }

    /// Plays the scenario: every symptom is seen within its time, and the solution solves it.
    fn play(name: &str) {
        let practice = Practice::on(name, false);
        let mut unseen: Vec<usize> = (0..practice.scenario.symptoms.len()).collect();
        let latest = practice.scenario.symptoms.iter().map(|it| it.within_minutes).max().unwrap() * 60;
        let mut passed = 0;
        while !unseen.is_empty() && passed < latest {
            practice.pass(LOOK);
            passed += LOOK;
            let status = practice.status();
            assert_eq!(status["phase"], "Running", "{name}: {status:#}");
            unseen.retain(|index| status["symptoms"][*index]["visible"] != true);
        }
        assert!(unseen.is_empty(), "{name}: not seen: {:#}", practice.status()["symptoms"]);
        for step in &practice.scenario.solution {
            if let Some(request) = &step.request {
                let outcome = practice.platform.perform(request);
                assert!(outcome.done(), "{name}: {}: {} {:#}", step.says, outcome.code, outcome.body);
            }
            practice.pass(step.then_minutes * 60);
        }
        let mut waited = 0;
        while practice.status()["phase"] == "Running" && waited < PATIENCE {
            practice.pass(LOOK);
            waited += LOOK;
        }
        let status = practice.status();
        assert_eq!(status["phase"], "Solved", "{name}: {status:#}");
        assert!(status["mitigatedAt"].as_str() > status["startedAt"].as_str(), "{name}: {status:#}");
    }
}

#[test]
fn a_bad_deploy_is_solved_by_rolling_back() {
    Practice::play("bad-deploy");
}

#[test]
fn a_traffic_spike_is_solved_by_a_higher_maximum() {
    Practice::play("traffic-spike");
}

#[test]
fn a_memory_leak_is_solved_by_rolling_back() {
    Practice::play("memory-leak");
}

#[test]
fn replication_lag_is_solved_by_stopping_the_export() {
    Practice::play("replication-lag");
}

#[test]
fn a_queue_backlog_is_solved_by_restarting_the_workers() {
    Practice::play("queue-backlog");
}

#[test]
fn a_lost_node_is_solved_by_deleting_it() {
    Practice::play("node-loss");
}

#[test]
fn a_filling_disk_is_solved_by_its_configuration_and_room() {
    Practice::play("disk-filling");
}

#[test]
fn an_expiring_certificate_is_solved_by_the_rotated_token() {
    Practice::play("expiring-certificate");
}

#[test]
fn a_failed_backup_is_solved_by_the_rotated_credentials() {
    Practice::play("failed-backup");
}

#[test]
fn a_lost_drive_is_solved_by_a_new_volume() {
    Practice::play("lost-drive");
}

#[test]
fn failing_dns_is_solved_by_its_configuration() {
    Practice::play("dns-failing");
}

#[test]
fn failing_pulls_are_solved_by_good_credentials() {
    Practice::play("image-pull-failing");
}

#[test]
fn a_noisy_neighbour_is_solved_by_stopping_it() {
    Practice::play("noisy-neighbour");
}

#[test]
fn a_drill_keeps_its_secret_and_tells_the_times_in_the_end() {
    let practice = Practice::on("dns-failing", true);
    practice.pass(60);
    let running = practice.status();
    assert_eq!(running["phase"], "Running");
    assert_eq!(running["page"]["alert"], "CoreDNSErrorsHigh");
    assert_eq!(running["choices"].as_array().unwrap().len(), shipped().unwrap().len());
    for hidden in ["scenario", "title", "cause", "remedy", "symptoms"] {
        assert!(running[hidden].is_null(), "{hidden}: {running:#}");
    }
    practice.ask("acknowledged", Value::Bool(true));
    practice.pass(60);
    practice.ask("cause", Value::String("bad-deploy".to_owned()));
    practice.pass(60);
    practice.ask("cause", Value::String("dns-failing".to_owned()));
    practice.pass(60);
    let outcome = practice.platform.perform(practice.scenario.solution[0].request.as_ref().unwrap());
    assert!(outcome.done(), "{}", outcome.body);
    practice.pass(180);
    let solved = practice.status();
    assert_eq!(solved["phase"], "Solved", "{solved:#}");
    assert_eq!(solved["cause"], practice.scenario.cause);
    assert_eq!(solved["wrongGuesses"], 1);
    let after = |key: &str| {
        let at = |key: &str| Instant::parse(solved[key].as_str().unwrap()).unwrap();
        at(key).since(at("startedAt")) / 1_000
    };
    assert_eq!((after("acknowledgedAt"), after("foundAt")), (60, 180));
    assert!(after("mitigatedAt") >= 240, "{}", after("mitigatedAt"));
}
