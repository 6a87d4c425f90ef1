//! Lists, watches, discovery and errors, in each encoding.

use k8s_pb::api::core::v1::PodList;
use prost::Message as _;
use quarterdeck::demo::{DemoOptions, DemoPlatform, DemoServer, DemoUser};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::{Value, json};

use super::client::{Client, JSON, PROTOBUF, items, names, run, still, unwrap_envelope};

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
        // Three and one in production, and one each in staging and dev.
        assert_eq!(items(&selected).len(), 6);
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
        client.get_refused("/api/v1/pods?resourceVersion=99999999999", 504).await;
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
        let answer = client
            .send(reqwest::Method::GET, "/apis/postgresql.cnpg.io/v1/backups", &[("accept", JSON)], None)
            .await;
        assert_eq!((answer.code, answer.body.as_slice()), (404, b"404 page not found\n".as_slice()));
    });
}

#[test]
fn discovery_names_what_is_served() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        assert_eq!(client.get("/version").await["gitVersion"], "v1.36.2");
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
fn a_page_shows_the_list_that_the_first_page_began_until_that_is_compacted() {
    run(async {
        let clock = Clock::manual(Instant::from_seconds(1_790_000_000));
        let platform = DemoPlatform::in_memory(&DemoOptions { clock, ..still() }).unwrap();
        let client = kube::Client::new(platform.router_for(DemoUser::Admin), "default");
        let get = async |path: String| {
            let request = http::Request::get(path).body(kube::client::Body::empty()).unwrap();
            let response = client.send(request).await.unwrap();
            let code = response.status().as_u16();
            let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
            (code, serde_json::from_slice::<Value>(&body).unwrap())
        };
        let path = "/api/v1/namespaces/production/pods";
        let all = get(path.to_owned()).await.1;
        let version = all["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
        let first = get(format!("{path}?limit=1")).await.1;
        let token = first["metadata"]["continue"].as_str().unwrap().to_owned();
        let rest = first["metadata"]["remainingItemCount"].as_u64().unwrap() as usize;
        let last = items(&all).last().unwrap()["metadata"]["name"].as_str().unwrap();
        let gone = http::Request::delete(format!("{path}/{last}?gracePeriodSeconds=0"));
        client.send(gone.body(kube::client::Body::empty()).unwrap()).await.unwrap();
        assert!(!names(&get(path.to_owned()).await.1).contains(&last.to_owned()));
        let next = get(format!("{path}?continue={token}")).await.1;
        assert_eq!((items(&next).len(), &next["metadata"]["resourceVersion"]), (rest, &json!(version)));
        let exact = format!("{path}?resourceVersion={version}&resourceVersionMatch=Exact");
        assert_eq!(get(exact.clone()).await.1, all);
        platform.compact();
        let (code, status) = get(format!("{path}?continue={token}")).await;
        assert_eq!((code, &status["reason"]), (410, &json!("Expired")));
        let token = status["metadata"]["continue"].as_str().unwrap();
        assert_eq!(items(&get(format!("{path}?continue={token}")).await.1).len(), rest - 1);
        assert_eq!(get(exact).await.0, 410);
    });
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        for (query, code, message) in [
            (
                "resourceVersionMatch=Exact",
                422,
                "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
            ),
            (
                "sendInitialEvents=true",
                422,
                "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list",
            ),
            ("labelSelector=a%20in%20b", 400, "unable to parse requirement: found 'b' expected: '('"),
            ("labelSelector=a,,b", 400, "found ',', expected: identifier after ','"),
            ("fieldSelector=x", 400, "invalid selector: 'x'; can't understand 'x'"),
            ("fieldSelector=spec.colour=red", 400, "field label not supported: spec.colour"),
        ] {
            let status = client.get_refused(&format!("/api/v1/pods?{query}"), code).await;
            assert_eq!(status["message"], message);
        }
        let path = "/apis/apps/v1/deployments?fieldSelector=spec.replicas=1";
        let status = client.get_refused(path, 400).await;
        assert_eq!(
            status["message"],
            "\"spec.replicas\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        );
    });
}
