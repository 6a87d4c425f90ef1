//! Feeds from the embedded platform, whose objects are complete.

use std::collections::BTreeMap;

use quarterdeck::clients::kubernetes::{Connection, ConnectionOptions, Reader};
use quarterdeck::demo::{DemoOptions, DemoServer, DemoUser};
use quarterdeck::picture::Picture;
use quarterdeck::picture::model::Row;
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, Symbol};
use tempfile::TempDir;

use super::stage::{Setup, Stage, quiet_watches, refuse_streamed_lists, scopes};
use crate::support::fault_server::{FaultServer, answer};
use crate::support::kubeconfig::still_clock;

/// A platform in which nothing happens by itself, and a reader of it.
async fn still_platform(user: DemoUser) -> (DemoServer, Reader, TempDir) {
    let folder = TempDir::new().unwrap();
    let options = DemoOptions { churn: 0.0, clock: still_clock(), user, ..DemoOptions::default() };
    let server = DemoServer::start(options).await.unwrap();
    let kubeconfig = Some(server.write_kubeconfig(folder.path()).unwrap());
    let options = ConnectionOptions { kubeconfig, ..ConnectionOptions::new(still_clock()) };
    let reader = Connection::open(options).unwrap().reader();
    (server, reader, folder)
}

fn all_live(picture: &Picture) -> bool {
    Kind::ALL.iter().all(|kind| picture.source(*kind).freshness == Freshness::Live)
}

/// Every row of a table by its identity, in the words of its `Debug`.
fn written<'a, R: Row + std::fmt::Debug + 'a>(rows: impl Iterator<Item = &'a R>) -> BTreeMap<String, String> {
    rows.map(|row| (format!("{}/{}/{}", row.namespace(), row.name(), row.uid()), format!("{row:#?}")))
        .collect()
}

#[tokio::test]
async fn protobuf_and_json_of_the_same_objects_give_the_same_rows() {
    let (_platform, reader, _folder) = still_platform(DemoUser::Admin).await;
    let mut as_protobuf = Stage::from(&reader, still_clock(), Setup::default());
    as_protobuf.until(all_live).await;

    let json_only = FaultServer::start().await;
    refuse_streamed_lists(&json_only);
    quiet_watches(&json_only);
    for kind in Kind::ALL {
        let path = format!("{}?resourceVersion=0", kind.path(None));
        let list = reader.bytes(&path, "application/json").await.unwrap().body;
        json_only.rule(move |request| {
            (request.target == path).then(|| answer(200, "application/json", list.to_vec()))
        });
    }
    let mut as_json = Stage::of(&json_only.url(), Setup::default());
    as_json.until(all_live).await;

    let (left, right) = (&as_protobuf.picture, &as_json.picture);
    assert!(left.pods().len() > 20);
    assert_eq!(written(left.pods().iter()), written(right.pods().iter()));
    assert_eq!(written(left.workloads().iter()), written(right.workloads().iter()));
    assert_eq!(written(left.replica_sets().iter()), written(right.replica_sets().iter()));
    assert_eq!(written(left.namespaces().iter()), written(right.namespaces().iter()));
    assert_eq!(written(left.nodes().iter()), written(right.nodes().iter()));
    assert_eq!(written(left.autoscalers().iter()), written(right.autoscalers().iter()));
    assert_eq!((left.source(Kind::Pod).unreadable, right.source(Kind::Pod).unreadable), (0, 0));
}

#[tokio::test]
async fn a_user_of_one_namespace_sees_that_namespace() {
    let (_platform, reader, _folder) = still_platform(DemoUser::Restricted).await;
    let known = vec![Symbol::from("default"), Symbol::from("staging")];
    let mut stage = Stage::from(&reader, still_clock(), Setup { known, ..Setup::default() });
    let live = |kind: Kind, picture: &Picture| picture.source(kind).freshness == Freshness::Live;
    stage
        .until(|picture| {
            live(Kind::Pod, picture)
                && live(Kind::Deployment, picture)
                && matches!(picture.source(Kind::Node).freshness, Freshness::Off(_))
        })
        .await;
    assert!(!stage.picture.pods().is_empty());
    assert!(stage.picture.pods().iter().all(|row| &*row.namespace == "staging"));
    assert_eq!(scopes(&stage.picture).len(), 1);
}
