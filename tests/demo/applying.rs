//! Server-side apply, and the account of who owns which fields.

use serde_json::{Value, json};

use super::client::{Answer, Client, JSON, run, shared};

const APPLY: &str = "application/apply-patch+yaml";
const MERGE: &str = "application/merge-patch+json";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/production/deployments";

async fn apply(client: &Client, path: &str, manager: &str, config: Value) -> Answer {
    let separator = if path.contains('?') { '&' } else { '?' };
    client.patch(&format!("{path}{separator}fieldManager={manager}"), APPLY, config).await
}

/// A deployment of one container with a port, as somebody would apply it.
fn web(name: &str, replicas: Option<i64>, image: &str) -> Value {
    let mut config = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "web", "image": image, "ports": [{"containerPort": 80}]}]},
            },
        },
    });
    if let Some(replicas) = replicas {
        config["spec"]["replicas"] = json!(replicas);
    }
    config
}

/// The entry of a manager, without its time.
fn entry(object: &Value, manager: &str, operation: &str) -> Value {
    let entries = object["metadata"]["managedFields"].as_array().expect("no managed fields");
    let mut entry = entries
        .iter()
        .find(|entry| entry["manager"] == manager && entry["operation"] == operation)
        .unwrap_or_else(|| panic!("no entry of {manager} in {entries:#?}"))
        .clone();
    entry.as_object_mut().unwrap().remove("time");
    entry
}

fn managers(object: &Value) -> Vec<(&str, &str)> {
    let entries = object["metadata"]["managedFields"].as_array().unwrap().iter();
    entries.map(|it| (it["manager"].as_str().unwrap(), it["operation"].as_str().unwrap())).collect()
}

#[test]
fn what_is_applied_is_created_owned_and_taken_away_again() {
    run(async {
        let client = Client::of(shared());
        let path = format!("{DEPLOYMENTS}/applied");
        let dry =
            apply(&client, &format!("{path}?dryRun=All"), "alice", web("applied", Some(1), "nginx:1")).await;
        dry.json(201);
        client.get_refused(&path, 404).await;
        let created = apply(&client, &path, "alice", web("applied", Some(1), "nginx:1")).await.json(201);
        let expected = json!({
            "manager": "alice",
            "operation": "Apply",
            "apiVersion": "apps/v1",
            "fieldsType": "FieldsV1",
            "fieldsV1": {
                "f:metadata": {"f:labels": {"f:app": {}}},
                "f:spec": {
                    "f:replicas": {},
                    "f:selector": {},
                    "f:template": {
                        "f:metadata": {"f:labels": {"f:app": {}}},
                        "f:spec": {"f:containers": {"k:{\"name\":\"web\"}": {
                            ".": {},
                            "f:image": {},
                            "f:name": {},
                            "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}},
                        }}},
                    },
                },
            },
        });
        assert_eq!(entry(&created, "alice", "Apply"), expected);
        // The same again changes nothing.
        let again = apply(&client, &path, "alice", web("applied", Some(1), "nginx:1")).await.json(200);
        assert_eq!(again["spec"], created["spec"]);
        assert_eq!(entry(&again, "alice", "Apply"), expected);
        // What is no longer applied goes, where nobody else owns it.
        let mut fewer = web("applied", None, "nginx:1");
        fewer["metadata"]["labels"] = json!({"team": "web"});
        let fewer = apply(&client, &path, "alice", fewer).await.json(200);
        assert_eq!(fewer["metadata"]["labels"], json!({"team": "web"}));
    });
}

