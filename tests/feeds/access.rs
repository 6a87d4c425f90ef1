//! Users who may not list everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use quarterdeck::feeds::Patience;
use quarterdeck::picture::model::Scope;
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, Symbol};
use serde_json::{Value, json};

use super::stage::{
    STREAMED, Setup, Stage, WATCH, WHOLE, list, nothing_but_pods, pod, pod_of, pods, quiet_watches,
    refuse_streamed_lists, scopes, settled_server, state,
};
use crate::support::fault_server::{FaultServer, Request, answer, json as answer_json, status, streaming};

const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const WORDS: &str = "pods is forbidden: User \"eve\" cannot list resource \"pods\" at the cluster scope";

fn in_namespace(name: &str) -> Scope {
    Scope::Namespace(Symbol::from(name))
}

/// The namespace of a request for pods of a namespace.
fn namespace(request: &Request) -> Option<&str> {
    let (namespace, _) = request.target.strip_prefix("/api/v1/namespaces/")?.split_once("/pods?")?;
    Some(namespace)
}

/// Refuses pods across the cluster, and has one pod, named after it, in each namespace.
fn pods_by_namespace(server: &FaultServer) {
    server
        .rule(|request| request.target.starts_with("/api/v1/pods").then(|| status(403, "Forbidden", WORDS)));
    refuse_streamed_lists(server);
    quiet_watches(server);
    server.rule(|request| {
        let namespace = namespace(request)?;
        Some(answer_json(&list("7", &[pod_of(namespace, &format!("pod-of-{namespace}"))])))
    });
}

/// Answers access reviews: pods may be listed in these namespaces.
fn may_list_in(server: &FaultServer, namespaces: &'static [&'static str]) {
    server.rule(move |request| {
        if request.target != REVIEWS {
            return None;
        }
        let review: Value = serde_json::from_slice(&request.body).unwrap();
        let asked = &review["spec"]["resourceAttributes"];
        assert_eq!(asked["verb"], "list");
        let allowed =
            asked["resource"] == "pods" && namespaces.iter().any(|name| asked["namespace"] == *name);
        Some(answer(201, "application/json", json!({ "status": { "allowed": allowed } }).to_string()))
    });
}

#[tokio::test]
async fn where_namespaces_can_be_listed_those_that_may_be_read_are() {
    let server = FaultServer::start().await;
    pods_by_namespace(&server);
    may_list_in(&server, &["bank", "shop"]);
    let namespaces = r#"{"items":[{"metadata":{"name":"shop"}},{"metadata":{"name":"secret"}},{"metadata":{"name":"bank"}}]}"#;
    server.rule(|request| (request.target == "/api/v1/namespaces").then(|| answer_json(namespaces)));
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until_pods(&[("pod-of-bank", true), ("pod-of-shop", true)]).await;
    stage.until_live().await;
    let live = |name| (in_namespace(name), Freshness::Live);
    assert_eq!(scopes(&stage.picture), [live("bank"), live("shop")]);
    assert_eq!(server.asked("/api/v1/namespaces/secret/pods"), 0);
}

#[tokio::test]
async fn where_namespaces_can_not_be_listed_the_known_ones_are_read() {
    let server = FaultServer::start().await;
    pods_by_namespace(&server);
    may_list_in(&server, &["shop"]);
    server.rule(|request| (request.target == "/api/v1/namespaces").then(|| status(403, "Forbidden", "no")));
    let known = ["shop", "secret", "shop"].map(Symbol::from).to_vec();
    let mut stage = Stage::of(&server.url(), Setup { known, ..Setup::default() });
    stage.until_pods(&[("pod-of-shop", true)]).await;
    stage.until_live().await;
    assert_eq!(scopes(&stage.picture), [(in_namespace("shop"), Freshness::Live)]);
}

#[tokio::test]
async fn where_nobody_answers_reviews_the_list_itself_tells() {
    let server = FaultServer::start().await;
    server.rule(|request| {
        let secret = namespace(request) == Some("secret");
        secret.then(|| status(403, "Forbidden", "pods is forbidden in the namespace \"secret\""))
    });
    pods_by_namespace(&server);
    let known = ["shop", "secret"].map(Symbol::from).to_vec();
    let mut stage = Stage::of(&server.url(), Setup { known, ..Setup::default() });
    stage.until_pods(&[("pod-of-shop", true)]).await;
    let refused = |state: &(Scope, Freshness)| {
        state.0 == in_namespace("secret")
            && matches!(&state.1, Freshness::Off(reason) if reason.contains("forbidden in the namespace"))
    };
    stage.until(|picture| scopes(picture).iter().any(refused)).await;
}

