//! Operations from the keyboard: refused where they can't be, asked about, confirmed, followed, undone.

use super::stage::{Setup, play, play_in_real_time};
use crate::operations::bench::Bench;
use quarterdeck::console::{HostEvent, OperationParts};
use quarterdeck::operations::Gate;

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
        stage.until("from 4 to 3 replicas").await;
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
        // The first may still be on its way, in the background.
        for _ in 0..2000 {
            if bench.server.world().replicas() == 4 {
                return;
            }
            stage.idle().await;
        }
        panic!("the first was never applied:\n{}", stage.screen());
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
