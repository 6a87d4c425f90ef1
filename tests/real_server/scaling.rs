//! Scaling, by the operations of the console.

use std::time::Duration;

use quarterdeck::actions::Action;
use quarterdeck::journal::{Actor, Journal};
use quarterdeck::operations::{
    self, Answer, Capacity, Cause, Environment, Gate, Handle, OperationEvent, Outcome, Pace, Preflight,
    Refusal, Seen, Services, Topic, Verdict, Weight,
};
use quarterdeck::platform::time::Clock;
use serde_json::json;

use super::cluster::Cluster;
use crate::operations::bench::{finding, object, scale};
use crate::support::home::Home;

/// The services of a console of one of the users.
fn services(cluster: &Cluster, user: &str) -> Services {
    Services {
        connection: cluster.connection(user),
        journal: Journal::in_folder(cluster.folder("state")),
        clock: Clock::system(),
        gate: Gate::new(false),
        actor: Actor { user: "anna".to_owned(), host: "bastion".to_owned(), ..Actor::default() },
        environment: Environment { name: "staging".to_owned(), production: false },
        minimum_replicas: None,
        capacity: Capacity::Measure,
        pace: Pace { every: Duration::from_millis(100), ..Pace::default() },
    }
}

/// Starts an operation, up to its preflight.
async fn asked(services: Services, action: Action, subject: &str, seen: Seen) -> (Preflight, Handle) {
    let context = services.connection.context().clone();
    let mut subject = object(subject);
    let quarterdeck::actions::Subject::Object(reference) = &mut subject;
    reference.cluster = context;
    let plan = operations::plan(action, &subject, &seen).expect("a plan");
    let mut handle = operations::start(plan, services);
    match handle.next().await {
        Some(OperationEvent::Preflighted(preflight)) => ((*preflight).clone(), handle),
        other => panic!("no preflight, but {other:?}"),
    }
}

/// Confirms, and stops following once the server has taken it: no pod will ever be ready here.
async fn confirmed(mut handle: Handle) -> Outcome {
    handle.answer(Answer::Confirm);
    loop {
        match handle.next().await {
            Some(OperationEvent::Applied(_)) => handle.stop(),
            Some(OperationEvent::Progress(_)) => {}
            Some(OperationEvent::Finished(outcome)) => return *outcome,
            other => panic!("no outcome, but {other:?}"),
        }
    }
}

pub async fn a_count_is_set_followed_recorded_and_put_back(cluster: &Cluster) {
    const SUBJECT: &str = "deployment/scaling/web";
    cluster.namespace("scaling").await;
    cluster.deployment("scaling", "web", 2).await;
    let services = services(cluster, "admin");
    let (preflight, handle) = asked(services.clone(), scale(3), SUBJECT, Seen::default()).await;
    assert_eq!(preflight.refusal(), None, "{preflight:?}");
    assert_eq!((&*preflight.changes()[0].before, &*preflight.changes()[0].after), ("2", "3"));
    assert_eq!(finding(&preflight, Topic::Access).weight, Weight::Fine);
    assert_eq!(finding(&preflight, Topic::DryRun).text, "the server takes it: replicas 2 → 3");
    assert_eq!(cluster.replicas("scaling", "web").await, 2, "a dry run has changed something");

    let outcome = confirmed(handle).await;
    assert_eq!((outcome.verdict, outcome.cause), (Verdict::Applied, None), "{outcome:?}");
    assert_eq!(cluster.replicas("scaling", "web").await, 3);

    let history = services.journal.read().unwrap();
    let reference = object(SUBJECT).object().unwrap().clone();
    let reference = quarterdeck::platform::object::ObjectReference {
        cluster: services.connection.context().clone(),
        ..reference
    };
    let undo = history.latest_undo(&reference).cloned();
    let intent = &history.operations.last().unwrap().intent;
    assert_eq!((&*intent.action, intent.who.server_user.as_deref()), ("workload.scale", Some("admin")));
    let seen = Seen { undo, ..Seen::default() };
    let (preflight, handle) = asked(services, Action::plain("workload.undo"), SUBJECT, seen).await;
    assert_eq!((&*preflight.changes()[0].before, &*preflight.changes()[0].after), ("3", "2"));
    confirmed(handle).await;
    assert_eq!(cluster.replicas("scaling", "web").await, 2);
}

pub async fn nothing_comes_of_a_count_that_has_changed_since(cluster: &Cluster) {
    cluster.deployment("scaling", "contended", 3).await;
    let (_, handle) =
        asked(services(cluster, "admin"), scale(6), "deployment/scaling/contended", Seen::default()).await;
    let path = "/apis/apps/v1/namespaces/scaling/deployments/contended";
    cluster.patch(path, json!({ "spec": { "replicas": 5 } })).await;
    let outcome = confirmed(handle).await;
    assert_eq!((outcome.verdict, outcome.cause), (Verdict::Failed, Some(Cause::Changed)), "{outcome:?}");
    assert!(outcome.message.contains("it was 3, it is 5 now"), "{}", outcome.message);
    assert_eq!(cluster.replicas("scaling", "contended").await, 5);

    // What changes of the object otherwise is no reason to fail.
    let (_, handle) =
        asked(services(cluster, "admin"), scale(6), "deployment/scaling/contended", Seen::default()).await;
    cluster.patch(path, json!({ "metadata": { "annotations": { "note": "changed meanwhile" } } })).await;
    assert_eq!(confirmed(handle).await.verdict, Verdict::Applied);
    assert_eq!(cluster.replicas("scaling", "contended").await, 6);
}

