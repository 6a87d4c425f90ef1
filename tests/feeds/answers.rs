//! Servers that answer something else than what was asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use quarterdeck::feeds::Patience;
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::Kind;

use super::stage::{
    JSON, STREAMED, Setup, Stage, WATCH, WHOLE, end_of_list, event, list, pod, quiet_watches,
    refuse_streamed_lists, settled_server, state,
};
use crate::support::fault_server::{FaultServer, Scripted, answer, json, status, status_protobuf, streaming};
use crate::support::protobuf::{PROTOBUF, PROTOBUF_STREAM, enveloped, field, frame, list as protobuf_list};

/// The pods are down for a reason with these words when a server answers so, and live as soon as it answers well.
async fn down_and_up(words: &str, bad: impl Fn() -> Scripted + Send + 'static) {
    let server = FaultServer::start().await;
    refuse_streamed_lists(&server);
    let broken = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&broken);
    server.rule(move |request| {
        let concerned = request.target.starts_with("/api/v1/pods") && still.load(Ordering::SeqCst);
        concerned.then(&bad)
    });
    let good = |request: &crate::support::fault_server::Request| {
        let concerned = request.target.starts_with(WHOLE) || request.target.starts_with("/api/v1/pods?limit");
        concerned.then(|| json(&list("7", &[pod("one")])))
    };
    server.rule(good);
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    let reason = stage.until_down(words).await;
    assert!(reason.contains(&server.url()), "{reason}");
    broken.store(false, Ordering::SeqCst);
    stage.until_pods(&[("one", true)]).await;
    stage.until_live().await;
}

#[tokio::test]
async fn a_credential_that_is_not_accepted() {
    down_and_up("does not accept the credential", || status(401, "Unauthorized", "the token has expired"))
        .await;
}

#[tokio::test]
async fn an_error_as_protobuf() {
    let words = "the object store is on fire";
    down_and_up(words, move || answer(500, PROTOBUF, status_protobuf(500, "InternalError", words))).await;
}

#[tokio::test]
async fn half_a_body() {
    let half =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"kind\":\"Po";
    down_and_up("broke off", || Scripted::Raw(half.as_bytes().to_vec())).await;
}

