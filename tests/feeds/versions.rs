//! Resource versions that are too old: 410 Gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use quarterdeck::feeds::Patience;
use quarterdeck::platform::freshness::Freshness;

use super::stage::{
    JSON, Setup, Stage, WATCH, WHOLE, event, list, pod, pods, quiet_watches, refuse_streamed_lists,
    settled_server, state,
};
use crate::support::fault_server::{
    FaultServer, Scripted, gated, json, status, status_json, status_protobuf, streaming,
};
use crate::support::protobuf::{PROTOBUF_STREAM, frame};

const GONE: &str = "too old resource version: 7 (9000)";

/// After this end of a watch, rows stay without being confirmed until they are listed again; what has vanished meanwhile goes.
async fn listed_again_after(watch: Scripted, end: impl FnOnce()) {
    let server = settled_server(&["one", "two"]).await;
    server.once(WATCH, watch);
    let (again, gate) = gated(json(&list("9000", &[pod("two"), pod("three")])));
    server.once(WHOLE, again);
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until_pods(&[("one", true), ("two", true)]).await;
    stage.until_live().await;
    end();
    stage.until_pods(&[("one", false), ("two", false)]).await;
    server.asked_for(WHOLE, 2).await;
    assert_eq!(pods(&stage.picture), [("one".to_owned(), false), ("two".to_owned(), false)]);
    gate.send(()).unwrap();
    stage.until_pods(&[("three", true), ("two", true)]).await;
    stage.until_live().await;
    server.asked_for(&format!("{WATCH}=9000&"), 1).await;
}

#[tokio::test]
async fn as_a_status_of_the_answer() {
    let (refusal, gate) = gated(status(410, "Expired", GONE));
    listed_again_after(refusal, || gate.send(()).unwrap()).await;
}

#[tokio::test]
async fn as_an_event_in_json() {
    let (watch, feed) = streaming(JSON);
    let error: serde_json::Value = serde_json::from_str(&status_json(410, "Expired", GONE)).unwrap();
    listed_again_after(watch, || feed.send(event("ERROR", &error))).await;
}

#[tokio::test]
async fn as_an_event_in_protobuf() {
    let (watch, feed) = streaming(PROTOBUF_STREAM);
    listed_again_after(watch, || feed.send(frame("ERROR", &status_protobuf(410, "Expired", GONE)))).await;
}

#[tokio::test]
async fn rows_are_unconfirmed_one_by_one_until_a_new_list_has_them() {
    let server = settled_server(&["one", "two"]).await;
    server.once(WATCH, status(410, "Expired", GONE));
    let (again, feed) = streaming(JSON);
    server.once(WHOLE, again);
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    let text = list("9000", &[pod("two"), pod("three")]);
    let (start, end) = text.split_at(text.find("},{").unwrap() + 5);
    feed.send(start.to_owned());
    stage.until_pods(&[("one", false), ("two", true)]).await;
    feed.send(end.to_owned());
    drop(feed);
    stage.until_pods(&[("three", true), ("two", true)]).await;
}

#[tokio::test]
async fn a_server_for_which_everything_is_gone_is_not_asked_without_end() {
    let server = FaultServer::start().await;
    let gone = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&gone);
    server.rule(move |request| {
        let concerned = request.target.starts_with("/api/v1/pods") && still.load(Ordering::SeqCst);
        concerned.then(|| status(410, "Expired", GONE))
    });
    refuse_streamed_lists(&server);
    server.once(WHOLE, json(&list("7", &[pod("one")])));
    quiet_watches(&server);
    let patience = Patience {
        first_pause: Duration::from_secs(3600),
        longest_pause: Duration::from_secs(3600),
        ..Setup::default().patience
    };
    let mut stage = Stage::of(&server.url(), Setup { patience, ..Setup::default() });
    stage.until(|picture| matches!(state(picture), Freshness::Stale(_))).await;
    assert_eq!(server.asked("/api/v1/pods"), 1);
    gone.store(false, Ordering::SeqCst);
    stage.refresh();
    stage.until_pods(&[("one", true)]).await;
}
