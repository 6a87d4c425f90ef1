//! The state that the platform is in, and how it grows and changes.

use k8s_pb::api::core::v1::PodList;
use prost::Message as _;
use quarterdeck::demo::{DemoOptions, DemoServer};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::Value;

use super::client::{Client, PROTOBUF, items, run, still, unwrap_envelope};

#[test]
fn the_reference_platform_has_something_wrong_everywhere() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
        let answer = client
            .send(reqwest::Method::GET, "/api/v1/pods?includeObject=None", &[("accept", table)], None)
            .await;
        let table = answer.json(200);
        let cell = |row: &Value, index: usize| row["cells"][index].as_str().unwrap_or_default().to_owned();
        let rows = table["rows"].as_array().unwrap();
        let with = |name: &str, status: &str| {
            rows.iter().any(|row| cell(row, 0).starts_with(name) && cell(row, 2) == status)
        };
        for (name, status) in [
            ("backend-python-", "CrashLoopBackOff"),
            ("payload-cms-", "ImagePullBackOff"),
            ("payload-cms-", "Init:1/2"),
            ("postgresql-backup-", "Completed"),
            ("backend-rust-bench-", "Pending"),
            ("frontend-", "Running"),
            ("redis-2", "Running"),
        ] {
            assert!(
                with(name, status),
                "no {name} is {status}: {:?}",
                rows.iter().map(|row| &row["cells"]).collect::<Vec<_>>()
            );
        }
        let autoscalers =
            client.get("/apis/autoscaling/v2/namespaces/production/horizontalpodautoscalers").await;
        let limited =
            items(&autoscalers).iter().find(|it| it["metadata"]["name"] == "backend-python").unwrap();
        assert_eq!(limited["status"]["desiredReplicas"], 10);
        let conditions = limited["status"]["conditions"].as_array().unwrap();
        assert!(
            conditions.iter().any(|it| it["type"] == "ScalingLimited" && it["reason"] == "TooManyReplicas")
        );
        let killed = client
            .get("/api/v1/namespaces/production/pods?labelSelector=app.kubernetes.io/name=celery-worker")
            .await;
        assert!(items(&killed).iter().any(|pod| {
            let container = &pod["status"]["containerStatuses"][0];
            container["restartCount"] == 3 && container["lastState"]["terminated"]["reason"] == "OOMKilled"
        }));
        let nodes = client.get("/api/v1/nodes?fieldSelector=spec.unschedulable=true").await;
        assert_eq!(items(&nodes).len(), 1);
        let quota = client.get("/api/v1/namespaces/production/resourcequotas/compute").await;
        assert_eq!(quota["status"]["used"]["pods"], "24");
        let budget =
            client.get("/apis/policy/v1/namespaces/production/poddisruptionbudgets/backend-python").await;
        assert_eq!(budget["status"]["disruptionsAllowed"], 5);
        for deployment in items(&client.get("/apis/apps/v1/namespaces/production/deployments").await) {
            assert_eq!(deployment["spec"]["replicas"], deployment["status"]["readyReplicas"], "{deployment}");
        }
    });
}

#[test]
fn the_same_seed_and_clock_give_the_same_platform() {
    run(async {
        let options =
            || DemoOptions { clock: Clock::manual(Instant::from_seconds(1_790_000_000)), ..still() };
        let one = DemoServer::start(options()).await.unwrap();
        let two = DemoServer::start(options()).await.unwrap();
        let other = DemoServer::start(DemoOptions { seed: 7, ..options() }).await.unwrap();
        assert_ne!(one.token(), two.token());
        for path in ["/api/v1/pods", "/apis/apps/v1/replicasets", "/api/v1/events", "/api/v1/nodes"] {
            let first = Client::of(&one).get(path).await;
            assert_eq!(first, Client::of(&two).get(path).await);
            assert_ne!(first, Client::of(&other).get(path).await);
        }
    });
}

#[test]
fn the_platform_grows_to_the_wanted_number_of_pods() {
    run(async {
        let server = DemoServer::start(DemoOptions { pods: Some(600), ..still() }).await.unwrap();
        let client = Client::of(&server);
        let answer = client
            .send(reqwest::Method::GET, "/api/v1/pods?resourceVersion=0", &[("accept", PROTOBUF)], None)
            .await;
        let pods = PodList::decode(unwrap_envelope(&answer.body).as_slice()).unwrap();
        assert_eq!(pods.items.len(), 600);
        let load = client.get("/api/v1/namespaces/load-03/pods?limit=1").await;
        let pod = &items(&load)[0];
        assert_eq!(pod["spec"]["containers"].as_array().unwrap().len(), 2);
        assert!(pod.to_string().len() > 10_000, "{}", pod.to_string().len());
    });
}

#[test]
fn pods_change_by_themselves_at_the_wanted_rate() {
    run(async {
        let server = DemoServer::start(DemoOptions { churn: 50.0, ..DemoOptions::default() }).await.unwrap();
        let client = Client::of(&server);
        let version = client.get("/api/v1/pods?limit=1").await["metadata"]["resourceVersion"]
            .as_str()
            .unwrap()
            .to_owned();
        let mut watch = client.watch(&format!("/api/v1/pods?watch=true&resourceVersion={version}")).await;
        for _ in 0..100 {
            watch.next().await;
        }
    });
}