#[test]
fn another_managers_fields_are_a_conflict_until_they_are_forced() {
    run(async {
        let client = Client::of(shared());
        let path = format!("{DEPLOYMENTS}/contested");
        apply(&client, &path, "alice", web("contested", Some(1), "nginx:1")).await.json(201);
        let other = |image: &str| {
            json!({
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "contested"},
                "spec": {"replicas": 3, "template": {"spec": {"containers": [{"name": "web", "image": image}]}}},
            })
        };
        let status = apply(&client, &path, "bob", other("nginx:2")).await.json(409);
        let image = ".spec.template.spec.containers[name=\"web\"].image";
        assert_eq!(
            status["message"],
            format!("Apply failed with 2 conflicts: conflicts with \"alice\":\n- .spec.replicas\n- {image}")
        );
        let cause = |field: &str| json!({"reason": "FieldManagerConflict", "message": "conflict with \"alice\"", "field": field});
        assert_eq!(
            (&status["reason"], &status["details"]),
            (&json!("Conflict"), &json!({"causes": [cause(".spec.replicas"), cause(image)]}))
        );
        let forced = apply(&client, &format!("{path}?force=true"), "bob", other("nginx:2")).await.json(200);
        assert_eq!(forced["spec"]["replicas"], 3);
        let alice = &entry(&forced, "alice", "Apply")["fieldsV1"]["f:spec"];
        assert!(alice.get("f:replicas").is_none() && alice.get("f:selector").is_some());
        // Equal values are shared, and stay until their last owner has dropped them.
        let shared = apply(&client, &path, "alice", web("contested", Some(3), "nginx:2")).await.json(200);
        assert!(entry(&shared, "alice", "Apply")["fieldsV1"]["f:spec"].get("f:replicas").is_some());
        let dropped = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "contested"},
            "spec": {"template": {"spec": {"containers": [{"name": "web", "image": "nginx:2"}]}}},
        });
        let kept = apply(&client, &path, "bob", dropped).await.json(200);
        assert_eq!(kept["spec"]["replicas"], 3);
        // An update takes its fields from appliers without asking, and its owner is named with its version.
        let carols = format!("{path}?fieldManager=carol");
        let patched = client.patch(&carols, MERGE, json!({"spec": {"replicas": 5}})).await.json(200);
        assert_eq!(entry(&patched, "carol", "Update")["fieldsV1"], json!({"f:spec": {"f:replicas": {}}}));
        assert!(entry(&patched, "alice", "Apply")["fieldsV1"]["f:spec"].get("f:replicas").is_none());
        let status = apply(&client, &path, "alice", web("contested", Some(3), "nginx:2")).await.json(409);
        let message = status["message"].as_str().unwrap();
        assert_eq!(
            message,
            "Apply failed with 1 conflict: conflict with \"carol\" using apps/v1: .spec.replicas"
        );
    });
}

#[test]
fn a_scale_and_a_status_are_accounted_for_by_themselves() {
    run(async {
        let client = Client::of(shared());
        let path = format!("{DEPLOYMENTS}/scaled");
        apply(&client, &path, "alice", web("scaled", Some(1), "nginx:1")).await.json(201);
        let scale = json!({"spec": {"replicas": 2}});
        client.patch(&format!("{path}/scale?fieldManager=dave"), MERGE, scale).await.json(200);
        let object = client.get(&path).await;
        let dave = entry(&object, "dave", "Update");
        assert_eq!(
            (&dave["subresource"], &dave["fieldsV1"]),
            (&json!("scale"), &json!({"f:spec": {"f:replicas": {}}}))
        );
        let config = json!({
            "apiVersion": "autoscaling/v1",
            "kind": "Scale",
            "metadata": {"name": "scaled"},
            "spec": {"replicas": 4},
        });
        let status = apply(&client, &format!("{path}/scale"), "erin", config.clone()).await.json(409);
        assert_eq!(
            status["message"],
            "Apply failed with 1 conflict: conflict with \"dave\" with subresource \"scale\" using autoscaling/v1: .spec.replicas"
        );
        let forced = apply(&client, &format!("{path}/scale?force=true"), "erin", config).await.json(200);
        assert_eq!(forced["spec"]["replicas"], 4);
        let object = client.get(&path).await;
        assert!(!managers(&object).contains(&("dave", "Update")));
        assert_eq!(entry(&object, "erin", "Apply")["subresource"], "scale");
        let config = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "scaled", "labels": {"not": "taken"}},
            "spec": {"replicas": 9},
            "status": {"collisionCount": 7},
        });
        let status = apply(&client, &format!("{path}/status"), "frank", config).await.json(200);
        assert_eq!(
            (&status["spec"]["replicas"], &status["status"]["collisionCount"]),
            (&json!(4), &json!(7))
        );
        let frank = entry(&status, "frank", "Apply");
        assert_eq!(
            (&frank["subresource"], &frank["fieldsV1"]),
            (&json!("status"), &json!({"f:status": {"f:collisionCount": {}}}))
        );
    });
}

