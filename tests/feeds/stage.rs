//! Feeds between a scripted server and a picture.

use std::time::Duration;

use quarterdeck::clients::kubernetes::{Connection, ConnectionOptions, Limits, Reader};
use quarterdeck::feeds::{FeedOptions, Feeds, Patience};
use quarterdeck::picture::model::{Delta, Scope};
use quarterdeck::picture::{Picture, Query};
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, Symbol};
use quarterdeck::platform::time::Clock;
use quarterdeck::platform::zone::Zones;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};

use crate::support::fault_server::{FaultServer, Scripted, json as answer_json, status};
use crate::support::kubeconfig::{still_clock, with_token};

pub const JSON: &str = "application/json";

/// The ways in which pods are asked for.
pub const STREAMED: &str = "/api/v1/pods?watch=true&sendInitialEvents";
pub const WHOLE: &str = "/api/v1/pods?resourceVersion=0";
pub const PAGED: &str = "/api/v1/pods?limit=500";
pub const WATCH: &str = "/api/v1/pods?watch=true&resourceVersion";

/// Longer than anything takes, even on a machine that is busy with other tests.
const LONG: Duration = Duration::from_secs(60);

/// How feeds are started.
pub struct Setup {
    pub limits: Limits,
    pub patience: Patience,
    pub only: Vec<Symbol>,
    pub known: Vec<Symbol>,
}

impl Default for Setup {
    /// Patient with silence, and quick to ask again.
    fn default() -> Self {
        Setup {
            limits: Limits { head: LONG, ..Limits::default() },
            patience: Patience {
                list: LONG,
                watch: LONG,
                pulse: LONG,
                answer: LONG,
                first_pause: Duration::from_millis(2),
                longest_pause: Duration::from_millis(20),
            },
            only: Vec::new(),
            known: Vec::new(),
        }
    }
}

/// A picture with its feeds.
pub struct Stage {
    pub picture: Picture,
    pub clock: Clock,
    deltas: mpsc::Receiver<Delta>,
    refresh: watch::Sender<u64>,
    _wanted: watch::Sender<Option<quarterdeck::platform::object::ObjectReference>>,
    _feeds: Feeds,
}

impl Stage {
    /// Feeds from the server of that URL.
    pub fn of(url: &str, setup: Setup) -> Stage {
        let folder = TempDir::new().unwrap();
        let clock = still_clock();
        let options = ConnectionOptions {
            kubeconfig: Some(with_token(folder.path(), url)),
            limits: setup.limits,
            ..ConnectionOptions::new(clock.clone())
        };
        Stage::from(&Connection::open(options).unwrap().reader(), clock, setup)
    }

    /// Feeds through that reader.
    pub fn from(reader: &Reader, clock: Clock, setup: Setup) -> Stage {
        let cluster = Symbol::from("test");
        let (sender, deltas) = mpsc::channel(64);
        let (wanted, of_interest) = watch::channel(None);
        let (refresh, refreshed) = watch::channel(0);
        let options = FeedOptions {
            cluster: cluster.clone(),
            only: setup.only,
            known: setup.known,
            patience: setup.patience,
            clock: clock.clone(),
        };
        let feeds = Feeds::start(&Handle::current(), reader, &options, &sender, of_interest, refreshed);
        let mut picture = Picture::new(cluster, Zones::new(Vec::new()).unwrap());
        picture.show_pods(Some(Query::default()));
        Stage { picture, clock, deltas, refresh, _wanted: wanted, _feeds: feeds }
    }

    /// Takes in what comes until the condition holds.
    pub async fn until(&mut self, condition: impl Fn(&Picture) -> bool) {
        let deadline = Instant::now() + LONG;
        while self.picture.work(&mut || true) {}
        while !condition(&self.picture) {
            match timeout_at(deadline, self.deltas.recv()).await {
                Ok(Some(delta)) => self.picture.apply(delta),
                _ => panic!("it never came to that: {:#?} {:?}", self.picture.sources(), pods(&self.picture)),
            }
            while self.picture.work(&mut || true) {}
        }
    }

    /// Takes in what comes until exactly these pods are there, each with whether its source confirms it.
    pub async fn until_pods(&mut self, wanted: &[(&str, bool)]) {
        self.until(|picture| {
            pods(picture).iter().map(|(name, so)| (name.as_str(), *so)).eq(wanted.iter().copied())
        })
        .await;
    }

    /// Takes in what comes until the pods are down for a reason with these words; gives since when, and the reason.
    pub async fn until_down(&mut self, words: &str) -> String {
        self.until(|picture| matches!(state(picture), Freshness::Down(_, reason) if reason.contains(words)))
            .await;
        state(&self.picture).reason().unwrap().to_owned()
    }

