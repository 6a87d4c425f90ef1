//! Listing and watching.

use futures::StreamExt;
use quarterdeck::cli::gather::{Gatherer, Gathering, Wishes};
use quarterdeck::clients::kubernetes::ContentType;
use quarterdeck::feeds::{FeedOptions, Patience};
use quarterdeck::picture::Picture;
use quarterdeck::picture::model::Scope;
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, Symbol};
use quarterdeck::platform::time::Clock;
use quarterdeck::platform::zone::Zones;
use serde_json::json;
use tokio::runtime::Handle;

use super::cluster::{Cluster, PATIENCE, TEAM};
use crate::support::home::Home;

/// A picture that is kept live.
struct Live {
    picture: Picture,
    gathering: Gathering,
    _wishes: Wishes,
}

impl Live {
    /// What one of the users may see, once it is there.
    async fn of(cluster: &Cluster, user: &str) -> Live {
        let connection = cluster.connection(user);
        let options = FeedOptions {
            cluster: connection.context().clone(),
            only: Vec::new(),
            known: connection.default_namespace().into_iter().map(Symbol::from).collect(),
            patience: Patience::default(),
            clock: Clock::system(),
        };
        let (mut gathering, wishes) = Gathering::begin(&Handle::current(), &connection, &options);
        let mut picture = Picture::new(connection.context().clone(), Zones::default());
        assert!(gathering.settle(&mut picture, &Kind::ALL, PATIENCE).await, "{:?}", picture.sources());
        Live { picture, gathering, _wishes: wishes }
    }

    /// Waits until the picture is so.
    async fn until(&mut self, what: &str, condition: impl Fn(&Picture) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !condition(&self.picture) {
            match tokio::time::timeout_at(deadline, self.gathering.deltas.recv()).await {
                Ok(Some(delta)) => self.picture.take(delta),
                _ => panic!("the picture never showed {what}: {:?}", self.picture.sources()),
            }
        }
    }
}

fn pods_of(picture: &Picture, namespace: &str) -> usize {
    picture.rows_of(Kind::Pod, Some(namespace))
}

async fn pod(cluster: &Cluster, namespace: &str, name: &str) {
    let pod = json!({
        "metadata": { "name": name, "labels": { "app": name } },
        "spec": { "containers": [
            { "name": "main", "image": "registry.example/app:2.0" },
            { "name": "side", "image": "registry.example/side:2.0" },
        ] },
    });
    cluster.create(&format!("/api/v1/namespaces/{namespace}/pods"), pod).await;
}

pub async fn lists_come_as_protobuf_and_streamed(cluster: &Cluster) {
    const STREAMED: &str = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=5";
    pod(cluster, "default", "first").await;
    let reader = cluster.connection("admin").reader();
    let accept = "application/vnd.kubernetes.protobuf, application/json";
    for path in ["/api/v1/pods", "/apis/apps/v1/deployments"] {
        let answer = reader.stream(&format!("{path}?limit=500"), accept).await.unwrap();
        assert_eq!(answer.content_type, ContentType::Protobuf, "{path}");
        let accept = "application/vnd.kubernetes.protobuf;stream=watch, application/json;stream=watch";
        let mut answer = reader.stream(&format!("{path}?{STREAMED}"), accept).await.unwrap();
        assert_eq!(answer.content_type, ContentType::ProtobufStream, "{path}");
        assert!(answer.body.next().await.unwrap().is_ok(), "{path}");
    }
    let live = Live::of(cluster, "admin").await;
    let row = live.picture.pods().find("default", "first").expect("the pod");
    assert_eq!((&*row.status, row.ready, row.containers, row.restarts), ("Pending", 0, 2, 0));
    assert_eq!(&*row.images[0], "registry.example/app:2.0");
    assert!(live.picture.server_version().is_some_and(|version| version.starts_with("v1.")));
    assert!(live.picture.namespaces().iter().any(|row| &*row.name == "kube-system"));
}

