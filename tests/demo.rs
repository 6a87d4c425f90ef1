//! The embedded platform, over real sockets on loopback.

use std::time::Duration;

use k8s_pb::api::core::v1::PodList;
use prost::Message as _;
use quarterdeck::demo::{DemoOptions, DemoServer, DemoUser};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::{Value, json};

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
/// Longer than anything takes, even on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client of one user of a running platform.
struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    fn of(server: &DemoServer) -> Client {
        Client::with_token(server, server.token())
    }

    fn with_token(server: &DemoServer, token: &str) -> Client {
        Client { http: reqwest::Client::new(), url: server.url(), token: token.to_owned() }
    }

    async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        let code = response.status().as_u16();
        Answer { code, body: response.bytes().await.unwrap().to_vec() }
    }

    async fn get(&self, path: &str) -> Value {
        self.send(reqwest::Method::GET, path, &[("accept", JSON)], None).await.json(200)
    }

    async fn get_refused(&self, path: &str, code: u16) -> Value {
        self.send(reqwest::Method::GET, path, &[("accept", JSON)], None).await.json(code)
    }

    async fn patch(&self, path: &str, kind: &str, patch: Value) -> Answer {
        let headers = [("accept", JSON), ("content-type", kind)];
        self.send(reqwest::Method::PATCH, path, &headers, Some(patch.to_string())).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let headers = [("accept", JSON), ("content-type", JSON)];
        self.send(reqwest::Method::POST, path, &headers, Some(body.to_string())).await
    }

    async fn watch(&self, path: &str) -> Watch {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        Watch { response, buffer: Vec::new() }
    }
}

struct Answer {
    code: u16,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self, code: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.code, code, "{text}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

/// A running watch in JSON.
struct Watch {
    response: reqwest::Response,
    buffer: Vec<u8>,
}

impl Watch {
    async fn next(&mut self) -> Value {
        tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = self.buffer.drain(..=end).collect();
                    return serde_json::from_slice(&line).unwrap();
                }
                self.buffer.extend(self.response.chunk().await.unwrap().expect("the watch has ended"));
            }
        })
        .await
        .expect("nothing more came")
    }

    /// Waits for an event that satisfies the condition.
    async fn until(&mut self, condition: impl Fn(&Value) -> bool) -> Value {
        tokio::time::timeout(PATIENCE, async {
            loop {
                let event = self.next().await;
                if condition(&event) {
                    return event;
                }
            }
        })
        .await
        .expect("the condition never held")
    }
}

/// A platform in which nothing happens by itself.
fn still() -> DemoOptions {
    DemoOptions { churn: 0.0, ..DemoOptions::default() }
}

fn run<T>(test: impl Future<Output = T>) -> T {
    // reqwest is built without a provider of its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().unwrap()
}

fn names(list: &Value) -> Vec<String> {
    items(list).iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn protobuf_and_json_say_the_same_of_pods() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let list = client.get("/api/v1/pods").await;
        let answer = client.send(reqwest::Method::GET, "/api/v1/pods", &[("accept", PROTOBUF)], None).await;
        let raw = unwrap_envelope(&answer.body);
        let pods = PodList::decode(raw.as_slice()).unwrap();
        assert_eq!(pods.items.len(), items(&list).len());
        for (pod, json) in pods.items.iter().zip(items(&list)) {
            let metadata = pod.metadata.as_ref().unwrap();
            assert_eq!(metadata.name.as_deref(), json["metadata"]["name"].as_str());
            assert!(!metadata.managed_fields.is_empty());
            let containers = &pod.spec.as_ref().unwrap().containers;
            assert_eq!(containers.len(), json["spec"]["containers"].as_array().unwrap().len());
        }
        println!(
            "{} pods, {} bytes as protobuf, {} as JSON",
            pods.items.len(),
            raw.len(),
            list.to_string().len()
        );
    });
}

