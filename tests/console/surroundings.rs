//! What stands around a pane: hints, environment, namespaces and health, and the questions that need room.

use super::questions::on_a_server;
use super::stage::{NOON, Setup, Stage, deck, namespace, play, source, still};
use quarterdeck::console::Exit;
use quarterdeck::panes::PaneId;
use quarterdeck::picture::model::{Batch, Change, Delta, RowChange, Scope, SourceKey};
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, Symbol, Uid};
use quarterdeck::platform::time::Clock;

fn in_zones(test: impl AsyncFnOnce(&mut Stage)) {
    play(Setup { start: PaneId::Zones, ..Setup::default() }, async |stage| {
        stage.fill().await;
        test(stage).await;
    });
}

fn off(kind: Kind) -> Delta {
    Delta::Source(
        source(kind),
        Change::Freshness(Freshness::Off(format!("{} is forbidden", kind.resource()))),
    )
}

/// One more namespace.
fn extra_namespace(name: &str) -> Delta {
    let mut row = namespace(name);
    row.uid = Uid(name.bytes().fold(5_000, |sum, byte| sum * 31 + u128::from(byte)));
    Delta::Source(source(Kind::Namespace), Change::Rows(Batch::Namespaces(vec![RowChange::Put(row)])))
}

/// One frame of a cluster that has these namespaces and nothing in them.
fn still_with(namespaces: &[&str]) -> String {
    let (mut deck, _wanted, _refresh) = deck(Setup::default(), &Clock::manual(NOON));
    namespaces.iter().for_each(|name| deck.apply(extra_namespace(name)));
    deck.work(&mut || true);
    still(&mut deck, 120, 24)
}

#[test]
fn a_zone_opens_into_its_workloads_and_is_offered_only_what_it_knows() {
    in_zones(async |stage| {
        stage.assert_shows("enter open");
        stage.assert_shows("p zone's pods");
        stage.assert_lacks("sort by next");
        stage.assert_lacks("space mark");
        stage.press(">").await;
        stage.assert_shows("zones stand in the order of the profile");
        stage.press(" ").await;
        stage.assert_shows("zones are not marked");
        stage.press("j<enter>").await;
        stage.assert_shows("backend-rust");
        stage.assert_shows("Zones › Workloads · application");
        stage.press("<enter>").await;
        stage.assert_shows("Zones › application › Pods");
        stage.assert_shows("backend-rust-0");
    });
}

#[test]
fn a_place_that_is_shown_is_no_further_step() {
    in_zones(async |stage| {
        stage.press("j<enter>").await;
        stage.press(":zone application<enter>").await;
        stage.press(":zone application<enter>").await;
        stage.assert_shows("Zones › Workloads · application");
        stage.press("<esc>").await;
        stage.assert_shows("1 Zones");
        stage.assert_lacks("Workloads · application");
    });
}

#[test]
fn the_environment_is_the_gravest_of_what_is_shown() {
    play(Setup::default(), async |stage| {
        stage.fill().await;
        stage.feed(extra_namespace("dev"));
        stage.feed(extra_namespace("kube-system"));
        stage.idle().await;
        stage.assert_shows("PROD ");
        stage.press("nstag <enter>").await;
        stage.assert_shows("STAGING");
        stage.assert_lacks("PROD ");
        stage.press("ndev <enter>").await;
        stage.assert_shows("STAGING");
        stage.assert_lacks("DEV ");
    });
}

#[test]
fn the_clusters_own_namespaces_alone_are_no_environment() {
    let still = still_with(&["kube-system", "kube-public", "default"]);
    assert!(!still.contains("PROD "), "{still}");
    let still = still_with(&["kube-system", "dev"]);
    assert!(still.contains("DEV ") && !still.contains("PROD "), "{still}");
}

#[test]
fn namespaces_that_are_read_one_by_one_are_named() {
    play(Setup::default(), async |stage| {
        for name in ["try-a", "try-b"] {
            let scope = Scope::Namespace(Symbol::from(name));
            let key = SourceKey { cluster: Symbol::from("demo"), kind: Kind::Pod, scope };
            stage.feed(Delta::Source(key, Change::Freshness(Freshness::Live)));
        }
        stage.pass(200).await;
        stage.assert_shows("try-a try-b");
        stage.assert_lacks("all namespaces");
    });
}