#[test]
fn what_cannot_be_applied_is_refused_in_the_servers_words() {
    run(async {
        let client = Client::of(shared());
        let path = format!("{DEPLOYMENTS}/refused");
        let config = |spec: Value| json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "refused"}, "spec": spec});
        let status = client.patch(&path, APPLY, config(json!({}))).await.json(422);
        assert_eq!(
            status["message"],
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
        );
        let status = client.patch(&format!("{path}?force=true"), MERGE, json!({})).await.json(422);
        assert_eq!(
            status["message"],
            "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch"
        );
        let long = "x".repeat(129);
        let status = apply(&client, &path, &long, config(json!({}))).await.json(422);
        assert_eq!(status["details"]["causes"][0]["message"], "Too long: may not be more than 128 bytes");
        let mut other = config(json!({}));
        other["kind"] = json!("Pod");
        let status = apply(&client, &path, "a", other).await.json(400);
        assert_eq!(status["message"], "invalid object type: apps/v1, Kind=Pod");
        let mut accounted = config(json!({}));
        accounted["metadata"]["managedFields"] = json!([]);
        let status = apply(&client, &path, "a", accounted).await.json(400);
        assert_eq!(status["message"], "metadata.managedFields must be nil");
        let unfit = "failed to create typed patch object (/refused; apps/v1, Kind=Deployment):";
        let status = apply(&client, &path, "a", config(json!({"nope": 1}))).await.json(500);
        assert_eq!(status["message"], format!("{unfit} .spec.nope: field not declared in schema"));
        let status = apply(&client, &path, "a", config(json!({"replicas": "x"}))).await.json(500);
        let wrong = ".spec.replicas: expected numeric (int or float), got string";
        assert_eq!(status["message"], format!("{unfit} {wrong}"));
        let malformed = client
            .send(
                reqwest::Method::PATCH,
                &format!("{path}?fieldManager=a"),
                &[("accept", JSON), ("content-type", APPLY)],
                Some("a: [".to_owned()),
            )
            .await
            .json(400);
        let message = malformed["message"].as_str().unwrap();
        assert!(
            message.starts_with("error decoding YAML: error converting YAML to JSON: yaml: "),
            "{message}"
        );
    });
}

#[test]
fn yaml_is_applied_and_keys_that_are_there_twice_are_noticed() {
    run(async {
        let client = Client::of(shared());
        let text =
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: written\ndata:\n  a: \"1\"\n  a: \"2\"\n";
        let path = "/api/v1/namespaces/production/configmaps/written?fieldManager=a";
        let send = |query: &str| {
            let path = format!("{path}{query}");
            let client = &client;
            async move {
                let headers = [("accept", JSON), ("content-type", APPLY)];
                client.send(reqwest::Method::PATCH, &path, &headers, Some(text.to_owned())).await
            }
        };
        let strict = send("&fieldValidation=Strict").await.json(400);
        assert_eq!(
            strict["message"],
            "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 7: key \"a\" already set in map"
        );
        let created = send("").await.json(201);
        assert_eq!(created["data"], json!({"a": "2"}));
    });
}

#[test]
fn client_side_apply_is_taken_over_by_kubectl() {
    run(async {
        let client = Client::of(shared());
        let mut object = web("upgraded", Some(1), "nginx:1");
        let applied = object.to_string();
        object["metadata"]["annotations"] =
            json!({"kubectl.kubernetes.io/last-applied-configuration": applied});
        let created = client
            .post(&format!("{DEPLOYMENTS}?fieldManager=kubectl-client-side-apply"), object.clone())
            .await
            .json(201);
        let by_client = entry(&created, "kubectl-client-side-apply", "Update");
        // Labels are new as a whole; containers are a list that is always there.
        assert_eq!(by_client["fieldsV1"]["f:metadata"]["f:labels"], json!({".": {}, "f:app": {}}));
        let containers = &by_client["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:containers"];
        assert_eq!(containers.as_object().unwrap().keys().collect::<Vec<_>>(), ["k:{\"name\":\"web\"}"]);
        let path = format!("{DEPLOYMENTS}/upgraded");
        // Another applier meets the conflict, kubectl doesn't.
        apply(&client, &path, "somebody", web("upgraded", Some(2), "nginx:1")).await.json(409);
        let upgraded = apply(&client, &path, "kubectl", web("upgraded", Some(2), "nginx:1")).await.json(200);
        assert_eq!(upgraded["spec"]["replicas"], 2);
        let annotation =
            &upgraded["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"];
        let annotation: Value = serde_json::from_str(annotation.as_str().unwrap()).unwrap();
        assert_eq!(annotation["spec"]["replicas"], 2);
    });
}