/// The raw message in the envelope of a protobuf answer.
fn unwrap_envelope(body: &[u8]) -> Vec<u8> {
    let unknown = body.strip_prefix(b"k8s\0").expect("no protobuf magic");
    k8s_pb::apimachinery::pkg::runtime::Unknown::decode(unknown).unwrap().raw.unwrap()
}

#[test]
fn every_request_needs_a_token_and_the_servers_own_name() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let stranger = Client::with_token(&server, "guess");
        let status = stranger.get_refused("/api/v1/pods", 401).await;
        assert_eq!(
            (status["kind"].as_str(), status["reason"].as_str()),
            (Some("Status"), Some("Unauthorized"))
        );
        let client = Client::of(&server);
        let foreign = [("host", "evil.example"), ("accept", JSON)];
        client.send(reqwest::Method::GET, "/api/v1/pods", &foreign, None).await.json(403);
        let other_port = [("host", "127.0.0.1:1"), ("accept", JSON)];
        client.send(reqwest::Method::GET, "/version", &other_port, None).await.json(403);
    });
}

#[test]
fn objects_are_what_the_official_types_read_and_write() {
    use k8s_openapi::api::{
        apps::v1 as apps, autoscaling::v2 as autoscaling, batch::v1 as batch, core::v1 as core,
    };
    use k8s_openapi::api::{events::v1 as events, policy::v1 as policy};

    fn check<T: serde::de::DeserializeOwned + serde::Serialize>(list: &Value) {
        assert!(!items(list).is_empty(), "{} is empty", list["kind"]);
        for item in items(list) {
            let typed: T = serde_json::from_value(item.clone()).unwrap();
            let mut again = serde_json::to_value(&typed).unwrap();
            for (field, value) in [("kind", &item["kind"]), ("apiVersion", &item["apiVersion"])] {
                if value.is_null() {
                    again.as_object_mut().unwrap().remove(field);
                }
            }
            // Protobuf has no types inside of objects, so the templates of claims don't say theirs.
            if let Some(claims) =
                again.pointer_mut("/spec/volumeClaimTemplates").and_then(Value::as_array_mut)
            {
                for claim in claims.iter_mut().filter_map(Value::as_object_mut) {
                    claim.retain(|field, _| field != "kind" && field != "apiVersion");
                }
            }
            assert_eq!(&again, item);
        }
    }

    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        check::<core::Pod>(&client.get("/api/v1/pods").await);
        check::<core::Node>(&client.get("/api/v1/nodes").await);
        check::<core::Namespace>(&client.get("/api/v1/namespaces").await);
        check::<core::Event>(&client.get("/api/v1/events").await);
        check::<core::Service>(&client.get("/api/v1/services").await);
        check::<core::ResourceQuota>(&client.get("/api/v1/resourcequotas").await);
        check::<apps::Deployment>(&client.get("/apis/apps/v1/deployments").await);
        check::<apps::ReplicaSet>(&client.get("/apis/apps/v1/replicasets").await);
        check::<apps::StatefulSet>(&client.get("/apis/apps/v1/statefulsets").await);
        check::<apps::DaemonSet>(&client.get("/apis/apps/v1/daemonsets").await);
        check::<autoscaling::HorizontalPodAutoscaler>(
            &client.get("/apis/autoscaling/v2/horizontalpodautoscalers").await,
        );
        check::<policy::PodDisruptionBudget>(&client.get("/apis/policy/v1/poddisruptionbudgets").await);
        check::<batch::Job>(&client.get("/apis/batch/v1/jobs").await);
        check::<events::Event>(&client.get("/apis/events.k8s.io/v1/events").await);
    });
}

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
fn lists_are_paged_and_selected() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let all = names(&client.get("/api/v1/pods").await);
        let (mut paged, mut token) = (Vec::new(), String::new());
        loop {
            let page = client.get(&format!("/api/v1/pods?limit=50&continue={token}")).await;
            paged.extend(names(&page));
            assert!(items(&page).len() <= 50);
            token = page["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(paged, all);
        let cached = client.get("/api/v1/pods?limit=50&resourceVersion=0").await;
        assert_eq!(items(&cached).len(), all.len());
        let selected =
            client.get("/api/v1/pods?labelSelector=app.kubernetes.io/name%20in%20(redis,loki)").await;
        assert_eq!(items(&selected).len(), 4);
        let running = client.get("/api/v1/namespaces/dev/pods?fieldSelector=status.phase!=Running").await;
        assert_eq!(items(&running).len(), 2);
        let node = client.get("/api/v1/pods?fieldSelector=spec.nodeName=qd-fra1-data-1").await;
        assert!(items(&node).iter().all(|pod| pod["spec"]["nodeName"] == "qd-fra1-data-1"));
        let refused = client.get_refused("/api/v1/pods?fieldSelector=spec.colour=red", 400).await;
        assert!(refused["message"].as_str().unwrap().ends_with("field label not supported: spec.colour"));
        let events = client.get("/api/v1/events?fieldSelector=involvedObject.kind=Pod,reason=BackOff").await;
        assert!(!items(&events).is_empty());
    });
}

