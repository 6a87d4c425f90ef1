//! Scaling a workload, all the way.

use quarterdeck::operations::{Answer, Cause, Failure, OperationEvent, Verdict};
use serde_json::json;

use super::bench::{BACKEND, Bench, all, answering, outcome, scale, services};
use super::server::{DEPLOYMENT, Manner, UID};

#[tokio::test]
async fn it_goes_through_preflight_answer_application_and_record() {
    let bench = Bench::start(3).await;
    let mut action = scale(5);
    let reason = quarterdeck::actions::ArgumentValue::Text("traffic spike".to_owned());
    action.arguments.push(("reason", reason));
    let handle = bench.launch(action, BACKEND, Default::default());
    let events = answering(handle, Answer::Confirm).await;
    assert!(matches!(events[0], OperationEvent::Preflighted(_)));
    assert!(matches!(events[1], OperationEvent::Applied(_)));
    let outcome = outcome(&events);
    assert_eq!(outcome.verdict, Verdict::Reached);
    assert!(outcome.message.contains("5 of 5 ready"), "{}", outcome.message);
    let undo = outcome.undo.as_ref().unwrap();
    assert_eq!((&undo.from, &undo.to), (&json!(5), &json!(3)));
    assert_eq!(bench.server.world().replicas(), 5);

    let history = bench.services.journal.read().unwrap();
    let recorded = &history.operations[0];
    assert_eq!(recorded.intent.subject.uid.as_deref(), Some(UID));
    assert_eq!(recorded.intent.who.server_user.as_deref(), Some("anna@example.org"));
    assert_eq!(recorded.intent.reason.as_deref(), Some("traffic spike"));
    assert_eq!(recorded.intent.arguments.len(), 1);
    assert_eq!(recorded.intent.before["replicas"], json!(3));
    assert_eq!(recorded.intent.preflight.len(), 9);
    let end = recorded.outcome.as_ref().unwrap();
    assert_eq!((end.result, &end.after["replicas"]), (Verdict::Reached, &json!(5)));
    let written = std::fs::read_to_string(bench.services.journal.path()).unwrap();
    assert!(!written.contains("secret-token"));
}

#[tokio::test]
async fn the_intent_is_on_the_disk_before_the_server_is_asked_to_change_anything() {
    let bench = Bench::start(3).await;
    let (_, mut handle) = bench.asked(5).await;
    // The server loses the answer, so the console can't have written anything after it yet but the intent.
    bench.server.world().manner = Manner::LosesTheRequest;
    handle.answer(Answer::Confirm);
    while let Some(event) = handle.next().await {
        if matches!(event, OperationEvent::Finished(_)) {
            break;
        }
    }
    let written = std::fs::read_to_string(bench.services.journal.path()).unwrap();
    let records: Vec<serde_json::Value> =
        written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records[0]["record"], "intent");
    assert_eq!(records[1]["record"], "outcome");
    assert_eq!(records[1]["result"], "unknown");
}

#[tokio::test]
async fn to_zero_and_from_zero_although_the_server_leaves_a_zero_out() {
    let bench = Bench::start(3).await;
    assert_eq!(outcome(&bench.scale(0, Answer::Confirm).await).verdict, Verdict::Reached);
    assert_eq!(bench.server.world().replicas(), 0);
    assert_eq!(outcome(&bench.scale(2, Answer::Confirm).await).verdict, Verdict::Reached);
    assert_eq!(bench.server.world().replicas(), 2);
}

#[tokio::test]
async fn from_zero_fails_too_if_somebody_has_set_a_count_since() {
    let bench = Bench::start(0).await;
    let (_, handle) = bench.asked(2).await;
    bench.server.world().set_wanted(4);
    handle.answer(Answer::Confirm);
    let events = all(handle).await;
    assert_eq!(outcome(&events).cause, Some(Cause::Changed));
    assert_eq!(bench.server.world().replicas(), 4);
}

#[tokio::test]
async fn a_user_who_may_patch_but_not_read_the_scale_can_scale() {
    for (present, wanted) in [(3, 5), (0, 2)] {
        let bench = Bench::start(present).await;
        let reading = format!("GET {DEPLOYMENT}/scale");
        bench.server.world().errors.insert(reading, (403, "scale is forbidden".to_owned()));
        let events = bench.scale(wanted, Answer::Confirm).await;
        assert_eq!(outcome(&events).verdict, Verdict::Reached);
        assert_eq!(bench.server.world().replicas(), wanted);
    }
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_never_sent_again() {
    let bench = Bench::start(3).await;
    bench.server.world().manner = Manner::LosesTheAnswer;
    let events = bench.scale(5, Answer::Confirm).await;
    assert_eq!(outcome(&events).verdict, Verdict::Reached);
    assert_eq!(bench.server.world().persisting_patches(), 1);

    let bench = Bench::start(3).await;
    bench.server.world().manner = Manner::LosesTheRequest;
    let events = bench.scale(5, Answer::Confirm).await;
    let outcome = outcome(&events);
    assert_eq!((outcome.verdict, outcome.cause), (Verdict::Unknown, Some(Cause::Lost)));
    assert!(outcome.message.contains("is at 3 replicas now"), "{}", outcome.message);
    assert_eq!(bench.server.world().persisting_patches(), 1);
}

#[tokio::test]
async fn an_object_that_is_not_there_fails_with_the_reason() {
    let bench = Bench::start(3).await;
    let handle = bench.launch(scale(5), "deployment/production/gone", Default::default());
    let events = all(handle).await;
    let Some(OperationEvent::Failed(Failure { message, cause, .. })) = events.last() else {
        panic!("{events:?}");
    };
    assert_eq!(*cause, Cause::NotFound);
    assert!(message.contains("deployment/production/gone can't be read"), "{message}");
}

#[tokio::test]
async fn a_server_that_is_not_there_fails_as_unreachable() {
    let mut bench = Bench::start(3).await;
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", unused.local_addr().unwrap());
    drop(unused);
    bench.services = services(&url, bench.folder.path().to_owned());
    let events = all(bench.launch(scale(5), BACKEND, Default::default())).await;
    let Some(OperationEvent::Failed(failure)) = events.last() else { panic!("{events:?}") };
    assert_eq!(failure.cause, Cause::Unreachable);
    assert!(failure.advice.is_some());
}
