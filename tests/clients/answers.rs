//! What a server says, and how it is asked.

use futures::StreamExt;
use quarterdeck::clients::kubernetes::{AccessReview, ApiError, ContentType, IntOrPercent, Reader};
use quarterdeck::platform::object::{Kind, ObjectReference, Symbol, Uid};
use tempfile::TempDir;

use crate::support::fault_server::{FaultServer, Scripted, answer, json, status, streaming};
use crate::support::kubeconfig::{TOKEN, open, with_token};

async fn server_and_reader() -> (FaultServer, Reader) {
    let folder = TempDir::new().unwrap();
    let server = FaultServer::start().await;
    let reader = open(&with_token(folder.path(), &server.url())).reader();
    (server, reader)
}

fn object(kind: Kind, namespace: &str, name: &str) -> ObjectReference {
    let [cluster, namespace, name] = ["test", namespace, name].map(Symbol::from);
    ObjectReference { cluster, kind, namespace, name, uid: None }
}

#[tokio::test]
async fn a_request_says_who_asks_and_wants_no_compression() {
    let (server, reader) = server_and_reader().await;
    server.once("/api/v1/pods", answer(200, "application/vnd.kubernetes.protobuf", "k8s\0"));
    let accept = "application/vnd.kubernetes.protobuf,application/json";
    let answer = reader.bytes("/api/v1/pods?limit=1", accept).await.unwrap();
    assert_eq!((answer.content_type, &answer.body[..]), (ContentType::Protobuf, &b"k8s\0"[..]));
    let request = &server.requests()[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/api/v1/pods?limit=1"));
    assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(request.header("accept"), Some(accept));
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert!(request.header("user-agent").unwrap().starts_with("quarterdeck/"));
}

#[tokio::test]
async fn a_body_is_handed_out_as_it_arrives() {
    let (server, reader) = server_and_reader().await;
    let (watch, feed) = streaming("application/vnd.kubernetes.protobuf;stream=watch");
    server.once("/api/v1/pods", watch);
    let mut answer = reader.stream("/api/v1/pods?watch=1", "application/json").await.unwrap();
    assert_eq!(answer.content_type, ContentType::ProtobufStream);
    feed.send("one");
    assert_eq!(answer.body.next().await, Some(Ok("one".into())));
    feed.send("two");
    assert_eq!(answer.body.next().await, Some(Ok("two".into())));
    drop(feed);
    assert_eq!(answer.body.next().await, None);
}

#[tokio::test]
async fn a_body_that_is_cut_ends_in_an_error() {
    let (server, reader) = server_and_reader().await;
    let (watch, feed) = streaming("application/json");
    server.once("/api/v1/pods", watch);
    let mut answer = reader.stream("/api/v1/pods?watch=1", "application/json").await.unwrap();
    assert_eq!(answer.content_type, ContentType::Json);
    feed.send("{}");
    assert_eq!(answer.body.next().await, Some(Ok("{}".into())));
    feed.cut();
    assert!(matches!(answer.body.next().await, Some(Err(ApiError::Interrupted { .. }))));
    assert_eq!(answer.body.next().await, None);
}

#[tokio::test]
async fn a_stream_that_is_refused_is_an_error_at_once() {
    let (server, reader) = server_and_reader().await;
    server.once("/api/v1/pods", status(403, "Forbidden", "no"));
    assert!(reader.stream("/api/v1/pods", "application/json").await.err().unwrap().is_forbidden());
}

#[tokio::test]
async fn warnings_are_kept_and_cleaned() {
    let (server, reader) = server_and_reader().await;
    let headers = vec![
        ("Content-Type", "text/plain; charset=utf-8".to_owned()),
        ("Warning", r#"299 - "v1 is \"old\" \\ gone""#.to_owned()),
        ("Warning", "299 - \"second\"".to_owned()),
    ];
    server.once("/x", Scripted::Answer { status: 200, headers, body: Vec::new() });
    let answer = reader.bytes("/x", "*/*").await.unwrap();
    assert_eq!(answer.warnings, [r#"v1 is "old" \ gone"#, "second"]);
    assert_eq!(answer.content_type, ContentType::Other("text/plain; charset=utf-8".to_owned()));
}

#[tokio::test]
async fn an_access_review_is_asked_and_answered() {
    let (server, reader) = server_and_reader().await;
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    server.once(
        path,
        answer(201, "application/json", r#"{"status": {"allowed": false, "reason": "RBAC says no"}}"#),
    );
    let deployment = object(Kind::Deployment, "shop", "web");
    let review = AccessReview::of_object("patch", &deployment).with_subresource("scale");
    let answer = reader.access_review(&review).await.unwrap();
    assert_eq!((answer.allowed, answer.reason.as_str()), (false, "RBAC says no"));
    let asked: serde_json::Value = serde_json::from_slice(&server.requests()[0].body).unwrap();
    let attributes = &asked["spec"]["resourceAttributes"];
    for (name, value) in [
        ("verb", "patch"),
        ("group", "apps"),
        ("resource", "deployments"),
        ("subresource", "scale"),
        ("namespace", "shop"),
        ("name", "web"),
    ] {
        assert_eq!(attributes[name], value);
    }
    server.once(path, json("{}"));
    assert!(matches!(reader.access_review(&review).await, Err(ApiError::Garbage { .. })));
}

#[tokio::test]
async fn lists_are_read_page_by_page_and_forgive_what_is_missing() {
    let (server, reader) = server_and_reader().await;
    let first = r#"{"metadata": {"continue": "a+b="}, "items": [{"metadata": {"name": "one", "labels": null},
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 10}, "status": null}]}"#;
    server.once("/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers?limit=500&", json(first));
    server.once("/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers", json(r#"{"items": [{}]}"#));
    let autoscalers = reader.autoscalers("shop").await.unwrap();
    assert_eq!(autoscalers.len(), 2);
    assert_eq!((autoscalers[0].spec.max_replicas, autoscalers[0].spec.min_replicas), (10, None));
    assert_eq!(autoscalers[0].spec.scale_target_ref.name, "web");
    assert!(server.requests()[1].target.contains("continue=a%2Bb%3D"));
    server.once("/api/v1/namespaces/shop/resourcequotas", json(r#"{"items": null}"#));
    assert_eq!(reader.quotas("shop").await.unwrap(), []);
}

#[tokio::test]
async fn disruption_budgets_tell_which_pods_they_protect() {
    let (server, reader) = server_and_reader().await;
    let budget = r#"{"items": [{"spec": {"maxUnavailable": "25%", "minAvailable": 2, "selector": {
        "matchLabels": {"app": "web"},
        "matchExpressions": [{"key": "tier", "operator": "In", "values": ["front"]},
                             {"key": "canary", "operator": "DoesNotExist"}]}}, "status": {"disruptionsAllowed": 0}}]}"#;
    server.once("/apis/policy/v1/namespaces/shop/poddisruptionbudgets", json(budget));
    let budgets = reader.disruption_budgets("shop").await.unwrap();
    let spec = &budgets[0].spec;
    assert_eq!(spec.max_unavailable, Some(IntOrPercent::Percent("25%".to_owned())));
    assert_eq!(spec.min_available, Some(IntOrPercent::Int(2)));
    assert_eq!(budgets[0].status.disruptions_allowed, Some(0));
    let selector = spec.selector.as_ref().unwrap();
    let labels = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    assert!(selector.matches(&labels(&[("app", "web"), ("tier", "front")])));
    assert!(!selector.matches(&labels(&[("app", "web")])));
    assert!(!selector.matches(&labels(&[("app", "web"), ("tier", "front"), ("canary", "yes")])));
}