#[test]
fn a_watch_resumes_from_a_version_and_expires_when_that_is_too_old() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let list = client.get("/apis/apps/v1/namespaces/sandbox/deployments").await;
        let version = list["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
        let path = "/apis/apps/v1/namespaces/sandbox/deployments/whoami";
        let patch = json!({"metadata": {"annotations": {"note": "one"}}});
        let patched = client.patch(path, "application/merge-patch+json", patch).await.json(200);
        // The watch starts after the change, and still tells of it.
        let query = format!("watch=true&resourceVersion={version}&allowWatchBookmarks=true");
        let mut watch = client.watch(&format!("/apis/apps/v1/namespaces/sandbox/deployments?{query}")).await;
        let event = watch.next().await;
        assert_eq!(event["type"], "MODIFIED");
        assert_eq!(event["object"], patched);
        let mut watch = client.watch("/api/v1/pods?watch=true&resourceVersion=17").await;
        let event = watch.next().await;
        assert_eq!(
            (&event["type"], &event["object"]["code"], &event["object"]["reason"]),
            (&json!("ERROR"), &json!(410), &json!("Expired"))
        );
        assert!(watch.response.chunk().await.unwrap().is_none());
        client.get_refused("/api/v1/pods?watch=true&resourceVersion=99999999999", 504).await;
    });
}

#[test]
fn a_streamed_list_ends_with_a_marked_bookmark_and_goes_on() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let query =
            "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
        let mut watch = client.watch(&format!("/api/v1/namespaces/sandbox/pods?{query}")).await;
        let added = watch.next().await;
        assert_eq!(added["type"], "ADDED");
        let end = watch.next().await;
        assert_eq!(end["type"], "BOOKMARK");
        assert_eq!(end["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"], "true");
        let name = added["object"]["metadata"]["name"].as_str().unwrap();
        let path = format!("/api/v1/namespaces/sandbox/pods/{name}");
        client.send(reqwest::Method::DELETE, &path, &[("accept", JSON)], None).await.json(200);
        let leaving = watch.next().await;
        assert!(leaving["object"]["metadata"]["deletionTimestamp"].is_string());
        // Its replica set makes another, and the first one goes.
        watch.until(|event| event["type"] == "ADDED" && event["object"]["metadata"]["name"] != name).await;
        watch.until(|event| event["type"] == "DELETED" && event["object"]["metadata"]["name"] == name).await;
        client.get_refused(&path, 404).await;
    });
}

