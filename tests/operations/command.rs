//! `quarterdeck run` and `quarterdeck journal`.

use std::future::pending;

use quarterdeck::actions::{Action, Registry};
use quarterdeck::cli::exit::ExitStatus;
use quarterdeck::cli::run::{RunRequest, Streams, run};
use quarterdeck::journal::{Format, Journal};
use quarterdeck::operations::{self, Gate};

use super::bench::{BACKEND, Bench, object, scale, services};

fn request(action: Action) -> RunRequest {
    RunRequest { action, subject: object(BACKEND), dry_run: false, yes: false, confirm: None }
}

/// The exit status, standard output and standard error.
async fn play(bench: &Bench, request: RunRequest) -> (ExitStatus, String, String) {
    let (mut out, mut diagnostics) = (Vec::new(), Vec::new());
    let streams = Streams { out: &mut out, diagnostics: &mut diagnostics };
    let status = run(request, bench.services.clone(), pending(), streams).await.unwrap();
    (status, String::from_utf8(out).unwrap(), String::from_utf8(diagnostics).unwrap())
}

#[test]
fn the_registry_knows_the_operations() {
    let registry = Registry::new([operations::actions()]);
    assert_eq!(registry.resolve("workload.scale replicas=5").unwrap(), scale(5));
    assert!(registry.resolve("workload.scale replicas=many").is_err());
    assert!(registry.resolve("workload.undo").is_ok());
}

#[tokio::test]
async fn a_dry_run_prints_the_preflight_and_changes_nothing() {
    let bench = Bench::start(3).await;
    let (status, out, _) = play(&bench, RunRequest { dry_run: true, ..request(scale(5)) }).await;
    assert_eq!(status, ExitStatus::Done);
    assert!(out.contains("Scale deployment/production/backend-rust in demo from 3 to 5 replicas"), "{out}");
    assert!(out.contains("  - replicas: 3\n  + replicas: 5\n"), "{out}");
    assert!(out.contains("you may patch deployments/scale"), "{out}");
    assert!(out.contains("To apply it, pass --yes."), "{out}");
    assert_eq!(bench.server.world().replicas(), 3);
    assert!(!bench.services.journal.path().exists());
}

#[tokio::test]
async fn a_dry_run_of_what_is_not_permitted_is_refused() {
    let bench = Bench::start(3).await;
    bench.server.world().allowed = false;
    let (status, _, diagnostics) = play(&bench, RunRequest { dry_run: true, ..request(scale(5)) }).await;
    assert_eq!(status, ExitStatus::Refused);
    assert!(diagnostics.contains("you may not patch deployments/scale"), "{diagnostics}");
}

#[tokio::test]
async fn yes_answers_a_question() {
    let bench = Bench::start(3).await;
    let (status, _, diagnostics) = play(&bench, request(scale(5))).await;
    assert_eq!(status, ExitStatus::Refused);
    assert!(diagnostics.contains("pass --yes"), "{diagnostics}");
    let (status, out, diagnostics) = play(&bench, RunRequest { yes: true, ..request(scale(5)) }).await;
    assert_eq!(status, ExitStatus::Done);
    assert!(out.contains("reached: deployment/production/backend-rust: 5 of 5 ready"), "{out}");
    assert!(
        diagnostics.contains("quarterdeck run workload.undo deployment/production/backend-rust"),
        "{diagnostics}"
    );
    let (status, ..) =
        play(&bench, RunRequest { yes: true, ..request(Action::plain("workload.undo")) }).await;
    assert_eq!(status, ExitStatus::Done);
    assert_eq!(bench.server.world().replicas(), 3);
}