pub async fn changes_are_seen_as_they_happen(cluster: &Cluster) {
    cluster.namespace("moving").await;
    let mut live = Live::of(cluster, "admin").await;
    let wanted =
        |picture: &Picture| picture.workload(Kind::Deployment, "moving", "web").map(|row| row.wanted);
    assert_eq!(wanted(&live.picture), None);

    cluster.deployment("moving", "web", 3).await;
    live.until("the deployment", |picture| wanted(picture) == Some(3)).await;
    if cluster.controllers {
        live.until("its pods", |picture| pods_of(picture, "moving") == 3).await;
        let owners: Vec<_> = live.picture.pods().iter().filter(|row| &*row.namespace == "moving").collect();
        assert!(owners.iter().all(|row| &*row.status == "Pending" && row.owner.is_some()));
        live.until("its ReplicaSet", |picture| {
            picture.replica_sets().iter().any(|row| &*row.namespace == "moving" && row.wanted == 3)
        })
        .await;
    }
    let path = "/apis/apps/v1/namespaces/moving/deployments/web";
    cluster
        .patch(path, json!({ "spec": { "replicas": 1 }, "metadata": { "labels": { "tier": "front" } } }))
        .await;
    live.until("the new count", |picture| wanted(picture) == Some(1)).await;
    let row = live.picture.workload(Kind::Deployment, "moving", "web").unwrap();
    assert_eq!(row.labels.get("tier"), Some("front"));
    if cluster.controllers {
        live.until("fewer pods", |picture| pods_of(picture, "moving") == 1).await;
    }
    cluster.delete(path).await;
    live.until("the end of the deployment", |picture| wanted(picture).is_none()).await;
    if cluster.controllers {
        live.until("the end of its pods", |picture| pods_of(picture, "moving") == 0).await;
    }
    assert!(live.picture.sources().iter().all(|(_, state)| state.freshness == Freshness::Live));
}

pub async fn one_bad_scope_takes_nothing_else_away(cluster: &Cluster) {
    let live = Live::of(cluster, "viewer").await;
    let nodes = live.picture.source(Kind::Node).freshness;
    assert!(matches!(&nodes, Freshness::Off(reason) if reason.contains("forbidden")), "{nodes:?}");
    assert_eq!(live.picture.source(Kind::Pod).freshness, Freshness::Live);
    assert!(live.picture.pods().find("default", "first").is_some());
}

pub async fn a_user_of_one_namespace_sees_that(cluster: &Cluster) {
    pod(cluster, TEAM, "ours").await;
    let mut live = Live::of(cluster, "member").await;
    assert!(live.picture.pods().find(TEAM, "ours").is_some());
    assert!(live.picture.pods().find("default", "first").is_none());
    let sources = live.picture.sources();
    let (key, state) = sources.iter().find(|(key, _)| key.kind == Kind::Pod).unwrap();
    assert_eq!(key.scope, Scope::Namespace(Symbol::from(TEAM)));
    assert_eq!(state.freshness, Freshness::Live);
    pod(cluster, TEAM, "another").await;
    live.until("another pod", |picture| picture.pods().find(TEAM, "another").is_some()).await;
}

pub async fn the_commands_print_what_is_there(cluster: &Cluster) {
    let home = Home::new();
    let kubeconfig = cluster.kubeconfig();
    let with = |context: &str, arguments: &[&str]| {
        let cluster = ["--kubeconfig", kubeconfig.to_str().unwrap(), "--context", context];
        tokio::task::block_in_place(|| home.run(&[arguments, &cluster].concat()))
    };
    let printed = with("admin", &["snapshot", "pods", "--format", "json"]).with_status(0).out;
    let snapshot: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let rows = snapshot["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == "first").unwrap();
    assert_eq!((&row["ready"], &row["status"]), (&"0/2".into(), &"Pending".into()));
    let report = with("viewer", &["doctor"]).with_status(0).out;
    let nodes = report.lines().find(|line| line.starts_with("nodes")).unwrap();
    assert!(nodes.contains("off") && nodes.contains("no"), "{report}");
}