#[test]
fn a_protobuf_watch_is_frames_of_enveloped_objects() {
    use k8s_pb::apimachinery::pkg::apis::meta::v1::WatchEvent;

    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let path = "/api/v1/namespaces/sandbox/pods?watch=true&timeoutSeconds=1";
        let accept = [("accept", "application/vnd.kubernetes.protobuf;stream=watch")];
        let answer = client.send(reqwest::Method::GET, path, &accept, None).await;
        let (length, frame) = answer.body.split_at(4);
        assert_eq!(u32::from_be_bytes(length.try_into().unwrap()) as usize, frame.len());
        let event = WatchEvent::decode(frame).unwrap();
        assert_eq!(event.r#type.as_deref(), Some("ADDED"));
        let pod = unwrap_envelope(&event.object.unwrap().raw.unwrap());
        let pod = k8s_pb::api::core::v1::Pod::decode(pod.as_slice()).unwrap();
        assert!(pod.metadata.unwrap().name.unwrap().starts_with("whoami-"));
    });
}

#[test]
fn errors_come_in_the_encoding_and_the_words_of_the_api_server() {
    use k8s_pb::apimachinery::pkg::apis::meta::v1::Status;

    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let status = client.get_refused("/api/v1/namespaces/dev/pods/nobody", 404).await;
        assert_eq!(status["message"], "pods \"nobody\" not found");
        assert_eq!(status["details"], json!({"name": "nobody", "kind": "pods"}));
        let path = "/apis/apps/v1/namespaces/dev/deployments/nobody";
        let answer = client.send(reqwest::Method::GET, path, &[("accept", PROTOBUF)], None).await;
        assert_eq!(answer.code, 404);
        let status = Status::decode(unwrap_envelope(&answer.body).as_slice()).unwrap();
        assert_eq!(status.message.as_deref(), Some("deployments.apps \"nobody\" not found"));
        assert_eq!((status.reason.as_deref(), status.code), (Some("NotFound"), Some(404)));
        let answer =
            client.send(reqwest::Method::GET, "/apis/velero.io/v1/backups", &[("accept", JSON)], None).await;
        assert_eq!((answer.code, answer.body.as_slice()), (404, b"404 page not found\n".as_slice()));
    });
}

#[test]
fn a_patch_whose_test_fails_changes_nothing() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let path = "/apis/apps/v1/namespaces/production/deployments/payload-cms";
        let scale = |seen: i32, wanted: i32| json!([{"op": "test", "path": "/spec/replicas", "value": seen}, {"op": "replace", "path": "/spec/replicas", "value": wanted}]);
        let kind = "application/json-patch+json";
        let status = client.patch(&format!("{path}/scale"), kind, scale(7, 3)).await.json(422);
        assert_eq!(status["reason"], "Invalid");
        assert_eq!(status["message"], "the server rejected our request due to an error in our request");
        let before = client.get(path).await;
        assert_eq!(before["spec"]["replicas"], 2);
        // A dry run answers with the result, and leaves everything as it was.
        let dry = client
            .patch(&format!("{path}/scale?dryRun=All&fieldManager=quarterdeck"), kind, scale(2, 3))
            .await
            .json(200);
        assert_eq!((&dry["kind"], &dry["spec"]["replicas"]), (&json!("Scale"), &json!(3)));
        let dry = client
            .patch(&format!("{path}?dryRun=All&fieldManager=quarterdeck"), kind, scale(2, 3))
            .await
            .json(200);
        assert_eq!((&dry["spec"]["replicas"], &dry["metadata"]["generation"]), (&json!(3), &json!(15)));
        assert_eq!(client.get(path).await, before);
        let conflict = json!({"metadata": {"resourceVersion": "5"}, "spec": {"replicas": 3}});
        let status = client.patch(path, "application/merge-patch+json", conflict).await.json(409);
        assert_eq!(status["reason"], "Conflict");
    });
}

