//! What the tests drive operations with.

use std::path::PathBuf;
use std::time::Duration;

use quarterdeck::actions::{Action, ArgumentValue, Subject};
use quarterdeck::clients::kubernetes::{Connection, ConnectionOptions};
use quarterdeck::journal::{Actor, Journal};
use quarterdeck::operations::{
    self, Answer, Capacity, Environment, Finding, Gate, Handle, NodeRoom, OperationEvent, Outcome, Pace,
    Preflight, Refusal, Seen, Services, Topic,
};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::json;
use tempfile::TempDir;

use super::server::Server;

pub const BACKEND: &str = "deployment/production/backend-rust";

/// A scripted server and a console's services on it, in a staging environment.
pub struct Bench {
    pub server: Server,
    pub services: Services,
    pub folder: TempDir,
}

impl Bench {
    pub async fn start(replicas: u64) -> Bench {
        let server = Server::start(replicas).await;
        let folder = tempfile::tempdir().expect("a folder");
        let services = services(&server.url, folder.path().to_owned());
        Bench { server, services, folder }
    }

    /// The same in production.
    pub async fn in_production(replicas: u64) -> Bench {
        let mut bench = Bench::start(replicas).await;
        bench.services.environment = Environment { name: "production".to_owned(), production: true };
        bench
    }

    pub fn launch(&self, action: Action, subject: &str, seen: Seen) -> Handle {
        let plan = operations::plan(action, &object(subject), &seen).expect("a plan");
        operations::start(plan, self.services.clone())
    }

    /// Scales `backend-rust`, answering the preflight; every event.
    pub async fn scale(&self, replicas: u64, answer: Answer) -> Vec<OperationEvent> {
        answering(self.launch(scale(replicas), BACKEND, Seen::default()), answer).await
    }

    /// The preflight of scaling `backend-rust`, and the operation that waits for an answer.
    pub async fn asked(&self, replicas: u64) -> (Preflight, Handle) {
        let mut handle = self.launch(scale(replicas), BACKEND, Seen::default());
        match handle.next().await {
            Some(OperationEvent::Preflighted(preflight)) => ((*preflight).clone(), handle),
            other => panic!("no preflight, but {other:?}"),
        }
    }

    /// The preflight of scaling `backend-rust`.
    pub async fn preflight(&self, replicas: u64) -> Preflight {
        self.asked(replicas).await.0
    }
}

pub fn scale(replicas: u64) -> Action {
    Action { name: "workload.scale", arguments: vec![("replicas", ArgumentValue::Count(replicas))] }
}

pub fn object(subject: &str) -> Subject {
    Subject::parse(subject, "demo", None).expect("a subject")
}

pub fn services(url: &str, folder: PathBuf) -> Services {
    let clock = Clock::manual(Instant::from_seconds(1_700_000_000));
    // JSON is YAML too.
    let kubeconfig = folder.join("kubeconfig");
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "demo",
        "clusters": [{ "name": "demo", "cluster": { "server": url } }],
        "users": [{ "name": "anna", "user": { "token": "secret-token" } }],
        "contexts": [{ "name": "demo", "context": { "cluster": "demo", "user": "anna" } }],
    });
    std::fs::write(&kubeconfig, config.to_string()).expect("a kubeconfig");
    let options = ConnectionOptions { kubeconfig: Some(kubeconfig), ..ConnectionOptions::new(clock.clone()) };
    Services {
        connection: Connection::open(options).expect("a connection"),
        journal: Journal::in_folder(folder.join("state")),
        clock,
        gate: Gate::new(false),
        actor: Actor { user: "anna".to_owned(), host: "bastion".to_owned(), ..Actor::default() },
        environment: Environment { name: "staging".to_owned(), production: false },
        minimum_replicas: None,
        capacity: Capacity::Known {
            nodes: vec![NodeRoom { free_cpu_millis: 4000, free_memory_bytes: 8 << 30, free_pods: 100 }],
            live: true,
        },
        pace: Pace {
            read: Duration::from_secs(5),
            every: Duration::from_millis(1),
            patience: Duration::from_millis(20),
            limit: Duration::from_secs(5),
        },
    }
}

/// Every event to the end, with that answer to the preflight.
pub async fn answering(mut handle: Handle, answer: Answer) -> Vec<OperationEvent> {
    let mut events = Vec::new();
    while let Some(event) = handle.next().await {
        if matches!(event, OperationEvent::Preflighted(_)) {
            handle.answer(answer.clone());
        }
        events.push(event);
    }
    events
}

/// Every event to the end.
pub async fn all(mut handle: Handle) -> Vec<OperationEvent> {
    let mut events = Vec::new();
    while let Some(event) = handle.next().await {
        events.push(event);
    }
    events
}

pub fn outcome(events: &[OperationEvent]) -> &Outcome {
    match events.last() {
        Some(OperationEvent::Finished(outcome)) => outcome,
        other => panic!("no outcome, but {other:?}"),
    }
}

pub fn refusal(events: &[OperationEvent]) -> &Refusal {
    match events.last() {
        Some(OperationEvent::Refused(refusal)) => refusal,
        other => panic!("no refusal, but {other:?}"),
    }
}

pub fn finding(preflight: &Preflight, topic: Topic) -> &Finding {
    preflight.findings().iter().find(|finding| finding.topic == topic).expect("a finding")
}
