//! Operations from the keyboard: refused where they can't be, asked about, confirmed, followed, undone.

use super::stage::{Setup, play, play_in_real_time, source};
use crate::operations::bench::Bench;
use crate::operations::server::{ALL_PODS, AUTOSCALERS, autoscaler};
use quarterdeck::console::{HostEvent, OperationParts};
use quarterdeck::operations::Gate;
use quarterdeck::picture::model::{Batch, Change, Delta, NodeRow, Resources, RowChange};
use quarterdeck::platform::object::{Kind, Symbol, Uid};
use quarterdeck::platform::quantity::{Bytes, MilliCpu};

fn parts(bench: &Bench) -> OperationParts {
    OperationParts {
        connection: bench.services.connection.clone(),
        journal: bench.services.journal.clone(),
        gate: Gate::new(false),
        actor: bench.services.actor.clone(),
        pace: bench.services.pace,
    }
}

/// A console on a scripted server, with the cursor on `production/backend-rust` that has three replicas.
pub fn on_a_server(test: impl AsyncFnOnce(&mut super::stage::Stage, &Bench)) {
    let kept = std::cell::OnceCell::new();
    play_in_real_time(
        async || {
            let bench = Bench::start(3).await;
            let setup = Setup { operations: Some(parts(&bench)), ..Setup::default() };
            assert!(kept.set(bench).is_ok());
            setup
        },
        async |stage| {
            stage.fill().await;
            stage.until("frontend-web").await;
            test(stage, kept.get().expect("a server")).await;
        },
    );
}

#[test]
fn read_only_refuses_with_the_reason_and_dims_what_is_refused() {
    play(Setup { read_only: true, ..Setup::default() }, async |stage| {
        stage.fill().await;
        stage.assert_shows("READ-ONLY");
        stage.press("S").await;
        stage.assert_shows("scale: this console is read-only");
        stage.press(":workload.scale").await;
        stage.assert_shows("this console is read-only");
        stage.press("<enter>").await;
        stage.assert_shows("Actions and places");
    });
}

#[test]
fn an_operation_needs_its_subject() {
    on_a_server(async |stage, _| {
        stage.press("3:workload.scale").await;
        stage.until("it takes a workload").await;
    });
}

#[test]
fn a_count_that_is_none_is_explained() {
    on_a_server(async |stage, _| {
        stage.press("S").await;
        stage.until("Scale deployment/production/backend-rust").await;
        stage.press("<backspace>many<enter>").await;
        stage.until("`many` is no count").await;
        stage.press("<esc>").await;
        stage.assert_lacks("is no count");
    });
}

#[test]
fn in_production_a_dangerous_change_wants_its_target_typed() {
    on_a_server(async |stage, bench| {
        stage.press("S<backspace>0<enter>").await;
        stage.until("Type demo/backend-rust to confirm").await;
        stage.press("y<backspace>").await;
        stage.send(HostEvent::Paste("demo/backend-rust".to_owned()));
        stage.until("Pasting is refused").await;
        stage.press("<enter>").await;
        assert_eq!(bench.server.world().persisting_patches(), 0);
        stage.press("demo/backend-rust").await;
        stage.until("Matches").await;
        stage.press("<enter>").await;
        stage.until("puts it back").await;
        assert_eq!(bench.server.world().replicas(), 0);
    });
}

#[test]
fn a_change_is_declined_by_escape_and_nothing_happens() {
    on_a_server(async |stage, bench| {
        stage.press("S<backspace>0<enter>").await;
        stage.until("to confirm").await;
        stage.press("<esc>").await;
        stage.until("nothing was changed").await;
        assert_eq!(bench.server.world().persisting_patches(), 0);
    });
}

#[test]
fn one_key_puts_the_latest_change_back_after_asking() {
    on_a_server(async |stage, bench| {
        stage.press("S<backspace>4<enter>").await;
        stage.until("yes, do it").await;
        stage.press("y").await;
        stage.until("puts it back").await;
        assert_eq!(bench.server.world().replicas(), 4);
        stage.press("xU").await;
        stage.until("Scale backend-rust 4 → 3").await;
        stage.until("yes, do it").await;
        stage.press("y").await;
        stage.until("3 wanted").await;
        stage.until("puts it back").await;
        assert_eq!(bench.server.world().replicas(), 3);
        stage.press("J").await;
        stage.until("workload.undo").await;
        stage.until("replicas 4 → 3").await;
        stage.assert_shows("replicas 3 → 4");
    });
}

