//! What the gate lets through, and what it does not.

use quarterdeck::journal::Journal;
use quarterdeck::operations::{
    self, Answer, Cause, Confirmation, Environment, Gate, OperationEvent, Refusal, Seen, Verdict,
};

use super::bench::{BACKEND, Bench, all, answering, object, outcome, refusal, scale};
use super::server::DEPLOYMENT;

/// Nothing was changed, and nothing is on record.
fn untouched(bench: &Bench, replicas: u64) {
    let mut world = bench.server.world();
    assert_eq!(world.replicas(), replicas);
    assert_eq!(world.persisting_patches(), 0);
    assert!(bench.services.journal.read().unwrap().operations.is_empty());
}

#[tokio::test]
async fn a_read_only_console_refuses_before_it_asks_the_server_anything() {
    let mut bench = Bench::start(3).await;
    bench.services.gate = Gate::new(true);
    let events = bench.scale(5, Answer::Confirm).await;
    assert_eq!(events, [OperationEvent::Refused(Refusal::ReadOnly)]);
    assert!(bench.server.world().requests.is_empty());
    untouched(&bench, 3);
}

#[tokio::test]
async fn the_default_answer_changes_nothing() {
    let bench = Bench::start(3).await;
    let events = bench.scale(5, Answer::Decline).await;
    assert_eq!(refusal(&events), &Refusal::NotConfirmed { wanted: Confirmation::Key });
    untouched(&bench, 3);
}

#[tokio::test]
async fn an_answer_before_there_was_anything_to_see_does_not_count() {
    let bench = Bench::start(3).await;
    let handle = bench.launch(scale(5), BACKEND, Seen::default());
    handle.answer(Answer::Confirm);
    let events = answering(handle, Answer::Decline).await;
    assert!(matches!(refusal(&events), Refusal::NotConfirmed { .. }), "{events:?}");
    untouched(&bench, 3);
}

#[tokio::test]
async fn a_stop_outdoes_an_answer() {
    let bench = Bench::start(3).await;
    let (_, handle) = bench.asked(5).await;
    handle.answer(Answer::Confirm);
    handle.stop();
    assert!(all(handle).await.is_empty());
    untouched(&bench, 3);
}

#[tokio::test]
async fn stopping_before_the_answer_changes_nothing() {
    let bench = Bench::start(3).await;
    let (_, handle) = bench.asked(5).await;
    handle.stop();
    assert!(all(handle).await.is_empty());
    untouched(&bench, 3);
}

#[tokio::test]
async fn what_is_dangerous_in_production_wants_context_and_name_typed() {
    let wanted = Confirmation::Typed("demo/backend-rust".to_owned());
    for wrong in [
        Answer::Confirm,
        Answer::Typed("backend-rust".to_owned()),
        Answer::Typed("demo/backend-rust ".to_owned()),
        Answer::Typed("Demo/backend-rust".to_owned()),
    ] {
        let bench = Bench::in_production(4).await;
        assert_eq!(bench.preflight(2).await.confirmation(), &wanted);
        let events = bench.scale(2, wrong).await;
        assert_eq!(refusal(&events), &Refusal::NotConfirmed { wanted: wanted.clone() });
        untouched(&bench, 4);
    }
    let bench = Bench::in_production(4).await;
    let events = bench.scale(2, Answer::Typed("demo/backend-rust".to_owned())).await;
    assert_eq!(outcome(&events).verdict, Verdict::Reached);
    assert_eq!(bench.server.world().replicas(), 2);
}

#[tokio::test]
async fn what_is_easily_put_back_takes_the_confirm_key_in_production_too() {
    let bench = Bench::in_production(4).await;
    assert_eq!(bench.preflight(5).await.confirmation(), &Confirmation::Key);
    assert_eq!(bench.preflight(3).await.confirmation(), &Confirmation::Key);
}

#[tokio::test]
async fn fewer_than_the_profile_expects_is_dangerous() {
    let mut bench = Bench::in_production(4).await;
    bench.services.minimum_replicas = Some(4);
    assert!(matches!(bench.preflight(3).await.confirmation(), Confirmation::Typed(_)));
    bench.services.environment = Environment { name: "staging".to_owned(), production: false };
    assert_eq!(bench.preflight(3).await.confirmation(), &Confirmation::Key);
}