    pub async fn until_live(&mut self) {
        self.until(|picture| state(picture) == Freshness::Live).await;
    }

    /// Lets every source that waits try again.
    pub fn refresh(&self) {
        self.refresh.send_modify(|number| *number += 1);
    }
}

/// The names of the pods in order, each with whether its source confirms it.
pub fn pods(picture: &Picture) -> Vec<(String, bool)> {
    let view = picture.pod_view();
    let shown = (0..view.len()).filter_map(|index| view.row(index));
    let mut pods: Vec<_> = shown.map(|shown| (shown.row.name.to_string(), shown.confirmed)).collect();
    pods.sort();
    pods
}

/// How fresh the pods are.
pub fn state(picture: &Picture) -> Freshness {
    picture.source(Kind::Pod).freshness
}

/// The scopes in which pods are read, with how fresh each is.
pub fn scopes(picture: &Picture) -> Vec<(Scope, Freshness)> {
    let of_pods = picture.sources().into_iter().filter(|(key, _)| key.kind == Kind::Pod);
    let mut scopes: Vec<_> = of_pods.map(|(key, state)| (key.scope, state.freshness)).collect();
    scopes.sort_by(|left, right| left.0.cmp(&right.0));
    scopes
}

/// A running pod.
pub fn pod(name: &str) -> Value {
    pod_of("shop", name)
}

/// A running pod of a namespace.
pub fn pod_of(namespace: &str, name: &str) -> Value {
    json!({
        "metadata": {
            "name": name, "namespace": namespace, "uid": format!("uid of {name}"), "resourceVersion": "5",
            "creationTimestamp": "2025-12-31T00:00:00Z",
        },
        "spec": { "containers": [{ "name": "main", "image": "registry/app:1" }] },
        "status": { "phase": "Running" },
    })
}

/// A list of pods.
pub fn list(version: &str, pods: &[Value]) -> String {
    page(version, "", pods)
}

/// A page of a list of pods.
pub fn page(version: &str, token: &str, pods: &[Value]) -> String {
    let meta = json!({ "resourceVersion": version, "continue": token });
    json!({ "kind": "PodList", "apiVersion": "v1", "metadata": meta, "items": pods }).to_string()
}

/// A line of a watch.
pub fn event(kind: &str, object: &Value) -> String {
    format!("{}\n", json!({ "type": kind, "object": object }))
}

/// The bookmark that ends a streamed list.
pub fn end_of_list(version: &str) -> String {
    let meta = json!({ "resourceVersion": version, "annotations": { "k8s.io/initial-events-end": "true" } });
    event("BOOKMARK", &json!({ "kind": "Pod", "apiVersion": "v1", "metadata": meta }))
}

/// The start of a list of pods, without its end.
pub fn half_a_list(pods: &[Value]) -> Vec<u8> {
    let list = list("5", pods);
    let end = list.rfind(']').unwrap();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: {}\r\n\r\n", list.len() + 999);
    let start = list.find("\"items\"").unwrap();
    format!("{head}{{{},", &list[start..end]).into_bytes()
}

/// A watch on which nothing happens.
pub fn quiet() -> Scripted {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    Scripted::RawThenSilence(head.as_bytes().to_vec())
}

/// Refuses to stream lists, as servers without that feature do.
pub fn refuse_streamed_lists(server: &FaultServer) {
    server.rule(|request| {
        let streamed = request.target.contains("sendInitialEvents");
        streamed.then(|| status(422, "Invalid", "sendInitialEvents is forbidden for watch unless …"))
    });
}

/// Lets nothing happen on every watch that nothing else is scripted for.
pub fn quiet_watches(server: &FaultServer) {
    server.rule(|request| request.target.contains("watch=true&resourceVersion=").then(quiet));
}

/// Has none of any kind of object but pods.
pub fn nothing_but_pods(server: &FaultServer) {
    server.rule(|request| {
        let (path, query) = request.target.split_once('?')?;
        let concerned = query == "resourceVersion=0" && !path.ends_with("/pods");
        concerned.then(|| answer_json(r#"{"kind":"List","metadata":{"resourceVersion":"5"},"items":[]}"#))
    });
}

/// A server that does not stream lists and has these pods, on whose watches nothing happens.
pub async fn settled_server(pods: &[&str]) -> FaultServer {
    let server = FaultServer::start().await;
    refuse_streamed_lists(&server);
    let pods: Vec<Value> = pods.iter().map(|name| pod(name)).collect();
    server.once(WHOLE, answer_json(&list("7", &pods)));
    server
}
