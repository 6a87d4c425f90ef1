//! The kinds of patch, and what a patch may not do.

use serde_json::{Value, json};

use super::client::{Client, run, shared};

const JSON_PATCH: &str = "application/json-patch+json";
const MERGE: &str = "application/merge-patch+json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";
const FRONTEND: &str = "/apis/apps/v1/namespaces/production/deployments/frontend";
const PATH: &str = "/apis/apps/v1/namespaces/production/deployments/payload-cms";

/// The containers that a strategic patch of the containers would leave; nothing is kept.
async fn containers(client: &Client, patch: Value) -> Value {
    let patch = json!({"spec": {"template": {"spec": patch}}});
    let mut patched = client.patch(&format!("{PATH}?dryRun=All"), STRATEGIC, patch).await.json(200);
    patched["spec"]["template"]["spec"]["containers"].take()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[test]
fn a_strategic_patch_merges_lists_by_their_keys() {
    run(async {
        let client = Client::of(shared());
        let sidecar = json!({"name": "sidecar", "image": "busybox:1"});
        let both = containers(&client, json!({"containers": [sidecar]})).await;
        assert_eq!(names(&both), ["sidecar", "payload-cms"]);
        // What Go always writes is there, though nobody sent it.
        assert_eq!(both[0]["resources"], json!({}));
        let order = json!([{"name": "payload-cms"}, {"name": "sidecar"}]);
        let ordered =
            containers(&client, json!({"containers": [sidecar], "$setElementOrder/containers": order})).await;
        assert_eq!(names(&ordered), ["payload-cms", "sidecar"]);
        let replaced = containers(&client, json!({"containers": [sidecar, {"$patch": "replace"}]})).await;
        assert_eq!(names(&replaced), ["sidecar"]);
        // Ports merge by their number here, and by another key in a service.
        let port = json!({"containerPort": 9999, "name": "debug"});
        let with_port =
            containers(&client, json!({"containers": [{"name": "payload-cms", "ports": [port]}]})).await;
        let ports = with_port[0]["ports"].as_array().unwrap();
        assert!(ports.len() >= 2 && ports[0]["containerPort"] == 9999 && ports[0]["protocol"] != 0);
        let variables = with_port[0]["env"].as_array().unwrap().clone();
        let gone = json!({"name": variables[0]["name"], "$patch": "delete"});
        let fewer =
            containers(&client, json!({"containers": [{"name": "payload-cms", "env": [gone]}]})).await;
        assert_eq!(fewer[0]["env"].as_array().unwrap()[..], variables[1..]);
        let without_key = json!({"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}});
        let status = client.patch(PATH, STRATEGIC, without_key).await.json(500);
        assert_eq!(status["message"], "map: map[image:x] does not contain declared merge key: name");
        assert!(status.get("reason").is_none());
    });
}

#[test]
fn directives_of_a_strategic_patch_are_carried_out() {
    run(async {
        let client = Client::of(shared());
        let dry = format!("{FRONTEND}?dryRun=All");
        let finalizers = json!({"metadata": {"finalizers": ["example.com/a", "example.com/b"]}});
        client.patch(FRONTEND, STRATEGIC, finalizers).await.json(200);
        let added = json!({"metadata": {"finalizers": ["example.com/c", "example.com/a"]}});
        let added = client.patch(&dry, STRATEGIC, added).await.json(200);
        assert_eq!(
            added["metadata"]["finalizers"],
            json!(["example.com/c", "example.com/a", "example.com/b"])
        );
        let removed = json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/a"]}});
        let removed = client.patch(&dry, STRATEGIC, removed).await.json(200);
        assert_eq!(removed["metadata"]["finalizers"], json!(["example.com/b"]));
        let recreate = json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}});
        let recreate = client.patch(&dry, STRATEGIC, recreate).await.json(200);
        assert_eq!(recreate["spec"]["strategy"], json!({"type": "Recreate"}));
        let labels = json!({"metadata": {"labels": {"$patch": "replace", "only": "this"}}});
        let labels = client.patch(&dry, STRATEGIC, labels).await.json(200);
        assert_eq!(labels["metadata"]["labels"], json!({"only": "this"}));
        let cleared = json!({"metadata": {"finalizers": null}});
        let cleared = client.patch(&dry, STRATEGIC, cleared).await.json(200);
        assert!(cleared["metadata"].get("finalizers").is_none());
        let unlisted = json!({"spec": {"strategy": {"$retainKeys": [], "type": "Recreate"}}});
        let status = client.patch(&dry, STRATEGIC, unlisted).await.json(400);
        assert_eq!(status["message"], "invalid patch format of retainKeys");
        let nowhere = json!({"spec": {"template": {"spec": {"$setElementOrder/nope": []}}}});
        let status = client.patch(&dry, STRATEGIC, nowhere).await.json(500);
        assert_eq!(
            status["message"],
            "unable to find api field in struct PodSpec for the json field \"nope\""
        );
    });
}