#[test]
fn what_is_not_permitted_is_not_live() {
    play(Setup::default(), async |stage| {
        stage.fill().await;
        stage.feed(off(Kind::Node));
        stage.feed(off(Kind::Namespace));
        stage.pass(200).await;
        stage.assert_shows("▲ not permitted: 2 kinds");
        stage.assert_lacks("● live");
        for kind in Kind::ALL {
            stage.feed(off(kind));
        }
        stage.pass(200).await;
        stage.assert_shows("▲ not permitted: everything");
    });
}

#[test]
fn the_bar_and_the_pane_count_the_same_time() {
    play(Setup { start: PaneId::Pods, ..Setup::default() }, async |stage| {
        stage.fill().await;
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            let earlier = if kind == Kind::Pod { 9_000 } else { 15_000 + i64::try_from(index).expect("few") };
            let since = NOON.plus_millis(-earlier);
            stage.feed(Delta::Source(
                source(kind),
                Change::Freshness(Freshness::Down(since, "connection refused".to_owned())),
            ));
        }
        stage.idle().await;
        stage.pass(200).await;
        stage.assert_shows("everything down 9s");
        stage.assert_shows("stale for 9s");
    });
}

#[test]
fn a_namespace_that_cannot_be_listed_can_be_typed() {
    play(Setup::default(), async |stage| {
        stage.fill().await;
        stage.press("ntry-a").await;
        stage.assert_shows("Nothing matches");
        stage.press("<esc>").await;
        stage.feed(off(Kind::Namespace));
        stage.idle().await;
        stage.press("ntry-a").await;
        stage.assert_shows("use `try-a`");
        stage.assert_lacks("use `try-`");
        stage.press("<enter>").await;
        assert_eq!(stage.exit().await, Exit::WatchNamespaces(vec![Symbol::from("try-a")]));
    });
}

#[test]
fn a_question_says_which_keys_answer_it() {
    on_a_server(async |stage, bench| {
        stage.press("S<backspace>4<enter>").await;
        stage.until("yes, do it").await;
        for key in ["3", "<enter>", "Q", "c"] {
            stage.press(key).await;
            stage.until("y or n answers this").await;
            stage.assert_shows("yes, do it");
        }
        assert_eq!(bench.server.world().persisting_patches(), 0);
    });
}

#[test]
fn a_question_that_cannot_be_read_is_not_asked() {
    on_a_server(async |stage, bench| {
        stage.press("S<backspace>4<enter>").await;
        stage.until("yes, do it").await;
        stage.resize(20, 5).await;
        stage.until("window").await;
        stage.press("y").await;
        stage.idle().await;
        assert_eq!(bench.server.world().persisting_patches(), 0);
        stage.assert_lacks("yes, do it");
        stage.resize(120, 40).await;
        stage.until("yes, do it").await;
        stage.press("y").await;
        stage.until("puts it back").await;
        assert_eq!(bench.server.world().replicas(), 4);
    });
}

#[test]
fn the_palette_finds_by_title_and_ranks_what_was_meant_first() {
    play(Setup { read_only: true, ..Setup::default() }, async |stage| {
        stage.fill().await;
        stage.press(":scale").await;
        stage.assert_shows("▌ scale  workload.scale");
        stage.assert_lacks("console.sign-in");
        stage.press("<esc>:sort by rea<enter>").await;
        stage.assert_lacks("Actions and places");
        stage.press(":frontend-web").await;
        stage.assert_shows("deployment production/frontend-web");
        stage.press("<esc>:").await;
        stage.assert_lacks("deployment production/frontend-web");
        stage.press("prod/backend<enter>").await;
        stage.assert_shows("Nothing matches");
        stage.press("<esc>:production/backend-rust<enter>").await;
        stage.assert_shows("Pods · deployment production/backend-rust");
        stage.assert_shows("backend-rust-2");
    });
}