#[tokio::test]
async fn where_nothing_may_be_read_the_servers_words_say_so() {
    let server = FaultServer::start().await;
    pods_by_namespace(&server);
    may_list_in(&server, &[]);
    let known = vec![Symbol::from("shop")];
    let mut stage = Stage::of(&server.url(), Setup { known, ..Setup::default() });
    stage.until(|picture| matches!(state(picture), Freshness::Off(reason) if reason.contains(WORDS))).await;
    assert_eq!(pods(&stage.picture), []);
}

#[tokio::test]
async fn a_refusal_of_one_kind_leaves_the_others_alone() {
    let server = FaultServer::start().await;
    pods_by_namespace(&server);
    nothing_but_pods(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    let live =
        [Kind::Deployment, Kind::Namespace, Kind::Node, Kind::HorizontalPodAutoscaler, Kind::ReplicaSet];
    stage
        .until(|picture| {
            matches!(state(picture), Freshness::Off(reason) if reason.contains("is forbidden"))
                && live.iter().all(|kind| picture.source(*kind).freshness == Freshness::Live)
        })
        .await;
}

#[tokio::test]
async fn named_namespaces_are_read_without_asking_for_more() {
    let server = FaultServer::start().await;
    pods_by_namespace(&server);
    let only = ["shop", "bank"].map(Symbol::from).to_vec();
    let mut stage = Stage::of(&server.url(), Setup { only, ..Setup::default() });
    stage.until_pods(&[("pod-of-bank", true), ("pod-of-shop", true)]).await;
    assert_eq!((server.asked("/api/v1/pods"), server.asked(REVIEWS)), (0, 0));
}

#[tokio::test]
async fn of_very_many_namespaces_the_rest_is_said_to_be_left_out() {
    let server = FaultServer::start().await;
    pods_by_namespace(&server);
    let only = (0..45).map(|number| Symbol::from(format!("team-{number:02}"))).collect();
    let mut stage = Stage::of(&server.url(), Setup { only, ..Setup::default() });
    stage
        .until(|picture| {
            let scopes = scopes(picture);
            let live = scopes.iter().filter(|(_, freshness)| *freshness == Freshness::Live).count();
            let left_out = scopes.iter().filter(
                |(_, freshness)| matches!(freshness, Freshness::Off(reason) if reason.contains("40 namespaces")),
            );
            (live, left_out.count()) == (40, 5)
        })
        .await;
    assert_eq!(pods(&stage.picture).len(), 40);
    assert_eq!(server.asked("/api/v1/namespaces/team-40/"), 0);
}

#[tokio::test]
async fn what_was_forbidden_is_found_out_to_be_allowed() {
    let server = FaultServer::start().await;
    server.once(STREAMED, status(403, "Forbidden", WORDS));
    refuse_streamed_lists(&server);
    server.once(WHOLE, answer_json(&list("7", &[pod("one")])));
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until(|picture| matches!(state(picture), Freshness::Off(_))).await;
    stage.until_pods(&[("one", true)]).await;
}

#[tokio::test]
async fn a_refresh_asks_again_for_what_was_forbidden() {
    let server = FaultServer::start().await;
    server.once(STREAMED, status(403, "Forbidden", WORDS));
    refuse_streamed_lists(&server);
    server.once(WHOLE, answer_json(&list("7", &[pod("one")])));
    quiet_watches(&server);
    let patience = Patience { longest_pause: Duration::from_secs(3600), ..Setup::default().patience };
    let mut stage = Stage::of(&server.url(), Setup { patience, ..Setup::default() });
    stage.until(|picture| matches!(state(picture), Freshness::Off(_))).await;
    stage.refresh();
    stage.until_pods(&[("one", true)]).await;
}

#[tokio::test]
async fn a_server_that_refuses_while_it_starts_keeps_its_rows() {
    let server = settled_server(&["one"]).await;
    let (watch, feed) = streaming("application/json");
    server.once(WATCH, watch);
    let refusals = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&refusals);
    server.rule(move |request| {
        let refused = request.target.starts_with(WATCH) && counted.fetch_add(1, Ordering::SeqCst) < 2;
        refused.then(|| {
            status(403, "Forbidden", "RBAC: clusterrole.rbac.authorization.k8s.io \"view\" not found")
        })
    });
    quiet_watches(&server);
    let mut stage = Stage::of(&server.url(), Setup::default());
    stage.until_live().await;
    feed.cut();
    stage.until_down("RBAC").await;
    assert_eq!(pods(&stage.picture), [("one".to_owned(), false)]);
    stage.until_pods(&[("one", true)]).await;
    assert_eq!((server.asked(WHOLE), refusals.load(Ordering::SeqCst)), (1, 3));
}
