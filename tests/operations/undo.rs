//! Putting back what an operation changed, unless somebody changed it since.

use quarterdeck::actions::{Action, Subject};
use quarterdeck::operations::{self, Answer, OperationEvent, Refusal, Seen, Verdict};

use super::bench::{BACKEND, Bench, answering, object, outcome, refusal};

/// Undoes the latest change on record, as the key does.
async fn undo(bench: &Bench) -> Vec<OperationEvent> {
    let Subject::Object(backend) = object(BACKEND);
    let undo = bench.services.journal.read().unwrap().latest_undo(&backend).cloned();
    let handle = bench.launch(Action::plain("workload.undo"), BACKEND, Seen { undo, ..Seen::default() });
    answering(handle, Answer::Confirm).await
}

#[tokio::test]
async fn an_undo_puts_back_and_can_itself_be_undone() {
    let bench = Bench::start(3).await;
    bench.scale(5, Answer::Confirm).await;
    let events = undo(&bench).await;
    assert_eq!(outcome(&events).verdict, Verdict::Reached);
    assert_eq!(bench.server.world().replicas(), 3);
    let history = bench.services.journal.read().unwrap();
    assert_eq!(history.operations[1].intent.action, "workload.undo");
    let events = undo(&bench).await;
    assert_eq!(outcome(&events).verdict, Verdict::Reached);
    assert_eq!(bench.server.world().replicas(), 5);
}

#[tokio::test]
async fn an_undo_is_refused_when_somebody_changed_it_since() {
    let bench = Bench::start(3).await;
    bench.scale(5, Answer::Confirm).await;
    bench.server.world().set_wanted(8);
    let events = undo(&bench).await;
    let wanted =
        Refusal::ChangedSince { field: "replicas".to_owned(), seen: "5".to_owned(), now: "8".to_owned() };
    assert_eq!(refusal(&events), &wanted);
    assert_eq!(bench.server.world().replicas(), 8);
}

#[tokio::test]
async fn an_undo_is_refused_for_an_object_that_was_made_again() {
    let bench = Bench::start(3).await;
    bench.scale(5, Answer::Confirm).await;
    bench.server.world().deployment()["metadata"]["uid"] = "6f1c2d3e-0000-4000-8000-00000000ffff".into();
    let events = undo(&bench).await;
    assert!(matches!(refusal(&events), Refusal::AnotherObject(_)), "{events:?}");
}

#[tokio::test]
async fn an_undo_asks_like_any_other_operation() {
    let bench = Bench::in_production(2).await;
    bench.scale(6, Answer::Confirm).await;
    // Back from six to two is more than a halving.
    let events = undo(&bench).await;
    assert!(matches!(refusal(&events), Refusal::NotConfirmed { .. }), "{events:?}");
    assert_eq!(bench.server.world().replicas(), 6);
}

#[test]
fn without_anything_on_record_there_is_nothing_to_undo() {
    let action = Action::plain("workload.undo");
    let refusal = operations::plan(action, &object(BACKEND), &Seen::default()).unwrap_err();
    assert_eq!(refusal, Refusal::NothingToUndo(BACKEND.to_owned()));
}