#[tokio::test]
async fn events_are_asked_for_by_object() {
    let (server, reader) = server_and_reader().await;
    let events = r#"{"items": [
        {"type": "Warning", "reason": "BackOff", "count": 4, "lastTimestamp": "2026-01-01T00:00:00Z", "eventTime": null},
        {"reason": "Scheduled", "eventTime": "2026-01-02T00:00:00Z", "lastTimestamp": null,
         "series": {"count": 9, "lastObservedTime": "2026-01-03T00:00:00Z"}}]}"#;
    server.once("/api/v1/namespaces/shop/events", json(events));
    let mut pod = object(Kind::Pod, "shop", "web-1");
    pod.uid = Some(Uid(0xabc));
    let events = reader.events_for(&pod).await.unwrap();
    assert_eq!((events[0].times(), events[0].last_seen()), (4, Some("2026-01-01T00:00:00Z")));
    assert_eq!((events[1].times(), events[1].last_seen()), (9, Some("2026-01-03T00:00:00Z")));
    let target = &server.requests()[0].target;
    assert!(
        target.contains("fieldSelector=involvedObject.kind%3DPod%2CinvolvedObject.name%3Dweb-1%2C"),
        "{target}"
    );
    assert!(target.ends_with("involvedObject.uid%3D00000000-0000-0000-0000-000000000abc"), "{target}");
    server.once("/api/v1/namespaces/default/events", json("{}"));
    assert_eq!(reader.events_for(&object(Kind::Node, "", "worker-1")).await.unwrap(), []);
}

#[tokio::test]
async fn objects_and_scales_are_read_by_their_paths() {
    let (server, reader) = server_and_reader().await;
    let deployment = object(Kind::Deployment, "shop", "web");
    let path = "/apis/apps/v1/namespaces/shop/deployments/web";
    server.once(
        "/apis/apps/v1/namespaces/shop/deployments/web/scale",
        json(r#"{"spec": {}, "status": {"replicas": 3}}"#),
    );
    server.once(path, json(r#"{"kind": "Deployment"}"#));
    let scale = reader.scale(&deployment).await.unwrap();
    assert_eq!((scale.spec.replicas, scale.status.replicas), (0, 3));
    assert_eq!(reader.object(&deployment).await.unwrap()["kind"], "Deployment");
}

#[tokio::test]
async fn a_name_that_is_no_name_is_not_sent() {
    let (server, reader) = server_and_reader().await;
    for name in ["web/../../secrets", "web?x=1", "..", "", "we b", "web\u{1b}[2J", "web%2f"] {
        let error = reader.object(&object(Kind::Pod, "shop", name)).await.unwrap_err();
        assert!(matches!(&error, ApiError::Refused(_)), "{name}: {error:?}");
        assert!(!error.to_string().contains('\u{1b}'));
        assert!(reader.quotas(name).await.is_err());
    }
    assert!(matches!(reader.bytes("/a b", "*/*").await, Err(ApiError::Refused(_))));
    assert!(server.requests().is_empty());
}