#[tokio::test]
async fn half_a_list_in_a_whole_body() {
    down_and_up("broke off", || json(r#"{"kind":"PodList","metadata":{},"items":[{"metadata""#)).await;
}

#[tokio::test]
async fn a_page_of_a_portal() {
    down_and_up("can't be understood", || answer(200, "text/html", "<html><title>Sign in</title></html>"))
        .await;
}

#[tokio::test]
async fn garbage_for_json() {
    down_and_up("can't be understood", || answer(200, JSON, "\u{1b}[2J not at all")).await;
}

#[tokio::test]
async fn garbage_for_protobuf() {
    down_and_up("can't be understood", || answer(200, PROTOBUF, vec![0x17; 4096])).await;
}

#[tokio::test]
async fn a_refusal_that_passes_for_success() {
    down_and_up("can't be understood", || json(r#"{"kind":"Status","status":"Failure","code":500}"#)).await;
    down_and_up("can't be understood", || answer(200, PROTOBUF, status_protobuf(500, "X", "no"))).await;
}

#[tokio::test]
async fn a_refusal_by_something_in_front_of_the_server() {
    let page = "<html><head><title>Blocked by policy</title></head></html>";
    down_and_up("Blocked by policy", move || answer(403, "text/html", page)).await;
    down_and_up("No such site", || answer(404, "text/html", "<html><title>No such site</title></html>"))
        .await;
}

#[tokio::test]
async fn a_group_that_is_not_served_is_off_and_costs_nothing() {
    let server = settled_server(&["one"]).await;
    // Nodes fail, and are asked for again and again.
    server.rule(|request| {
        request.target.starts_with("/api/v1/nodes").then(|| status(500, "InternalError", "no"))
    });
    let autoscalers = Kind::HorizontalPodAutoscaler.path(None);
    let path = autoscalers.clone();
    server.rule(move |request| {
        // In plain text, as an API server says it.
        request.target.starts_with(&path).then(|| answer(404, "text/plain", "404 page not found\n"))
    });
    quiet_watches(&server);
    let patience = Patience { longest_pause: Duration::from_secs(3600), ..Setup::default().patience };
    let mut stage = Stage::of(&server.url(), Setup { patience, ..Setup::default() });
    let off = Freshness::Off("this cluster does not serve horizontalpodautoscalers".to_owned());
    stage.until(|picture| picture.source(Kind::HorizontalPodAutoscaler).freshness == off).await;
    stage.until_pods(&[("one", true)]).await;
    let asked = server.asked(&autoscalers);
    let nodes = server.asked("/api/v1/nodes");
    server.asked_for("/api/v1/nodes", nodes + 3).await;
    assert_eq!(server.asked(&autoscalers), asked);
}

#[tokio::test]
async fn a_busy_server_is_not_asked_before_it_wants_to_be() {
    let server = FaultServer::start().await;
    let headers = vec![("Retry-After", "3600".to_owned()), ("Content-Type", JSON.to_owned())];
    let body =
        br#"{"kind":"Status","message":"too many requests","reason":"TooManyRequests","code":429}"#.to_vec();
    server.once(STREAMED, Scripted::Answer { status: 429, headers, body });
    // Nodes fail too, but may be asked for at any time.
    server.rule(|request| {
        request.target.starts_with("/api/v1/nodes").then(|| status(500, "InternalError", "no"))
    });
    refuse_streamed_lists(&server);
    server.once(WHOLE, json(&list("7", &[pod("one")])));
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until_down("too many requests").await;
    let before = server.asked("/api/v1/nodes");
    server.asked_for("/api/v1/nodes", before + 20).await;
    assert_eq!(server.asked("/api/v1/pods"), 1);
    stage.refresh();
    stage.until_pods(&[("one", true)]).await;
}

#[tokio::test]
async fn one_bad_object_among_good_ones_is_counted_and_the_others_live() {
    let server = FaultServer::start().await;
    refuse_streamed_lists(&server);
    let bad = serde_json::json!({ "metadata": { "name": "bad" }, "spec": "no specification" });
    server.once(WHOLE, json(&list("7", &[pod("one"), bad.clone(), pod("three")])));
    let (watch, feed) = streaming(JSON);
    server.once(WATCH, watch);
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until_pods(&[("one", true), ("three", true)]).await;
    stage.until_live().await;
    let source = stage.picture.source(Kind::Pod);
    assert_eq!(source.unreadable, 1);
    assert!(source.unreadable_reason.is_some_and(|reason| reason.contains("could not be read")));
    feed.send([event("MODIFIED", &bad), event("ADDED", &pod("four"))].concat());
    stage.until_pods(&[("four", true), ("one", true), ("three", true)]).await;
    assert_eq!(stage.picture.source(Kind::Pod).unreadable, 2);
    assert_eq!(state(&stage.picture), Freshness::Live);
}

fn pod_message(name: &str, version: &str) -> Vec<u8> {
    let uid = format!("uid of {name}");
    let meta = [
        field(1, name.as_bytes()),
        field(3, b"shop"),
        field(5, uid.as_bytes()),
        field(6, version.as_bytes()),
    ]
    .concat();
    [field(1, &meta), field(2, b""), field(3, &field(1, b"Running"))].concat()
}

#[tokio::test]
async fn one_bad_object_among_good_ones_as_protobuf() {
    let server = FaultServer::start().await;
    refuse_streamed_lists(&server);
    let items = [pod_message("one", "5"), vec![0xff, 0xff], pod_message("three", "6")];
    server.once(WHOLE, answer(200, PROTOBUF, protobuf_list("PodList", "7", "", &items)));
    let (watch, feed) = streaming(PROTOBUF_STREAM);
    server.once(WATCH, watch);
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until_pods(&[("one", true), ("three", true)]).await;
    stage.until_live().await;
    assert_eq!(stage.picture.source(Kind::Pod).unreadable, 1);
    feed.send(
        [
            frame("MODIFIED", &enveloped("Pod", &[0xff, 0xff])),
            frame("SOMETHING-OF-LATER", &enveloped("Pod", &pod_message("one", "8"))),
            frame("DELETED", &enveloped("Pod", &pod_message("one", "9"))),
            frame("BOOKMARK", &enveloped("Pod", &field(1, &field(6, b"12")))),
        ]
        .concat(),
    );
    stage.until_pods(&[("three", true)]).await;
    assert_eq!(stage.picture.source(Kind::Pod).unreadable, 2);
    feed.cut();
    // The bookmark is where it goes on from.
    server.asked_for(&format!("{WATCH}=12&"), 1).await;
}

#[tokio::test]
async fn a_streamed_list_goes_over_into_its_watch() {
    let server = FaultServer::start().await;
    let (watch, feed) = streaming(JSON);
    server.once(STREAMED, watch);
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    feed.send(event("ADDED", &pod("one")));
    stage.until_pods(&[("one", true)]).await;
    assert!(stage.picture.source(Kind::Pod).arriving);
    feed.send([event("ADDED", &pod("two")), end_of_list("7")].concat());
    stage.until_live().await;
    feed.send([event("ADDED", &pod("three")), event("DELETED", &pod("one"))].concat());
    stage.until_pods(&[("three", true), ("two", true)]).await;
    assert_eq!((server.asked(STREAMED), server.asked("/api/v1/pods")), (1, 1));
    let request = server.requests().into_iter().find(|request| request.target.starts_with(STREAMED)).unwrap();
    let accepted = request.header("accept").unwrap();
    assert!(accepted.starts_with(PROTOBUF_STREAM) && accepted.contains(JSON), "{accepted}");
}

#[tokio::test]
async fn a_list_that_is_refused_as_a_stream_is_asked_for_whole() {
    // By its status, by an event, by ending at once, and by a list in place of a stream.
    let error = serde_json::json!({ "kind": "Status", "code": 500, "message": "etcd is too old for that" });
    for refusal in [
        status(400, "BadRequest", "no such parameter"),
        status(422, "Invalid", "the feature is off"),
        json(&event("ERROR", &error)),
        json(""),
        json(&list("6", &[pod("one")])),
    ] {
        let server = FaultServer::start().await;
        server.once(STREAMED, refusal);
        server.once(WHOLE, json(&list("7", &[pod("one")])));
        quiet_watches(&server);
        let mut stage = Stage::of(&server.url(), Setup::default());
        stage.until_pods(&[("one", true)]).await;
        stage.until_live().await;
        assert_eq!((server.asked(STREAMED), server.asked(WHOLE)), (1, 1));
    }
}