#[tokio::test]
async fn a_user_who_may_not_is_refused_with_the_verb_that_is_missing() {
    let bench = Bench::start(3).await;
    bench.server.world().allowed = false;
    let events = bench.scale(5, Answer::Confirm).await;
    let Refusal::NotPermitted { what, .. } = refusal(&events) else { panic!("{events:?}") };
    assert_eq!(what, "you may not patch deployments/scale in production");
    let review = bench.server.world().requests.iter().find_map(|(_, path, body)| {
        path.contains("selfsubjectaccessreviews")
            .then(|| serde_json::from_str::<serde_json::Value>(body).unwrap())
    });
    let attributes = &review.unwrap()["spec"]["resourceAttributes"];
    assert_eq!(attributes["verb"], "patch");
    assert_eq!(attributes["subresource"], "scale");
    assert_eq!(attributes["name"], "backend-rust");
    untouched(&bench, 3);
}

#[tokio::test]
async fn without_a_journal_nothing_is_applied() {
    let mut bench = Bench::start(3).await;
    let occupied = bench.folder.path().join("occupied");
    std::fs::write(&occupied, b"").unwrap();
    bench.services.journal = Journal::in_folder(occupied.join("state"));
    let events = bench.scale(5, Answer::Confirm).await;
    assert!(matches!(refusal(&events), Refusal::NotRecorded(_)), "{events:?}");
    assert_eq!(bench.server.world().persisting_patches(), 0);
}

#[tokio::test]
async fn a_count_that_somebody_changed_after_the_preflight_is_left_alone() {
    let bench = Bench::start(3).await;
    let (_, handle) = bench.asked(5).await;
    bench.server.world().set_wanted(7);
    handle.answer(Answer::Confirm);
    let events = all(handle).await;
    let outcome = outcome(&events);
    assert_eq!((outcome.verdict, outcome.cause), (Verdict::Failed, Some(Cause::Changed)));
    assert!(outcome.message.contains("it was 3, it is 7 now"), "{}", outcome.message);
    assert_eq!(outcome.undo, None);
    assert_eq!(bench.server.world().replicas(), 7);
    let history = bench.services.journal.read().unwrap();
    assert_eq!(history.operations[0].outcome.as_ref().unwrap().result, Verdict::Failed);
}

#[tokio::test]
async fn an_object_made_again_after_the_preflight_is_left_alone() {
    let bench = Bench::start(3).await;
    let (_, handle) = bench.asked(5).await;
    bench.server.world().deployment()["metadata"]["uid"] = "6f1c2d3e-0000-4000-8000-00000000ffff".into();
    handle.answer(Answer::Confirm);
    let events = all(handle).await;
    assert_eq!(outcome(&events).cause, Some(Cause::Changed));
    assert_eq!(bench.server.world().replicas(), 3);
}

#[tokio::test]
async fn an_object_made_again_since_the_table_showed_it_is_refused() {
    let bench = Bench::start(3).await;
    let quarterdeck::actions::Subject::Object(mut shown) = object(BACKEND);
    shown.uid = Some(quarterdeck::platform::object::Uid(1));
    let subject = quarterdeck::actions::Subject::Object(shown);
    let plan = operations::plan(scale(5), &subject, &Seen::default()).unwrap();
    let events = all(operations::start(plan, bench.services.clone())).await;
    assert!(matches!(refusal(&events), Refusal::AnotherObject(_)), "{events:?}");
    untouched(&bench, 3);
}

#[test]
fn what_has_no_count_is_refused_with_what_to_do_instead() {
    for (subject, words) in [
        ("daemonset/production/agent", "one pod on each node"),
        ("pod/production/backend-1", "a pod is one"),
        ("node/worker-1", "has no replicas"),
    ] {
        let refusal = operations::plan(scale(2), &object(subject), &Seen::default()).unwrap_err();
        assert!(refusal.to_string().contains(words), "{refusal}");
        assert!(refusal.advice().is_some());
    }
    let refusal = operations::plan(scale(u64::MAX), &object(BACKEND), &Seen::default()).unwrap_err();
    assert!(matches!(refusal, Refusal::ArgumentRange { .. }));
}

#[tokio::test]
async fn a_replica_set_of_a_deployment_is_refused_with_its_deployment() {
    let bench = Bench::start(3).await;
    let path = DEPLOYMENT.replace("deployments/backend-rust", "replicasets/backend-rust-7f");
    let mut owned = bench.server.world().deployment().clone();
    owned["metadata"]["ownerReferences"] =
        serde_json::json!([{ "kind": "Deployment", "name": "backend-rust", "controller": true }]);
    bench.server.world().objects.insert(path, owned);
    let events = all(bench.launch(scale(5), "replicaset/production/backend-rust-7f", Seen::default())).await;
    assert_eq!(refusal(&events).advice(), Some("scale deployment/production/backend-rust"));
}

#[tokio::test]
async fn the_count_that_is_there_already_is_nothing_to_do() {
    let bench = Bench::start(3).await;
    let events = bench.scale(3, Answer::Confirm).await;
    assert!(matches!(refusal(&events), Refusal::NothingToDo(_)), "{events:?}");
}
