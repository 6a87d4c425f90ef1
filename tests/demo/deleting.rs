//! Deleting objects: at once, gracefully, held by finalizers, or many together.

use serde_json::{Value, json};

use super::client::run;
use super::memory::Memory;

const MAPS: &str = "/api/v1/namespaces/staging/configmaps";

#[test]
fn an_object_goes_at_once_or_with_its_last_finalizer() {
    run(async {
        let platform = Memory::new();
        let created = platform.post(MAPS, json!({"metadata": {"name": "a"}})).await.json(201);
        let uid = &created["metadata"]["uid"];
        let path = format!("{MAPS}/a");
        let refused = platform.delete(&path, json!({"preconditions": {"uid": "x"}})).await.json(409);
        assert_eq!(refused["details"], json!({"name": "a", "kind": "ConfigMap"}));
        assert_eq!(
            refused["message"],
            format!(
                "Operation cannot be fulfilled on ConfigMap \"a\": the UID in the precondition (x) does not match the UID in record ({}). The object might have been deleted and then recreated",
                uid.as_str().unwrap()
            )
        );
        platform.delete(&path, json!({"preconditions": {"resourceVersion": "1"}})).await.json(409);
        let wrong = platform.delete(&path, json!({"propagationPolicy": "Soon"})).await.message(422);
        assert_eq!(
            wrong,
            "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"Soon\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""
        );
        platform.delete(&format!("{path}?dryRun=All"), Value::Null).await.json(200);
        let gone = platform.delete(&path, Value::Null).await.json(200);
        assert_eq!(
            (&gone["status"], &gone["details"]),
            (&json!("Success"), &json!({"name": "a", "kind": "configmaps", "uid": uid}))
        );
        platform.delete(&path, Value::Null).await.json(404);

        platform.post(MAPS, json!({"metadata": {"name": "held", "finalizers": ["a.io/b"]}})).await.json(201);
        let path = format!("{MAPS}/held");
        let marked = platform.delete(&path, Value::Null).await.json(200);
        assert_eq!(marked["metadata"]["deletionTimestamp"], "2026-03-02T09:00:00Z");
        assert_eq!(marked["metadata"]["deletionGracePeriodSeconds"], 0);
        let more = platform
            .merge(&path, json!({"metadata": {"finalizers": ["a.io/b", "c.io/d"]}}))
            .await
            .message(422);
        assert!(more.contains("no new finalizers can be added if the object is being deleted, found new finalizers []string{\"c.io/d\"}"), "{more}");
        platform.merge(&path, json!({"metadata": {"finalizers": null}})).await.json(200);
        platform.get(&path).await.json(404);
    });
}

#[test]
fn a_selection_is_deleted_together() {
    run(async {
        let platform = Memory::new();
        for (name, tier) in [("a", "x"), ("b", "x"), ("c", "y")] {
            platform
                .post(MAPS, json!({"metadata": {"name": name, "labels": {"tier": tier}}}))
                .await
                .json(201);
        }
        let deleted = platform.delete(&format!("{MAPS}?labelSelector=tier%3Dx"), Value::Null).await.json(200);
        assert_eq!(
            (&deleted["kind"], deleted["items"].as_array().unwrap().len()),
            (&json!("ConfigMapList"), 2)
        );
        platform.get(&format!("{MAPS}/a")).await.json(404);
        platform.get(&format!("{MAPS}/c")).await.json(200);
        platform.delete("/api/v1/namespaces", Value::Null).await.json(405);
    });
}

#[test]
fn a_pod_ends_within_its_grace_period() {
    run(async {
        let platform = Memory::new();
        let pods = "/api/v1/namespaces/staging/pods";
        let list =
            platform.get(&format!("{pods}?labelSelector=app.kubernetes.io/name%3Dfrontend")).await.json(200);
        let name = list["items"][0]["metadata"]["name"].as_str().unwrap().to_owned();
        let path = format!("{pods}/{name}");
        let marked = platform.delete(&path, json!({"gracePeriodSeconds": 20})).await.json(200);
        assert_eq!(marked["metadata"]["deletionTimestamp"], "2026-03-02T09:00:20Z");
        // A longer period changes nothing, a shorter one does.
        let same = platform.delete(&path, json!({"gracePeriodSeconds": 60})).await.json(200);
        assert_eq!(same["metadata"]["deletionGracePeriodSeconds"], 20);
        let sooner = platform.delete(&path, json!({"gracePeriodSeconds": 10})).await.json(200);
        assert_eq!(sooner["metadata"]["deletionTimestamp"], "2026-03-02T09:00:10Z");
        platform.pass(60);
        platform.get(&path).await.json(404);
        let name = list["items"][1]["metadata"]["name"].as_str().unwrap().to_owned();
        let path = format!("{pods}/{name}");
        platform.delete(&path, json!({"gracePeriodSeconds": 0})).await.json(200);
        platform.get(&path).await.json(404);
    });
}