#[test]
fn several_marked_workloads_each_keep_their_own_count() {
    on_a_server(async |stage, bench| {
        stage.press("  S").await;
        stage.until("Scale 2 workloads").await;
        stage.press("+1").await;
        stage.until("production/frontend-web  2 → 3").await;
        stage.assert_shows("production/backend-rust  3 → 4");
        stage.press("<enter>").await;
        stage.until("1 more after this").await;
        stage.until("yes, do it").await;
        stage.press("y").await;
        // The scripted server knows no other workload.
        stage.until("frontend-web not found").await;
        stage.press("<esc>").await;
        stage.until("enter open").await;
        stage.until("puts it back").await;
        assert_eq!(bench.server.world().replicas(), 4);
    });
}

#[test]
fn giving_up_the_first_of_several_gives_up_those_after_it() {
    on_a_server(async |stage, bench| {
        stage.press("  S+1<enter>").await;
        stage.until("yes, do it").await;
        stage.press("n").await;
        stage.until("given up, with the 1 that waited after it").await;
        assert_eq!(bench.server.world().persisting_patches(), 0);
    });
}

#[test]
fn keys_typed_before_the_question_is_shown_do_not_answer_it() {
    on_a_server(async |stage, bench| {
        stage.press("S<backspace>4<enter>yyyy").await;
        stage.until("What was found").await;
        stage.idle().await;
        assert_eq!(bench.server.world().persisting_patches(), 0);
    });
}

/// Asks in a window of that size for one replica of what an autoscaler keeps at two or more.
fn asked_in(size: (u16, u16), test: impl AsyncFnOnce(&mut super::stage::Stage)) {
    play_in_real_time(
        async || {
            let bench = Bench::start(3).await;
            bench.server.world().objects.insert(AUTOSCALERS.to_owned(), autoscaler(2, 10));
            Setup { operations: Some(parts(&bench)), size, ..Setup::default() }
        },
        async |stage| {
            stage.fill().await;
            stage.until("frontend-web").await;
            stage.press("S<backspace>1<enter>").await;
            stage.until("Typed, not pasted").await;
            stage.assert_shows("Scale backend-rust 3 → 1");
            test(stage).await;
        },
    );
}

#[test]
fn in_a_small_window_what_is_fine_is_one_line_and_warnings_stay() {
    asked_in((80, 24), async |stage| {
        stage.assert_shows("will set it back to 2");
        stage.assert_shows("access, owner, quota, capacity, disruption budget");
        stage.assert_lacks("no additional pods");
    });
}

#[test]
fn what_does_not_fit_in_the_smallest_window_scrolls_and_says_so() {
    asked_in((80, 16), async |stage| {
        stage.assert_shows("up/down scroll, there is more");
        stage.assert_lacks("disruption budget");
        stage.press(&"<down>".repeat(12)).await;
        stage.until("disruption budget").await;
    });
}

#[test]
fn the_room_on_the_nodes_is_what_the_picture_has() {
    on_a_server(async |stage, bench| {
        let node = |name: &str, repels| NodeRow {
            uid: Uid(name.len() as u128 + 5000),
            name: Symbol::from(name),
            labels: Default::default(),
            ready: true,
            unschedulable: false,
            repels,
            allocatable: Resources { cpu: MilliCpu(2000), memory: Bytes(8 << 30) },
            pods: 110,
            version: Symbol::from("v1.36.0"),
            created: super::stage::NOON,
        };
        let nodes = [node("worker-1", false), node("dedicated-1", true)].map(RowChange::Put).to_vec();
        stage.feed(Delta::Source(source(Kind::Node), Change::Rows(Batch::Nodes(nodes))));
        stage.idle().await;
        stage.press("S<backspace>4<enter>").await;
        // Pods of half a core on the two cores of the one node that takes them.
        stage.until("the nodes have room for 4 more such pods").await;
        let listed = bench.server.world().requests.iter().any(|(_, path, _)| path.starts_with(ALL_PODS));
        assert!(!listed, "the pods were listed although the picture has them");
    });
}

#[test]
fn after_the_change_the_key_that_refuses_does_not_close_the_dialog() {
    on_a_server(async |stage, bench| {
        bench.server.world().obedient = false;
        stage.press("S<backspace>4<enter>").await;
        stage.until("yes, do it").await;
        stage.press("y").await;
        stage.until("go on in the background").await;
        stage.press("n").await;
        stage.assert_shows("go on in the background");
        stage.press("<esc>").await;
        stage.until("it goes on in the background").await;
    });
}

#[test]
fn what_is_refused_has_a_title_in_words() {
    on_a_server(async |stage, bench| {
        bench.server.world().errors.insert(
            crate::operations::server::DEPLOYMENT.to_owned(),
            (404, "deployments.apps \"backend-rust\" not found".to_owned()),
        );
        stage.press("S<backspace>4<enter>").await;
        stage.until("can't be read").await;
        stage.assert_shows(" Scale backend-rust ");
        stage.assert_lacks("workload.scale");
    });
}