#[tokio::test]
async fn only_the_right_text_answers_what_wants_it_typed() {
    let bench = Bench::in_production(4).await;
    let (status, _, diagnostics) = play(&bench, RunRequest { yes: true, ..request(scale(1)) }).await;
    assert_eq!(status, ExitStatus::Refused);
    assert!(diagnostics.contains("pass --confirm demo/backend-rust"), "{diagnostics}");
    let wrong = Some("other/backend-rust".to_owned());
    let (status, ..) = play(&bench, RunRequest { yes: true, confirm: wrong, ..request(scale(1)) }).await;
    assert_eq!(status, ExitStatus::Refused);
    assert_eq!(bench.server.world().replicas(), 4);
    let right = Some("demo/backend-rust".to_owned());
    let (status, ..) = play(&bench, RunRequest { confirm: right, ..request(scale(1)) }).await;
    assert_eq!(status, ExitStatus::Done);
    assert_eq!(bench.server.world().replicas(), 1);
}

#[tokio::test]
async fn a_wrong_text_is_not_outvoted_by_yes() {
    let bench = Bench::start(3).await;
    let wrong = Some("other/backend-rust".to_owned());
    let (status, _, diagnostics) =
        play(&bench, RunRequest { yes: true, confirm: wrong, ..request(scale(5)) }).await;
    assert_eq!(status, ExitStatus::Refused);
    assert!(diagnostics.contains("this is `demo/backend-rust`"), "{diagnostics}");
    assert_eq!(bench.server.world().replicas(), 3);
}

#[tokio::test]
async fn every_way_to_end_has_its_exit_status() {
    let mut bench = Bench::start(3).await;
    let yes = |action| RunRequest { yes: true, ..request(action) };
    assert_eq!(play(&bench, yes(scale(3))).await.0, ExitStatus::Done, "nothing to do");
    assert_eq!(play(&bench, yes(Action::plain("workload.scale"))).await.0, ExitStatus::Usage);
    let gone = RunRequest { subject: object("deployment/production/gone"), ..yes(scale(5)) };
    assert_eq!(play(&bench, gone).await.0, ExitStatus::Failed);
    assert_eq!(play(&bench, yes(Action::plain("workload.undo"))).await.0, ExitStatus::Refused);
    bench.services.gate = Gate::new(true);
    assert_eq!(play(&bench, yes(scale(5))).await.0, ExitStatus::Refused);
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", unused.local_addr().unwrap());
    drop(unused);
    bench.services = services(&url, bench.folder.path().to_owned());
    assert_eq!(play(&bench, yes(scale(5))).await.0, ExitStatus::Unreachable);
}

#[tokio::test]
async fn an_interrupt_stops_following_and_says_so() {
    let mut bench = Bench::start(3).await;
    bench.server.world().obedient = false;
    bench.services.pace.patience = std::time::Duration::from_secs(60);
    let (mut out, mut diagnostics) = (Vec::new(), Vec::new());
    let streams = Streams { out: &mut out, diagnostics: &mut diagnostics };
    let applied = async {
        while bench.server.world().persisting_patches() == 0 {
            tokio::task::yield_now().await;
        }
    };
    let request = RunRequest { yes: true, ..request(scale(5)) };
    let status = run(request, bench.services.clone(), applied, streams).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("applied: applied, and not followed any further"), "{out}");
    assert_eq!(status, ExitStatus::Done);
}

#[tokio::test]
async fn what_a_server_says_can_t_steer_the_terminal() {
    let bench = Bench::start(3).await;
    bench
        .server
        .world()
        .errors
        .insert(super::server::QUOTAS.to_owned(), (500, "\u{1b}]0;owned\u{7}\u{1b}[2J".to_owned()));
    let (_, out, diagnostics) = play(&bench, RunRequest { yes: true, ..request(scale(5)) }).await;
    assert!(!format!("{out}{diagnostics}").contains('\u{1b}'));
}

#[tokio::test]
async fn the_journal_is_printed() {
    let bench = Bench::start(3).await;
    play(&bench, RunRequest { yes: true, ..request(scale(5)) }).await;
    let (mut out, mut diagnostics) = (Vec::new(), Vec::new());
    let journal: &Journal = &bench.services.journal;
    let status = quarterdeck::cli::journal::print(journal, Format::Text, &mut out, &mut diagnostics).unwrap();
    assert_eq!(status, ExitStatus::Done);
    let out = String::from_utf8(out).unwrap();
    assert!(
        out.contains("reached     workload.scale deployment/production/backend-rust replicas=5"),
        "{out}"
    );
}