#[test]
fn a_scaled_deployment_grows_and_shrinks() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let path = "/apis/apps/v1/namespaces/production/deployments/payload-cms";
        let all = "/apis/apps/v1/namespaces/production/deployments";
        let version = client.get(all).await["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
        let query = format!("watch=true&resourceVersion={version}&fieldSelector=metadata.name=payload-cms");
        let mut watch = client.watch(&format!("{all}?{query}")).await;
        let kind = "application/merge-patch+json";
        let scaled = client
            .patch(&format!("{path}/scale?fieldManager=quarterdeck"), kind, json!({"spec": {"replicas": 4}}))
            .await;
        assert_eq!(scaled.json(200)["spec"]["replicas"], 4);
        let unready = watch.until(|event| event["object"]["status"]["replicas"] == 4).await;
        assert_eq!(unready["object"]["status"]["readyReplicas"], 2);
        let grown = watch.until(|event| event["object"]["status"]["availableReplicas"] == 4).await;
        assert_eq!(
            grown["object"]["metadata"]["generation"],
            grown["object"]["status"]["observedGeneration"]
        );
        let managers = grown["object"]["metadata"]["managedFields"].as_array().unwrap();
        assert!(managers.iter().any(|it| it["manager"] == "quarterdeck" && it["subresource"] == "scale"));
        client.patch(path, kind, json!({"spec": {"replicas": 1}})).await.json(200);
        watch.until(|event| event["object"]["status"]["replicas"] == 1).await;
    });
}

#[test]
fn what_a_quota_refuses_is_said_by_the_deployment() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let path = "/apis/apps/v1/namespaces/staging/deployments";
        let version = client.get(path).await["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
        let mut watch = client.watch(&format!("{path}?watch=true&resourceVersion={version}")).await;
        let patch = json!({"spec": {"replicas": 60}});
        client
            .patch(&format!("{path}/frontend/scale"), "application/merge-patch+json", patch)
            .await
            .json(200);
        watch
            .until(|event| {
                event["object"]["status"]["conditions"].as_array().unwrap().iter().any(|condition| {
                    let message = condition["message"].as_str().unwrap_or_default();
                    condition["type"] == "ReplicaFailure"
                        && message.contains("exceeded quota: compute, requested:")
                })
            })
            .await;
    });
}

#[test]
fn a_new_image_is_rolled_out() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let path = "/apis/apps/v1/namespaces/staging/deployments";
        let version = client.get(path).await["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
        let mut watch = client.watch(&format!("{path}?watch=true&resourceVersion={version}")).await;
        // The image before the one that crashes.
        let image = "registry.gitlab.com/quarterdeck/backend-python:1.41.3";
        let patch = json!({"spec": {"template": {"spec": {"containers": [{"name": "backend-python", "image": image}]}}}});
        let kind = "application/strategic-merge-patch+json";
        let patched = client.patch(&format!("{path}/backend-python"), kind, patch).await.json(200);
        assert!(patched["spec"]["template"]["spec"]["containers"][0]["env"].is_array());
        watch
            .until(|event| {
                let status = &event["object"]["status"];
                event["object"]["metadata"]["name"] == "backend-python"
                    && status["updatedReplicas"] == 2
                    && status["readyReplicas"] == 2
                    && status["replicas"] == 2
                    && status["unavailableReplicas"].is_null()
            })
            .await;
    });
}

