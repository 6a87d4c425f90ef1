//! What goes with its owner, what it waits for, and how a namespace goes.

use serde_json::{Value, json};

use super::client::run;
use super::memory::Memory;

const MAPS: &str = "/api/v1/namespaces/staging/configmaps";

/// Creates a config map that this owner has, and gives its own reference as an owner.
async fn create(platform: &Memory, name: &str, owners: Value) -> Value {
    let body = json!({"metadata": {"name": name, "ownerReferences": owners}});
    let created = platform.post(MAPS, body).await.json(201);
    json!({"apiVersion": "v1", "kind": "ConfigMap", "name": name, "uid": created["metadata"]["uid"], "blockOwnerDeletion": true})
}

async fn is_there(platform: &Memory, name: &str) -> bool {
    platform.get(&format!("{MAPS}/{name}")).await.code == 200
}

#[test]
fn dependents_go_with_their_last_owner() {
    run(async {
        let platform = Memory::new();
        let (a, b) = (create(&platform, "a", json!([])).await, create(&platform, "b", json!([])).await);
        create(&platform, "of-both", json!([a, b])).await;
        let child = create(&platform, "of-a", json!([a])).await;
        create(&platform, "grandchild", json!([child])).await;
        platform.delete(&format!("{MAPS}/a"), Value::Null).await.json(200);
        platform.pass(1);
        assert!(!is_there(&platform, "of-a").await && !is_there(&platform, "grandchild").await);
        let shared = platform.get(&format!("{MAPS}/of-both")).await.json(200);
        assert_eq!(shared["metadata"]["ownerReferences"].as_array().unwrap().len(), 1);
        platform.delete(&format!("{MAPS}/b"), Value::Null).await.json(200);
        // One whose owner has never been goes at once.
        let nobody = json!({"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "nobody"});
        create(&platform, "lost", json!([nobody])).await;
        platform.pass(1);
        assert!(!is_there(&platform, "of-both").await && !is_there(&platform, "lost").await);
    });
}

#[test]
fn an_owner_waits_for_its_dependents_or_lets_them_go() {
    run(async {
        let platform = Memory::new();
        let owner = create(&platform, "owner", json!([])).await;
        let body =
            json!({"metadata": {"name": "held", "finalizers": ["a.io/b"], "ownerReferences": [owner]}});
        platform.post(MAPS, body).await.json(201);
        let path = format!("{MAPS}/owner");
        let marked = platform.delete(&path, json!({"propagationPolicy": "Foreground"})).await.json(200);
        assert_eq!(marked["metadata"]["finalizers"], json!(["foregroundDeletion"]));
        platform.pass(5);
        let held = platform.get(&format!("{MAPS}/held")).await.json(200);
        assert!(held["metadata"]["deletionTimestamp"].is_string() && is_there(&platform, "owner").await);
        platform.merge(&format!("{MAPS}/held"), json!({"metadata": {"finalizers": null}})).await.json(200);
        platform.pass(1);
        assert!(!is_there(&platform, "held").await && !is_there(&platform, "owner").await);

        let owner = create(&platform, "parent", json!([])).await;
        create(&platform, "orphan", json!([owner])).await;
        platform.delete(&format!("{MAPS}/parent"), json!({"propagationPolicy": "Orphan"})).await.json(200);
        platform.pass(1);
        assert!(!is_there(&platform, "parent").await);
        let orphan = platform.get(&format!("{MAPS}/orphan")).await.json(200);
        assert!(orphan["metadata"]["ownerReferences"].is_null());
    });
}

#[test]
fn a_deployment_takes_its_pods_with_it_and_a_namespace_everything() {
    run(async {
        let platform = Memory::new();
        let selected = "labelSelector=app.kubernetes.io/name%3Dfrontend";
        let pods = format!("/api/v1/namespaces/staging/pods?{selected}");
        let count = |list: Value| list["items"].as_array().unwrap().len();
        assert!(count(platform.get(&pods).await.json(200)) > 0);
        platform.delete("/apis/apps/v1/namespaces/staging/deployments/frontend", Value::Null).await.json(200);
        platform.pass(120);
        assert_eq!(count(platform.get(&pods).await.json(200)), 0);
        let sets = format!("/apis/apps/v1/namespaces/staging/replicasets?{selected}");
        assert_eq!(count(platform.get(&sets).await.json(200)), 0);

        platform.post("/api/v1/namespaces", json!({"metadata": {"name": "trial"}})).await.json(201);
        platform.pass(1);
        platform.get("/api/v1/namespaces/trial/serviceaccounts/default").await.json(200);
        platform.get("/api/v1/namespaces/trial/configmaps/kube-root-ca.crt").await.json(200);
        let held = json!({"metadata": {"name": "held", "finalizers": ["a.io/b"]}});
        platform.post("/api/v1/namespaces/trial/configmaps", held).await.json(201);
        let going = platform.delete("/api/v1/namespaces/trial", Value::Null).await.json(200);
        assert_eq!(going["status"]["phase"], "Terminating");
        let refused = platform
            .post("/api/v1/namespaces/trial/secrets", json!({"metadata": {"name": "a"}}))
            .await
            .json(403);
        assert_eq!(
            refused["message"],
            "secrets \"a\" is forbidden: unable to create new content in namespace trial because it is being terminated"
        );
        assert_eq!(refused["details"]["causes"][0]["reason"], "NamespaceTerminating");
        platform.pass(2);
        let waiting = platform.get("/api/v1/namespaces/trial").await.json(200);
        let condition = |kind: &str| {
            let conditions = waiting["status"]["conditions"].as_array().unwrap();
            conditions.iter().find(|it| it["type"] == kind).unwrap()["message"].clone()
        };
        assert_eq!(
            condition("NamespaceContentRemaining"),
            "Some resources are remaining: configmaps has 1 resource instances"
        );
        assert_eq!(
            condition("NamespaceFinalizersRemaining"),
            "Some content in the namespace has finalizers remaining: a.io/b in 1 resource instances"
        );
        let map = "/api/v1/namespaces/trial/configmaps/held";
        platform.merge(map, json!({"metadata": {"finalizers": null}})).await.json(200);
        platform.pass(5);
        platform.get("/api/v1/namespaces/trial").await.json(404);
        let kept = platform.delete("/api/v1/namespaces/default", Value::Null).await.message(403);
        assert_eq!(kept, "namespaces \"default\" is forbidden: this namespace may not be deleted");
    });
}
