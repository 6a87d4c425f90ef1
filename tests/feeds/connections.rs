//! Servers that refuse, hang, break off, go away and come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use quarterdeck::clients::kubernetes::Limits;
use quarterdeck::feeds::Patience;
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::Kind;

use super::stage::{
    JSON, PAGED, STREAMED, Setup, Stage, WATCH, WHOLE, half_a_list, list, page, pod, pods, quiet,
    quiet_watches, refuse_streamed_lists, settled_server, state,
};
use crate::support::fault_server::{FaultServer, Scripted, gated, json, refusing, status, streaming};

const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_server_that_refuses_is_down_and_said_to_refuse() {
    let url = refusing().await;
    let mut stage = Stage::of(&url, Setup::default());
    let started = stage.clock.now();
    let reason = stage.until_down("connection refused").await;
    assert!(reason.contains(&url), "{reason}");
    assert_eq!(state(&stage.picture).since(), Some(started));
    assert!(stage.picture.source(Kind::Deployment).freshness != Freshness::Live);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_down() {
    let server = FaultServer::start().await;
    server.rule(|_| Some(Scripted::Silence));
    let limits = Limits { head: SHORT, ..Limits::default() };
    let mut stage = Stage::of(&server.url(), Setup { limits, ..Setup::default() });
    stage.until_down("did not answer").await;
    // It is asked again all the same.
    server.asked_for(STREAMED, 2).await;
}

#[tokio::test]
async fn a_slow_server_is_waited_for_and_shown_as_it_speaks() {
    let server = FaultServer::start().await;
    refuse_streamed_lists(&server);
    let (body, feed) = streaming(JSON);
    let (late, gate) = gated(body);
    server.once(WHOLE, late);
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    server.asked_for(WHOLE, 1).await;
    assert!(stage.picture.source(Kind::Pod).arriving);
    gate.send(()).unwrap();
    let text = list("7", &[pod("one"), pod("two")]);
    let (start, end) = text.split_at(text.find("},{").unwrap() + 5);
    feed.send(start.to_owned());
    // The first pod is there although the list is not.
    stage.until_pods(&[("one", true)]).await;
    assert!(stage.picture.source(Kind::Pod).arriving);
    feed.send(end.to_owned());
    drop(feed);
    stage.until_pods(&[("one", true), ("two", true)]).await;
    stage.until_live().await;
    assert!(!stage.picture.source(Kind::Pod).arriving);
}

#[tokio::test]
async fn a_list_that_breaks_off_keeps_its_rows_and_is_asked_for_again() {
    let server = FaultServer::start().await;
    refuse_streamed_lists(&server);
    server.once(WHOLE, Scripted::Raw(half_a_list(&[pod("one")])));
    let (rest, gate) = gated(json(&list("7", &[pod("one"), pod("two")])));
    server.once(WHOLE, rest);
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until_down("broke off").await;
    assert_eq!(pods(&stage.picture), [("one".to_owned(), false)]);
    gate.send(()).unwrap();
    stage.until_pods(&[("one", true), ("two", true)]).await;
    stage.until_live().await;
}

#[tokio::test]
async fn a_list_that_breaks_off_twice_is_asked_for_in_pages() {
    let server = FaultServer::start().await;
    refuse_streamed_lists(&server);
    server.once(WHOLE, Scripted::Raw(half_a_list(&[pod("one")])));
    server.once(WHOLE, Scripted::Raw(half_a_list(&[pod("one")])));
    let second = format!("{PAGED}&continue=a%2Bb%3D%2F");
    server.rule(move |request| (request.target == second).then(|| json(&page("7", "", &[pod("two")]))));
    server.once(PAGED, json(&page("7", "a+b=/", &[pod("one")])));
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until_live().await;
    stage.until_pods(&[("one", true), ("two", true)]).await;
    assert_eq!((server.asked(WHOLE), server.asked(PAGED)), (2, 2));
}

#[tokio::test]
async fn a_list_that_hangs_is_given_up_and_asked_for_again() {
    let server = FaultServer::start().await;
    refuse_streamed_lists(&server);
    server.once(WHOLE, Scripted::RawThenSilence(half_a_list(&[pod("one")])));
    server.once(WHOLE, json(&list("7", &[pod("one"), pod("two")])));
    quiet_watches(&server);
    let patience = Patience { list: SHORT, ..Setup::default().patience };
    let mut stage = Stage::of(&server.url(), Setup { patience, ..Setup::default() });
    stage.until(|picture| matches!(state(picture), Freshness::Stale(_))).await;
    assert_eq!(pods(&stage.picture), [("one".to_owned(), false)]);
    stage.until_pods(&[("one", true), ("two", true)]).await;
}

#[tokio::test]
async fn a_watch_that_dies_leaves_its_rows_and_goes_on_from_there() {
    let server = settled_server(&["one", "two"]).await;
    let (watch, feed) = streaming(JSON);
    server.once(WATCH, watch);
    let (again, gate) = gated(quiet());
    server.once(WATCH, again);
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until_live().await;
    let mut changed = pod("two");
    changed["metadata"]["resourceVersion"] = "9".into();
    changed["status"]["phase"] = "Failed".into();
    feed.send(super::stage::event("MODIFIED", &changed));
    let failed = |row: &quarterdeck::picture::model::PodRow| &*row.status == "Failed";
    stage.until(|picture| picture.pods().find("shop", "two").is_some_and(failed)).await;
    let heard = stage.clock.now();
    stage.clock.advance(3_000);
    feed.cut();
    stage.until_pods(&[("one", false), ("two", false)]).await;
    assert_eq!(state(&stage.picture), Freshness::Stale(heard));
    gate.send(()).unwrap();
    stage.until_pods(&[("one", true), ("two", true)]).await;
    // It went on from what it knew: nothing was listed again.
    assert_eq!(server.asked(WHOLE), 1);
    assert_eq!(server.asked(&format!("{WATCH}=9&")), 1);
}

#[tokio::test]
async fn a_silent_watch_is_given_up_for_another() {
    let server = settled_server(&["one"]).await;
    server.once(WATCH, quiet());
    let (again, gate) = gated(quiet());
    server.once(WATCH, again);
    quiet_watches(&server);
    let patience = Patience { watch: SHORT, ..Setup::default().patience };
    let mut stage = Stage::of(&server.url(), Setup { patience, ..Setup::default() });
    stage.until_pods(&[("one", true)]).await;
    stage.until(|picture| matches!(state(picture), Freshness::Stale(_))).await;
    assert_eq!(pods(&stage.picture), [("one".to_owned(), false)]);
    gate.send(()).unwrap();
    stage.until_pods(&[("one", true)]).await;
    assert_eq!(server.asked(WHOLE), 1);
}

#[tokio::test]
async fn a_server_that_gives_no_sign_of_life_is_in_doubt_long_before_its_watch_is_given_up() {
    let server = settled_server(&["one"]).await;
    server.rule(|request| request.target.starts_with("/livez").then_some(Scripted::Silence));
    quiet_watches(&server);
    let patience = Patience { pulse: SHORT, answer: SHORT, ..Setup::default().patience };
    let mut stage = Stage::of(&server.url(), Setup { patience, ..Setup::default() });
    stage.until_pods(&[("one", true)]).await;
    stage.until(|picture| matches!(state(picture), Freshness::Stale(_))).await;
    assert_eq!(pods(&stage.picture), [("one".to_owned(), false)]);
}

#[tokio::test]
async fn a_watch_that_the_server_ends_at_once_is_not_asked_for_without_end() {
    let server = settled_server(&["one"]).await;
    let ends = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n";
    server.rule(move |request| {
        request.target.starts_with(WATCH).then(|| Scripted::Raw(ends.as_bytes().to_vec()))
    });
    let patience = Patience {
        first_pause: Duration::from_secs(3600),
        longest_pause: Duration::from_secs(3600),
        ..Setup::default().patience
    };
    let mut stage = Stage::of(&server.url(), Setup { patience, ..Setup::default() });
    stage.until(|picture| matches!(state(picture), Freshness::Stale(_))).await;
    assert_eq!(pods(&stage.picture), [("one".to_owned(), false)]);
    assert_eq!(server.asked(WATCH), 1);
    stage.refresh();
    server.asked_for(WATCH, 2).await;
}

#[tokio::test]
async fn a_server_that_was_away_for_minutes_is_found_again() {
    let server = FaultServer::start().await;
    let away = Arc::new(AtomicBool::new(false));
    let gone = Arc::clone(&away);
    server.rule(move |_| gone.load(Ordering::SeqCst).then_some(Scripted::HangUp));
    refuse_streamed_lists(&server);
    server.once(WHOLE, json(&list("7", &[pod("one"), pod("two")])));
    let (watch, feed) = streaming(JSON);
    server.once(WATCH, watch);
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until_pods(&[("one", true), ("two", true)]).await;
    stage.until_live().await;
    server.asked_for(WATCH, 1).await;
    let heard = stage.clock.now();
    away.store(true, Ordering::SeqCst);
    feed.cut();
    stage.until(|picture| matches!(state(picture), Freshness::Down(..))).await;
    stage.clock.advance(5 * 60 * 1000);
    server.asked_for(WATCH, 8).await;
    stage.until(|picture| matches!(state(picture), Freshness::Down(..))).await;
    assert_eq!(state(&stage.picture).since(), Some(heard));
    assert_eq!(pods(&stage.picture), [("one".to_owned(), false), ("two".to_owned(), false)]);
    away.store(false, Ordering::SeqCst);
    stage.until_pods(&[("one", true), ("two", true)]).await;
    stage.until_live().await;
    assert_eq!(server.asked(WHOLE), 1);
}

#[tokio::test]
async fn a_refresh_wakes_a_source_that_waits() {
    let server = FaultServer::start().await;
    server.once(STREAMED, status(500, "InternalError", "etcd has no leader"));
    refuse_streamed_lists(&server);
    server.once(WHOLE, json(&list("7", &[pod("one")])));
    quiet_watches(&server);
    let patience = Patience {
        first_pause: Duration::from_secs(3600),
        longest_pause: Duration::from_secs(3600),
        ..Setup::default().patience
    };
    let mut stage = Stage::of(&server.url(), Setup { patience, ..Setup::default() });
    stage.until_down("etcd has no leader").await;
    stage.refresh();
    stage.until_pods(&[("one", true)]).await;
}
