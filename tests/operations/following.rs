//! Following what was applied: reached, or stuck with the reason.

use std::collections::VecDeque;
use std::time::Duration;

use quarterdeck::operations::{Answer, OperationEvent, Outcome, Progress, Verdict};
use serde_json::json;

use super::bench::{Bench, all, outcome};
use super::server::{AUTOSCALERS, DEPLOYMENT, EVENTS, PODS, Step, World, autoscaler};

/// A bench whose controllers do nothing but what the script says, one step a look.
async fn scripted(replicas: u64, steps: Vec<Step>) -> Bench {
    let bench = Bench::start(replicas).await;
    bench.server.world().obedient = false;
    bench.server.world().script = VecDeque::from(steps);
    bench
}

fn step(change: impl FnOnce(&mut World) + Send + 'static) -> Step {
    Box::new(change)
}

async fn stuck(bench: &Bench) -> Outcome {
    let events = bench.scale(5, Answer::Confirm).await;
    let outcome = outcome(&events).clone();
    assert_eq!(outcome.verdict, Verdict::Stuck, "{outcome:?}");
    assert!(outcome.undo.is_some());
    outcome
}

#[tokio::test]
async fn progress_is_told_until_every_replica_is_ready() {
    let bench = scripted(
        3,
        vec![
            step(|_| ()),
            step(|world| world.set_present(5, 3)),
            step(|world| world.set_present(5, 4)),
            step(|world| world.set_present(5, 5)),
        ],
    )
    .await;
    let events = bench.scale(5, Answer::Confirm).await;
    let told: Vec<&Progress> = events
        .iter()
        .filter_map(|event| match event {
            OperationEvent::Progress(progress) => Some(progress),
            _ => None,
        })
        .collect();
    assert_eq!(told.iter().map(|progress| progress.ready).collect::<Vec<_>>(), [3, 3, 4]);
    assert!(told.iter().all(|progress| progress.wanted == 5));
    assert_eq!(outcome(&events).verdict, Verdict::Reached);
}

#[tokio::test]
async fn a_scale_down_is_reached_when_the_pods_are_gone() {
    let bench =
        scripted(5, vec![step(|world| world.set_present(5, 5)), step(|world| world.set_present(4, 4))]).await;
    let events = bench.scale(4, Answer::Confirm).await;
    assert_eq!(outcome(&events).verdict, Verdict::Reached);
    assert!(outcome(&events).message.contains("4 of 4 ready"), "{:?}", outcome(&events));
}

#[tokio::test]
async fn an_image_that_can_t_be_pulled_is_the_reason() {
    let bench = scripted(3, vec![]).await;
    bench.server.world().objects.insert(
        PODS.to_owned(),
        json!({ "items": [{
            "metadata": { "name": "backend-rust-x1" },
            "status": { "containerStatuses": [{ "state": { "waiting": {
                "reason": "ImagePullBackOff", "message": "Back-off pulling image \"backend:1\"",
            } } }] },
        }] }),
    );
    let outcome = stuck(&bench).await;
    assert!(
        outcome
            .message
            .contains("3 of 5 ready, and backend-rust-x1 is in ImagePullBackOff: Back-off pulling"),
        "{}",
        outcome.message
    );
    let asked = bench
        .server
        .world()
        .requests
        .iter()
        .any(|(_, path, _)| path.contains("labelSelector=app%3Dbackend-rust"));
    assert!(asked);
}

#[tokio::test]
async fn a_quota_that_refuses_pods_is_the_reason() {
    let bench = scripted(3, vec![]).await;
    bench.server.world().deployment()["status"]["conditions"] = json!([{
        "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
        "message": "pods \"backend-rust-x1\" is forbidden: exceeded quota: compute",
    }]);
    assert!(stuck(&bench).await.message.contains("exceeded quota: compute"));
}

#[tokio::test]
async fn a_pod_that_finds_no_node_is_the_reason_once_a_growing_cluster_had_its_time() {
    let bench = scripted(3, vec![]).await;
    bench.server.world().objects.insert(
        PODS.to_owned(),
        json!({ "items": [{
            "metadata": { "name": "backend-rust-x1" },
            "status": { "conditions": [{
                "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                "message": "0/3 nodes are available: 3 Insufficient cpu.",
            }] },
        }] }),
    );
    let events = bench.scale(5, Answer::Confirm).await;
    assert!(outcome(&events).message.contains("finds no node: 0/3 nodes are available"));
    let said = |event: &OperationEvent| matches!(event, OperationEvent::Progress(progress) if progress.message.contains("finds no node"));
    assert!(events.iter().any(said), "it is told before it is given up");
}

#[tokio::test]
async fn a_warning_about_the_workload_itself_is_the_reason() {
    let bench = scripted(3, vec![]).await;
    bench.server.world().objects.insert(
        EVENTS.to_owned(),
        json!({ "items": [
            { "type": "Normal", "reason": "ScalingReplicaSet", "message": "Scaled up" },
            { "type": "Warning", "reason": "FailedCreate", "message": "create Pod failed: exceeded quota" },
        ] }),
    );
    assert!(stuck(&bench).await.message.contains("FailedCreate: create Pod failed"));
}

#[tokio::test]
async fn without_a_reason_it_is_given_up_at_its_limit_and_said_so() {
    let mut bench = scripted(3, vec![step(|world| world.set_present(3, 3))]).await;
    bench.services.pace.limit = Duration::from_millis(80);
    assert!(stuck(&bench).await.message.contains("no reason is to be found"));
}