/// A question about a right.
fn access_review(verb: &str, group: &str, resource: &str, subresource: &str, namespace: &str) -> Value {
    let attributes = json!({"verb": verb, "group": group, "resource": resource, "subresource": subresource, "namespace": namespace});
    json!({"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "spec": {"resourceAttributes": attributes}})
}

#[test]
fn a_viewer_reads_and_changes_nothing() {
    run(async {
        let server = DemoServer::start(DemoOptions { user: DemoUser::Viewer, ..still() }).await.unwrap();
        let client = Client::of(&server);
        assert!(!items(&client.get("/api/v1/pods").await).is_empty());
        let path = "/apis/apps/v1/namespaces/production/deployments/backend-rust/scale";
        let patch = json!({"spec": {"replicas": 1}});
        let status = client.patch(path, "application/merge-patch+json", patch).await.json(403);
        assert_eq!(
            status["message"],
            "deployments.apps \"backend-rust\" is forbidden: User \"viewer\" cannot patch resource \"deployments/scale\" in API group \"apps\" in the namespace \"production\""
        );
        let reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        let review = client
            .post(reviews, access_review("patch", "apps", "deployments", "scale", "production"))
            .await
            .json(201);
        assert_eq!(review["status"]["allowed"], false);
        let review = client.post(reviews, access_review("list", "", "pods", "", "")).await.json(201);
        assert_eq!(review["status"]["allowed"], true);
        let identity = json!({"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1"});
        let review =
            client.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", identity).await.json(201);
        assert_eq!(review["status"]["userInfo"]["username"], "viewer");
    });
}

#[test]
fn a_restricted_user_sees_one_namespace() {
    run(async {
        let server = DemoServer::start(DemoOptions { user: DemoUser::Restricted, ..still() }).await.unwrap();
        let client = Client::of(&server);
        let status = client.get_refused("/api/v1/pods", 403).await;
        assert_eq!(
            status["message"],
            "pods is forbidden: User \"restricted\" cannot list resource \"pods\" in API group \"\" at the cluster scope"
        );
        client.get_refused("/api/v1/namespaces", 403).await;
        client.get_refused("/api/v1/namespaces/production/pods", 403).await;
        assert!(!items(&client.get("/api/v1/namespaces/staging/pods").await).is_empty());
        assert_eq!(client.get("/api/v1/namespaces/staging").await["metadata"]["name"], "staging");
        let rules = json!({"kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1", "spec": {"namespace": "production"}});
        let review =
            client.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", rules).await.json(201);
        assert_eq!(review["status"]["resourceRules"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn discovery_names_what_is_served() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        assert_eq!(client.get("/version").await["gitVersion"], "v1.34.1");
        let groups = client.get("/apis").await;
        for group in groups["groups"].as_array().unwrap() {
            for version in group["versions"].as_array().unwrap() {
                let path = format!("/apis/{}", version["groupVersion"].as_str().unwrap());
                assert_eq!(client.get(&path).await["kind"], "APIResourceList");
            }
        }
        let apps = client.get("/apis/apps/v1").await;
        assert!(apps["resources"].as_array().unwrap().iter().any(|it| it["name"] == "deployments/scale"));
        let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
        let answer = client.send(reqwest::Method::GET, "/apis", &[("accept", accept)], None).await;
        assert_eq!(answer.json(200)["kind"], "APIGroupDiscoveryList");
    });
}

#[test]
fn metadata_alone_comes_as_partial_objects() {
    use k8s_pb::apimachinery::pkg::apis::meta::v1::PartialObjectMetadataList;

    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
        let list =
            client.send(reqwest::Method::GET, "/api/v1/pods", &[("accept", accept)], None).await.json(200);
        assert_eq!(list["kind"], "PartialObjectMetadataList");
        assert!(
            items(&list).iter().all(|item| item["kind"] == "PartialObjectMetadata" && item["spec"].is_null())
        );
        let accept = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
        let answer = client.send(reqwest::Method::GET, "/api/v1/pods", &[("accept", accept)], None).await;
        let partial = PartialObjectMetadataList::decode(unwrap_envelope(&answer.body).as_slice()).unwrap();
        assert_eq!(partial.items.len(), items(&list).len());
    });
}

#[test]
fn the_kubeconfig_is_readable_by_its_owner_alone() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = server.write_kubeconfig(folder.path()).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let config = kube::config::Kubeconfig::read_from(&path).unwrap();
        assert_eq!(config.current_context.as_deref(), Some(server.context()));
        let cluster = config.clusters[0].cluster.as_ref().unwrap();
        assert_eq!(cluster.server.as_deref(), Some(server.url().as_str()));
        let viewer = server.kubeconfig_for(DemoUser::Viewer);
        assert!(!viewer.contains(server.token()));
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
