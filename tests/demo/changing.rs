//! Patches, and what the controllers make of them.

use quarterdeck::demo::DemoServer;
use serde_json::json;

use super::client::{Client, run, still};

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
        let next = before["metadata"]["generation"].as_i64().unwrap() + 1;
        assert_eq!((&dry["spec"]["replicas"], &dry["metadata"]["generation"]), (&json!(3), &json!(next)));
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
