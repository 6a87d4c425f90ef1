//! Creating and replacing objects.

use prost::Message as _;
use serde_json::json;

use super::client::{PROTOBUF, run};
use super::memory::Memory;

const MAPS: &str = "/api/v1/namespaces/staging/configmaps";

#[test]
fn an_object_is_created_once_with_what_the_server_sets() {
    run(async {
        let platform = Memory::new();
        let body = json!({"metadata": {"name": "a", "uid": "mine", "generation": 7}, "data": {"x": "y"}, "unknown": 1});
        let dry = platform.post(&format!("{MAPS}?dryRun=All"), body.clone()).await.json(201);
        assert!(dry["metadata"]["resourceVersion"].is_null(), "{dry}");
        platform.get(&format!("{MAPS}/a")).await.json(404);
        let created = platform.post(MAPS, body.clone()).await;
        assert_eq!(created.warnings, ["299 - \"unknown field \\\"unknown\\\"\""]);
        let created = created.json(201);
        let metadata = &created["metadata"];
        assert_eq!((&created["kind"], &created["data"]["x"]), (&json!("ConfigMap"), &json!("y")));
        assert_eq!(metadata["namespace"], "staging");
        assert_eq!(metadata["creationTimestamp"], "2026-03-02T09:00:00Z");
        assert_ne!(metadata["uid"], "mine");
        assert!(metadata["generation"].is_null() && created["unknown"].is_null());
        assert_eq!(platform.get(&format!("{MAPS}/a")).await.json(200), created);
        let again = platform.post(MAPS, body).await.json(409);
        assert_eq!(
            (&again["reason"], &again["message"]),
            (&json!("AlreadyExists"), &json!("configmaps \"a\" already exists"))
        );
        assert_eq!(again["details"], json!({"name": "a", "kind": "configmaps"}));
    });
}

#[test]
fn names_are_generated_and_protobuf_is_read() {
    run(async {
        let platform = Memory::new();
        let generated = platform.post(MAPS, json!({"metadata": {"generateName": "run-"}})).await.json(201);
        let name = generated["metadata"]["name"].as_str().unwrap();
        assert!(name.starts_with("run-") && name.len() == 9, "{name}");
        let map = k8s_pb::api::core::v1::ConfigMap {
            metadata: Some(k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta {
                name: Some("binary".to_owned()),
                ..Default::default()
            }),
            ..Default::default()
        };
        let unknown = k8s_pb::apimachinery::pkg::runtime::Unknown {
            raw: Some(map.encode_to_vec()),
            ..Default::default()
        };
        let body = [&b"k8s\0"[..], &unknown.encode_to_vec()].concat();
        let created = platform.send("POST", MAPS, PROTOBUF, body).await.json(201);
        assert_eq!(created["metadata"]["name"], "binary");
    });
}

#[test]
fn what_is_wrong_with_a_body_is_said() {
    run(async {
        let platform = Memory::new();
        let refused = [
            (
                json!({"kind": "Pod", "apiVersion": "v1"}),
                "Pod in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion",
            ),
            (
                json!({"kind": "ConfigMap", "apiVersion": "v2"}),
                "ConfigMap in version \"v2\" cannot be handled as a ConfigMap: no kind \"ConfigMap\" is registered for version \"v2\" in scheme \"pkg/runtime/scheme.go:111\"",
            ),
            (
                json!({"metadata": {"name": "a", "namespace": "dev"}}),
                "the namespace of the provided object does not match the namespace sent on the request",
            ),
            (
                json!({"metadata": {"name": "a", "resourceVersion": "4"}}),
                "resourceVersion should not be set on objects to be created",
            ),
        ];
        for (body, message) in refused {
            assert_eq!(platform.post(MAPS, body).await.message(400), message);
        }
        let yaml = platform.send("POST", MAPS, "application/yaml", b"a: b".to_vec()).await.json(415);
        assert_eq!(yaml["reason"], "UnsupportedMediaType");
        let gone = platform
            .post("/api/v1/namespaces/nowhere/configmaps", json!({"metadata": {"name": "a"}}))
            .await
            .json(404);
        assert_eq!(gone["message"], "namespaces \"nowhere\" not found");
        let wrong = json!({"metadata": {"name": "A_b", "labels": {"a b": "-"}, "finalizers": ["x"]}});
        let wrong = platform.post(MAPS, wrong).await.json(422);
        let causes: Vec<_> = wrong["details"]["causes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["field"].as_str().unwrap())
            .collect();
        assert_eq!(causes, ["metadata.name", "metadata.labels", "metadata.labels", "metadata.finalizers[0]"]);
        let message = wrong["message"].as_str().unwrap();
        assert!(message.starts_with("ConfigMap \"A_b\" is invalid: [metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must"), "{message}");
        let nameless = platform.post(MAPS, json!({})).await.message(422);
        assert_eq!(
            nameless,
            "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required"
        );
    });
}

#[test]
fn a_replacement_has_to_know_what_it_replaces() {
    run(async {
        let platform = Memory::new();
        let created =
            platform.post(MAPS, json!({"metadata": {"name": "a"}, "data": {"x": "1"}})).await.json(201);
        let path = format!("{MAPS}/a");
        let mut next = created.clone();
        next["data"] = json!({"x": "2"});
        let replaced = platform.put(&path, next.clone()).await.json(200);
        assert_eq!(
            (&replaced["data"]["x"], &replaced["metadata"]["uid"]),
            (&json!("2"), &created["metadata"]["uid"])
        );
        // The version that it was made from is no longer the latest.
        let stale = platform.put(&path, next).await.json(409);
        assert_eq!(stale["reason"], "Conflict");
        let other = platform.put(&path, json!({"metadata": {"name": "b"}})).await.message(400);
        assert_eq!(other, "the name of the object (b) does not match the name on the URL (a)");
        platform.put(&format!("{MAPS}/new"), json!({"metadata": {"name": "new"}})).await.json(404);
        let same = platform.put(&path, replaced.clone()).await.json(200);
        assert_eq!(same["metadata"]["resourceVersion"], replaced["metadata"]["resourceVersion"]);
        // A lease is made where there is none.
        let lease = "/apis/coordination.k8s.io/v1/namespaces/staging/leases/leader";
        platform
            .put(lease, json!({"metadata": {"name": "leader"}, "spec": {"holderIdentity": "a"}}))
            .await
            .json(201);
    });
}

#[test]
fn a_service_is_given_an_address_and_ports() {
    run(async {
        let platform = Memory::new();
        let path = "/api/v1/namespaces/staging/services";
        let body = json!({"metadata": {"name": "a"}, "spec": {"type": "NodePort", "ports": [{"port": 80}], "selector": {"a": "b"}}});
        let created = platform.post(path, body).await.json(201);
        let address = created["spec"]["clusterIP"].as_str().unwrap();
        assert!(address.starts_with("10.96."), "{address}");
        let port = created["spec"]["ports"][0]["nodePort"].as_i64().unwrap();
        assert!((30_000..=32_767).contains(&port), "{port}");
        let body =
            json!({"metadata": {"name": "b"}, "spec": {"clusterIP": address, "ports": [{"port": 80}]}});
        let taken = platform.post(path, body).await.message(422);
        assert_eq!(
            taken,
            format!(
                "Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"{address}\"]: failed to allocate IP {address}: provided IP is already allocated"
            )
        );
    });
}