#[test]
fn updates_are_accounted_for_by_manager_and_the_oldest_are_put_together() {
    run(async {
        let client = Client::of(shared());
        let config = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "updated"}, "data": {"a": "1"}});
        let maps = "/api/v1/namespaces/production/configmaps";
        let headers = [("accept", JSON), ("content-type", JSON), ("user-agent", "scribe/2.0 (linux)")];
        let created = client.send(reqwest::Method::POST, maps, &headers, Some(config.to_string())).await;
        let created = created.json(201);
        let scribe = entry(&created, "scribe", "Update");
        assert_eq!(scribe["fieldsV1"], json!({"f:data": {".": {}, "f:a": {}}}));
        let path = format!("{maps}/updated");
        for number in 0..11 {
            let patch = json!({"data": {format!("k{number}"): "x"}});
            client.patch(&format!("{path}?fieldManager=m{number:02}"), MERGE, patch).await.json(200);
        }
        let object = client.get(&path).await;
        let names: Vec<&str> = managers(&object).iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), 10);
        let ancient = entry(&object, "ancient-changes", "Update");
        assert!(ancient["fieldsV1"]["f:data"].get("f:k0").is_some());
        // The account can be thrown away, and starts anew with the next apply.
        let patch = json!({"metadata": {"managedFields": [{}]}});
        let object = client.patch(&path, MERGE, patch).await.json(200);
        assert!(object["metadata"].get("managedFields").is_none());
        let config = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "updated"}, "data": {"k0": "x"}});
        let object = apply(&client, &path, "a", config).await.json(200);
        assert_eq!(managers(&object), [("a", "Apply"), ("before-first-apply", "Update")]);
    });
}

#[test]
fn custom_objects_are_shared_by_their_schema() {
    run(async {
        let client = Client::of(shared());
        let schema = json!({
            "type": "object",
            "properties": {
                "spec": {
                    "type": "object",
                    "properties": {
                        "size": {"type": "integer"},
                        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
                        "rules": {
                            "type": "array",
                            "x-kubernetes-list-type": "map",
                            "x-kubernetes-list-map-keys": ["name"],
                            "items": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
                            },
                        },
                        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                    },
                },
            },
        });
        let definition = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "boxes.example.com"},
            "spec": {
                "group": "example.com",
                "names": {"kind": "Box", "plural": "boxes", "singular": "box", "listKind": "BoxList"},
                "scope": "Namespaced",
                "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}],
            },
        });
        let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let version =
            client.post(definitions, definition).await.json(201)["metadata"]["resourceVersion"].clone();
        let version = version.as_str().unwrap();
        let mut watch = client.watch(&format!("{definitions}?watch=true&resourceVersion={version}")).await;
        watch
            .until(|event| {
                let conditions = event["object"]["status"]["conditions"].as_array();
                conditions.is_some_and(|it| {
                    it.iter().any(|it| it["type"] == "Established" && it["status"] == "True")
                })
            })
            .await;
        let path = "/apis/example.com/v1/namespaces/production/boxes/a";
        let object = |spec: Value| json!({"apiVersion": "example.com/v1", "kind": "Box", "metadata": {"name": "a"}, "spec": spec});
        let spec = json!({
            "size": 1,
            "tags": ["x", "y"],
            "rules": [{"name": "r", "value": "1"}],
            "free": {"a": {"b": 1}, "c": [1]},
        });
        let created = apply(&client, path, "m", object(spec)).await.json(201);
        assert_eq!(
            entry(&created, "m", "Apply")["fieldsV1"]["f:spec"],
            json!({
                "f:free": {"f:a": {".": {}, "f:b": {}}, "f:c": {}},
                "f:rules": {"k:{\"name\":\"r\"}": {".": {}, "f:name": {}, "f:value": {}}},
                "f:size": {},
                "f:tags": {"v:\"x\"": {}, "v:\"y\"": {}},
            })
        );
        let more = json!({"tags": ["z"], "rules": [{"name": "s", "value": "2"}]});
        let merged = apply(&client, path, "n", object(more)).await.json(200);
        assert_eq!(merged["spec"]["tags"], json!(["x", "y", "z"]));
        assert_eq!(merged["spec"]["rules"].as_array().unwrap().len(), 2);
        let status = apply(&client, path, "n", object(json!({"size": 2, "free": {"a": 3}}))).await.json(409);
        assert_eq!(
            status["message"],
            "Apply failed with 2 conflicts: conflicts with \"m\":\n- .spec.size\n- .spec.free.a"
        );
        let status = client.patch(path, "application/strategic-merge-patch+json", json!({})).await.json(415);
        assert!(status["message"].as_str().unwrap().ends_with("application/apply-patch+yaml"));
    });
}