#[test]
fn what_is_no_patch_of_its_kind_is_refused() {
    run(async {
        let client = Client::of(shared());
        let status = client.patch(PATH, "text/plain", json!({})).await.json(415);
        assert_eq!(status["message"], "415: Unsupported Media Type");
        let refusals = [
            (
                MERGE,
                json!([1]),
                "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
            ),
            (
                STRATEGIC,
                json!([1]),
                "json: cannot unmarshal array into Go value of type map[string]interface {}",
            ),
            (
                JSON_PATCH,
                json!({}),
                "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
            ),
            (
                MERGE,
                json!({"metadata": {"name": "other"}}),
                "the name of the object (other) does not match the name on the URL (payload-cms)",
            ),
            (
                MERGE,
                json!({"metadata": {"name": null}}),
                "the name of the object (payload-cms based on URL) was undeterminable: name must be provided",
            ),
            (
                STRATEGIC,
                json!({"metadata": {"namespace": "staging"}}),
                "the namespace of the provided object does not match the namespace sent on the request",
            ),
        ];
        for (kind, patch, message) in refusals {
            let status = client.patch(PATH, kind, patch).await.json(400);
            assert_eq!((&status["message"], &status["reason"]), (&json!(message), &json!("BadRequest")));
        }
        for operation in [
            json!({"op": "jump", "path": "/spec"}),
            json!({"op": "remove", "path": "/spec/nope"}),
            json!({"op": "replace", "path": "/spec/template/spec/containers/9/image", "value": "x"}),
        ] {
            let status = client.patch(PATH, JSON_PATCH, json!([operation])).await.json(422);
            assert_eq!(status["message"], "the server rejected our request due to an error in our request");
        }
        let status = client.patch(PATH, MERGE, json!({"kind": "Pod"})).await.json(422);
        let cause = &status["details"]["causes"][0];
        assert_eq!((&cause["reason"], &cause["field"]), (&json!("FieldValueInvalid"), &json!("patch")));
        let message = status["message"].as_str().unwrap();
        assert!(message.contains("no kind \"Pod\" is registered for version \"apps/v1\""), "{message}");
        let status = client.patch(PATH, MERGE, json!({"metadata": {"uid": "abc"}})).await.json(422);
        assert_eq!(status["details"]["causes"][0]["message"], "Invalid value: \"abc\": field is immutable");
    });
}

#[test]
fn a_patch_that_changes_nothing_leaves_the_version() {
    run(async {
        let client = Client::of(shared());
        let before = client.get(PATH).await;
        let metadata = json!({"metadata": {"generation": 99, "creationTimestamp": "2020-01-01T00:00:00Z"}});
        for (kind, patch) in [
            (MERGE, json!({})),
            (MERGE, json!({"spec": {"paused": false}})),
            (MERGE, metadata),
            (STRATEGIC, json!({"kind": "Pod", "spec": {"replicas": before["spec"]["replicas"]}})),
            (
                JSON_PATCH,
                json!([{"op": "test", "path": "/spec/replicas", "value": before["spec"]["replicas"]}]),
            ),
            (JSON_PATCH, json!([{"op": "test", "path": "/spec/paused", "value": null}])),
        ] {
            let after = client.patch(PATH, kind, patch.clone()).await.json(200);
            assert_eq!(after, before, "{patch}");
        }
        // A negative index counts from the end.
        let path = "/spec/template/spec/containers/-1/image";
        let patch = json!([{"op": "replace", "path": path, "value": "example.com/other:1"}]);
        let after = client.patch(&format!("{PATH}?dryRun=All"), JSON_PATCH, patch).await.json(200);
        let containers = after["spec"]["template"]["spec"]["containers"].as_array().unwrap();
        assert_eq!(containers.last().unwrap()["image"], "example.com/other:1");
    });
}
