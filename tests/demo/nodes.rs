//! The life of nodes, and of the pods on them.

use std::time::Duration;

use http_body_util::BodyExt as _;
use quarterdeck::demo::{DemoOptions, DemoPlatform, DemoUser};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::{Value, json};

use super::client::{run, still};

/// A platform in memory, and its administrator.
struct Lab {
    platform: DemoPlatform,
    client: kube::Client,
}

impl Lab {
    fn new() -> Lab {
        let clock = Clock::manual(Instant::parse("2026-03-02T09:00:00Z").unwrap());
        let platform = DemoPlatform::in_memory(&DemoOptions { clock, ..still() }).unwrap();
        let client = kube::Client::new(platform.router_for(DemoUser::Admin), "default");
        Lab { platform, client }
    }

    async fn send(&self, method: &str, path: &str, patch: Option<Value>) -> Value {
        let request = http::Request::builder().method(method).uri(path).header("accept", "application/json");
        let request = request.header("content-type", "application/merge-patch+json");
        let body = patch.map(|patch| patch.to_string().into_bytes()).unwrap_or_default();
        let response = self.client.send(request.body(body.into()).unwrap()).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.platform.advance(Duration::from_secs(seconds));
    }
}

#[test]
fn nodes_renew_their_leases_and_are_tainted_while_they_are_cordoned() {
    run(async {
        let lab = Lab::new();
        let nodes = lab.send("GET", "/api/v1/nodes", None).await;
        let open =
            nodes["items"].as_array().unwrap().iter().find(|it| it["spec"]["taints"].is_null()).unwrap();
        let name = open["metadata"]["name"].as_str().unwrap();
        assert!(open["status"]["images"].as_array().unwrap().len() > 2, "{open}");
        lab.pass(30);
        let lease = format!("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{name}");
        let before = lab.send("GET", &lease, None).await;
        assert_eq!(before["spec"]["holderIdentity"], name);
        assert_eq!(before["spec"]["leaseDurationSeconds"], 40);
        lab.pass(10);
        let after = lab.send("GET", &lease, None).await;
        assert!(after["spec"]["renewTime"].as_str() > before["spec"]["renewTime"].as_str());
        let path = format!("/api/v1/nodes/{name}");
        lab.send("PATCH", &path, Some(json!({"spec": {"unschedulable": true}}))).await;
        lab.pass(1);
        let cordoned = lab.send("GET", &path, None).await;
        assert_eq!(cordoned["spec"]["taints"][0]["key"], "node.kubernetes.io/unschedulable");
        lab.send("PATCH", &path, Some(json!({"spec": {"unschedulable": null}}))).await;
        lab.pass(1);
        let open = lab.send("GET", &path, None).await;
        assert!(open["spec"]["taints"].as_array().is_none_or(Vec::is_empty), "{open}");
        // Its status is posted every five minutes.
        lab.pass(320);
        let later = lab.send("GET", &path, None).await;
        let beat = &later["status"]["conditions"][3]["lastHeartbeatTime"];
        assert!(beat.as_str() > Some("2026-03-02T09:00:00Z"), "{later}");
    });
}

#[test]
fn a_taint_that_nobody_tolerates_drives_pods_away() {
    run(async {
        let lab = Lab::new();
        let pods = "/api/v1/namespaces/production/pods?labelSelector=app.kubernetes.io/name=frontend";
        let list = lab.send("GET", pods, None).await;
        let node = list["items"][0]["spec"]["nodeName"].as_str().unwrap().to_owned();
        let name = list["items"][0]["metadata"]["name"].as_str().unwrap().to_owned();
        let taint = json!({"spec": {"taints": [{"key": "maintenance", "effect": "NoExecute"}]}});
        lab.send("PATCH", &format!("/api/v1/nodes/{node}"), Some(taint)).await;
        lab.pass(60);
        let left = lab.send("GET", pods, None).await;
        let still_there = |it: &Value| it["spec"]["nodeName"] == node.as_str();
        assert!(!left["items"].as_array().unwrap().iter().any(still_there), "{left}");
        let path = format!("/api/v1/namespaces/production/events?fieldSelector=involvedObject.name={name}");
        let events = lab.send("GET", &path, None).await;
        let words = format!("Marking for deletion Pod production/{name}");
        let told = events["items"].as_array().unwrap();
        assert!(
            told.iter().any(|it| it["reason"] == "TaintManagerEviction" && it["message"] == words.as_str())
        );
        assert!(told.iter().any(|it| it["reason"] == "Killing"), "{told:?}");
    });
}