#[test]
fn creating_by_apply_needs_the_right_to_create() {
    run(async {
        let client = Client::of(shared());
        let roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/production";
        let rules = json!([{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "patch"]}]);
        client
            .post(&format!("{roles}/roles"), json!({"metadata": {"name": "patcher"}, "rules": rules}))
            .await
            .json(201);
        let binding = json!({
            "metadata": {"name": "patcher"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "patcher"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "pat"}],
        });
        client.post(&format!("{roles}/rolebindings"), binding).await.json(201);
        let config = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "granted"}, "data": {"a": "1"}});
        let path = "/api/v1/namespaces/production/configmaps/granted";
        let as_pat = || {
            let (client, path, config) = (&client, format!("{path}?fieldManager=pat"), config.to_string());
            async move {
                let headers = [("accept", JSON), ("content-type", APPLY), ("impersonate-user", "pat")];
                client.send(reqwest::Method::PATCH, &path, &headers, Some(config)).await
            }
        };
        let status = as_pat().await.json(403);
        assert_eq!(
            status["message"],
            "configmaps \"granted\" is forbidden: User \"pat\" cannot create resource \"configmaps\" in API group \"\" in the namespace \"production\""
        );
        apply(&client, path, "alice", config.clone()).await.json(201);
        as_pat().await.json(200);
    });
}

#[test]
fn odd_fields_are_warned_of_or_refused() {
    run(async {
        let client = Client::of(shared());
        let text = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"odd","foo":1},"spec":{"zzz":1,"replicas":2,"replicas":3,"selector":{"matchLabels":{"app":"odd"}},"template":{"metadata":{"labels":{"app":"odd"}},"spec":{"containers":[{"name":"web","image":"nginx:1","imag":3}]}}}}"#;
        let odd = "unknown field \"metadata.foo\", unknown field \"spec.zzz\", duplicate field \"spec.replicas\", unknown field \"spec.template.spec.containers[0].imag\"";
        let headers = [("accept", JSON), ("content-type", JSON)];
        let send = |query: &str| {
            let path = format!("{DEPLOYMENTS}?dryRun=All&{query}");
            let client = &client;
            async move { client.send(reqwest::Method::POST, &path, &headers, Some(text.to_owned())).await }
        };
        let status = send("fieldValidation=Strict").await.json(400);
        assert_eq!(
            status["message"],
            format!(
                "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: {odd}"
            )
        );
        let status = send("fieldValidation=Loud").await.json(422);
        assert_eq!(
            status["message"],
            "CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"Loud\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""
        );
        assert_eq!(send("fieldValidation=Ignore").await.json(201)["spec"]["replicas"], 3);
        let path = format!("{DEPLOYMENTS}/payload-cms?fieldValidation=Strict");
        let kind = "application/strategic-merge-patch+json";
        let status = client.patch(&path, kind, json!({"spec": {"nope": 1}})).await.json(422);
        assert_eq!(
            status["message"],
            " \"\" is invalid: patch: Invalid value: \"map[spec:map[nope:1]]\": strict decoding error: unknown field \"spec.nope\""
        );
    });
}