#[tokio::test]
async fn a_controller_that_does_not_react_is_given_up_long_before_the_limit() {
    let mut bench = scripted(3, vec![]).await;
    bench.services.pace.limit = Duration::from_secs(3600);
    let outcome = stuck(&bench).await;
    assert!(outcome.message.contains("its controller does not react: observedGeneration"), "{outcome:?}");
    assert!(outcome.advice.as_deref().unwrap().contains("controller manager"), "{outcome:?}");
}

#[tokio::test]
async fn how_long_it_is_followed_is_said_in_words() {
    let mut bench = scripted(3, vec![step(|world| world.set_present(3, 3))]).await;
    bench.services.pace.limit = Duration::from_secs(600);
    let (_, mut handle) = bench.asked(5).await;
    handle.answer(Answer::Confirm);
    loop {
        match handle.next().await {
            Some(OperationEvent::Progress(progress)) if progress.message.contains("no reason") => {
                assert!(
                    progress.message.ends_with("followed for 10 minutes at most"),
                    "{}",
                    progress.message
                );
                break;
            }
            Some(OperationEvent::Finished(outcome)) => panic!("{outcome:?}"),
            Some(_) => (),
            None => panic!("it ended"),
        }
    }
}

#[tokio::test]
async fn a_count_that_is_there_is_reached_although_a_rollout_is_stuck_beside_it() {
    // Four pods: three ready ones of the template before, and one of the new template that never starts.
    let rolling = |world: &mut World| {
        world.set_present(4, 3);
        world.deployment()["status"]["updatedReplicas"] = json!(1);
        world.objects.insert(
            PODS.to_owned(),
            json!({ "items": [{
                "metadata": { "name": "backend-rust-x1" },
                "status": { "containerStatuses": [{ "state": { "waiting": { "reason": "ImagePullBackOff" } } }] },
            }] }),
        );
    };
    for before in [1, 5] {
        let bench = scripted(before, vec![step(rolling)]).await;
        let events = bench.scale(3, Answer::Confirm).await;
        let outcome = outcome(&events);
        assert_eq!(outcome.verdict, Verdict::Reached, "{outcome:?}");
        let said = "apart from that, its rollout is stuck: backend-rust-x1 is in ImagePullBackOff";
        assert!(outcome.message.contains(said), "{outcome:?}");
        assert!(
            outcome.message.contains("3 ready") || outcome.message.contains("3 of 3 ready"),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn an_autoscaler_that_sets_it_back_is_named_and_nothing_is_left_to_undo() {
    let bench = scripted(3, vec![step(|world| world.set_wanted(3))]).await;
    bench.server.world().objects.insert(AUTOSCALERS.to_owned(), autoscaler(2, 10));
    let events = bench.scale(5, Answer::Confirm).await;
    let outcome = outcome(&events);
    assert_eq!(outcome.verdict, Verdict::Overridden);
    assert!(outcome.message.contains("the autoscaler backend has set"), "{}", outcome.message);
    assert!(outcome.message.contains("to 3 replicas"), "{}", outcome.message);
    assert_eq!(outcome.undo, None);
}

#[tokio::test]
async fn a_workload_that_is_deleted_meanwhile_ends_it() {
    let bench = scripted(
        3,
        vec![step(|world| {
            world.objects.remove(DEPLOYMENT);
        })],
    )
    .await;
    let events = bench.scale(5, Answer::Confirm).await;
    assert!(outcome(&events).message.contains("was deleted meanwhile"));
}

#[tokio::test]
async fn a_server_that_fails_meanwhile_is_told_and_asked_again() {
    let bench = scripted(3, vec![]).await;
    let (_, mut handle) = bench.asked(5).await;
    handle.answer(Answer::Confirm);
    let mut told = false;
    while let Some(event) = handle.next().await {
        match event {
            OperationEvent::Applied(_) => {
                bench.server.world().errors.insert(DEPLOYMENT.to_owned(), (500, "etcd is away".to_owned()));
            }
            OperationEvent::Progress(progress) if progress.message.contains("can't be looked at") => {
                told = true;
                let mut world = bench.server.world();
                world.errors.clear();
                world.set_present(5, 5);
            }
            OperationEvent::Finished(outcome) => assert_eq!(outcome.verdict, Verdict::Reached),
            _ => (),
        }
    }
    assert!(told);
}

#[tokio::test]
async fn stopping_stops_the_following_and_what_was_applied_stays_on_record() {
    let mut bench = scripted(3, vec![]).await;
    bench.services.pace.patience = Duration::from_secs(60);
    let (_, mut handle) = bench.asked(5).await;
    handle.answer(Answer::Confirm);
    loop {
        match handle.next().await {
            Some(OperationEvent::Progress(_)) => break,
            Some(_) => (),
            None => panic!("it ended"),
        }
    }
    handle.stop();
    let events = all(handle).await;
    let outcome = outcome(&events);
    assert_eq!(outcome.verdict, Verdict::Applied);
    assert!(outcome.message.contains("not followed any further"), "{}", outcome.message);
    assert!(outcome.undo.is_some());
    assert!(bench.services.journal.unfinished().unwrap().is_empty());
}

#[tokio::test]
async fn a_console_that_ends_while_following_leaves_a_record_that_it_was_applied() {
    let mut bench = scripted(3, vec![]).await;
    bench.services.pace.patience = Duration::from_secs(60);
    let (_, mut handle) = bench.asked(5).await;
    handle.answer(Answer::Confirm);
    while !matches!(handle.next().await, Some(OperationEvent::Applied(_))) {}
    drop(handle);
    let history = bench.services.journal.read().unwrap();
    let outcome = history.operations[0].outcome.as_ref().unwrap();
    assert_eq!(outcome.result, Verdict::Applied);
    assert!(outcome.undo.is_some());
}