pub async fn a_count_of_zero_is_tested_too(cluster: &Cluster) {
    const SUBJECT: &str = "deployment/scaling/idle";
    cluster.deployment("scaling", "idle", 0).await;
    let (preflight, handle) = asked(services(cluster, "admin"), scale(2), SUBJECT, Seen::default()).await;
    assert_eq!(preflight.refusal(), None, "{preflight:?}");
    assert_eq!(confirmed(handle).await.verdict, Verdict::Applied);
    assert_eq!(cluster.replicas("scaling", "idle").await, 2);

    let path = "/apis/apps/v1/namespaces/scaling/deployments/idle";
    let (_, handle) = asked(services(cluster, "admin"), scale(0), SUBJECT, Seen::default()).await;
    assert_ne!(confirmed(handle).await.verdict, Verdict::Failed);
    let (_, handle) = asked(services(cluster, "admin"), scale(2), SUBJECT, Seen::default()).await;
    cluster.patch(path, json!({ "spec": { "replicas": 1 } })).await;
    let outcome = confirmed(handle).await;
    assert_eq!((outcome.verdict, outcome.cause), (Verdict::Failed, Some(Cause::Changed)), "{outcome:?}");
    assert_eq!(cluster.replicas("scaling", "idle").await, 1);
}

pub async fn a_missing_verb_is_named_and_nothing_changes(cluster: &Cluster) {
    cluster.deployment("scaling", "guarded", 2).await;
    let subject = "deployment/scaling/guarded";
    let (preflight, mut handle) =
        asked(services(cluster, "viewer"), scale(3), subject, Seen::default()).await;
    let access = finding(&preflight, Topic::Access);
    assert_eq!(access.weight, Weight::Blocking);
    assert!(access.text.contains("you may not patch deployments/scale in scaling"), "{}", access.text);
    assert!(access.advice.is_some());
    handle.answer(Answer::Confirm);
    let event = handle.next().await;
    assert!(matches!(&event, Some(OperationEvent::Refused(Refusal::NotPermitted { .. }))), "{event:?}");
    assert_eq!(cluster.replicas("scaling", "guarded").await, 2);
}

pub async fn what_would_undo_or_stop_it_is_said(cluster: &Cluster) {
    cluster.namespace("tight").await;
    cluster.deployment("tight", "web", 1).await;
    let api = "/api/v1/namespaces/tight/resourcequotas";
    cluster.create(api, json!({ "metadata": { "name": "few" }, "spec": { "hard": { "pods": "2" } } })).await;
    if cluster.controllers {
        let counted = |quota: &serde_json::Value| quota["status"]["used"]["pods"] == "1";
        cluster.until(&format!("{api}/few"), counted).await;
    } else {
        let status = json!({ "status": { "hard": { "pods": "2" }, "used": { "pods": "1" } } });
        cluster.patch(&format!("{api}/few/status"), status).await;
    }
    let autoscaler = json!({
        "metadata": { "name": "web" },
        "spec": {
            "minReplicas": 2, "maxReplicas": 3,
            "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "web" },
        },
    });
    cluster.create("/apis/autoscaling/v2/namespaces/tight/horizontalpodautoscalers", autoscaler).await;
    let budget = json!({
        "metadata": { "name": "web" },
        "spec": { "minAvailable": 1, "selector": { "matchLabels": { "app": "web" } } },
    });
    cluster.create("/apis/policy/v1/namespaces/tight/poddisruptionbudgets", budget).await;

    let subject = "deployment/tight/web";
    let (preflight, _) = asked(services(cluster, "admin"), scale(4), subject, Seen::default()).await;
    let autoscaler = finding(&preflight, Topic::Autoscaler);
    assert_eq!(autoscaler.weight, Weight::Warning);
    assert!(autoscaler.text.contains("back to 3"), "{}", autoscaler.text);
    let quota = finding(&preflight, Topic::Quota);
    assert!(quota.weight >= Weight::Warning && quota.text.contains("few"), "{quota:?}");
    // There is no node at all.
    assert_ne!(finding(&preflight, Topic::Capacity).weight, Weight::Fine);

    let (preflight, _) = asked(services(cluster, "admin"), scale(0), subject, Seen::default()).await;
    let budget = finding(&preflight, Topic::DisruptionBudget);
    assert!(budget.weight > Weight::Fine && budget.text.contains("web"), "{budget:?}");
}

pub async fn the_command_does_the_same(cluster: &Cluster) {
    let home = Home::new();
    cluster.deployment("scaling", "commanded", 0).await;
    let kubeconfig = cluster.kubeconfig();
    let run = |context: &str, more: &[&str]| {
        let mut arguments = vec!["run", "workload.scale", "deployment/scaling/commanded", "replicas=1"];
        arguments.extend(["--kubeconfig", kubeconfig.to_str().unwrap(), "--context", context]);
        arguments.extend(more);
        tokio::task::block_in_place(|| home.run(&arguments))
    };
    let out = run("admin", &["--dry-run"]).with_status(0).out;
    assert!(out.contains("  - replicas: 0\n  + replicas: 1\n"), "{out}");
    run("viewer", &["--yes"]).with_status(3).says("you may not patch deployments/scale in scaling");
    run("admin", &["--yes", "--read-only"]).with_status(3).says("read-only");
    assert_eq!(cluster.replicas("scaling", "commanded").await, 0);
}
