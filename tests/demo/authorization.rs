//! What users may do, by the roles and bindings that are objects of the platform, and what reviews say of it.

use quarterdeck::demo::{DemoOptions, DemoServer, DemoUser};
use serde_json::{Value, json};

use super::client::{Client, JSON, items, run, still};

const ACCESS_REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const RULES_REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";

/// Whether a user may do something: a verb, a resource as `kubectl auth can-i` takes it, and a namespace.
async fn decision(client: &Client, verb: &str, resource: &str, namespace: &str) -> Value {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
    let attributes = json!({"verb": verb, "group": group, "resource": resource, "subresource": subresource, "namespace": namespace});
    let review = json!({"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "spec": {"resourceAttributes": attributes}});
    client.post(ACCESS_REVIEWS, review).await.json(201)["status"].clone()
}

async fn may(client: &Client, verb: &str, resource: &str, namespace: &str) -> bool {
    decision(client, verb, resource, namespace).await["allowed"].as_bool().unwrap()
}

async fn server_of(user: DemoUser) -> DemoServer {
    DemoServer::start(DemoOptions { user, ..still() }).await.unwrap()
}

#[test]
fn a_viewer_reads_and_changes_nothing() {
    run(async {
        let server = server_of(DemoUser::Viewer).await;
        let client = Client::of(&server);
        assert!(!items(&client.get("/api/v1/pods?limit=5").await).is_empty());
        let path = "/apis/apps/v1/namespaces/production/deployments/backend-rust/scale";
        let patch = json!({"spec": {"replicas": 1}});
        let status = client.patch(path, "application/merge-patch+json", patch).await.json(403);
        assert_eq!(
            status["message"],
            "deployments.apps \"backend-rust\" is forbidden: User \"viewer\" cannot patch resource \"deployments/scale\" in API group \"apps\" in the namespace \"production\""
        );
        client.get_refused("/api/v1/secrets", 403).await;
        // What nothing is served under is refused in the same way: nobody learns what there is.
        let status = client.get_refused("/apis/example.com/v1/namespaces/dev/things/one", 403).await;
        assert_eq!(
            status["message"],
            "things.example.com \"one\" is forbidden: User \"viewer\" cannot get resource \"things\" in API group \"example.com\" in the namespace \"dev\""
        );
        let status = client.get_refused("/debug/pprof", 403).await;
        assert_eq!(status["message"], "forbidden: User \"viewer\" cannot get path \"/debug/pprof\"");
        assert_eq!(status["details"], json!({}));
    });
}

#[test]
fn a_restricted_user_sees_one_namespace() {
    run(async {
        let server = server_of(DemoUser::Restricted).await;
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

        let review = |namespace: &str| json!({"spec": {"namespace": namespace}});
        let elsewhere = client.post(RULES_REVIEWS, review("production")).await.json(201);
        let resources: Vec<&Value> = elsewhere["status"]["resourceRules"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["resources"])
            .collect();
        assert_eq!(
            resources,
            [&json!(["selfsubjectaccessreviews", "selfsubjectrulesreviews"]), &json!(["selfsubjectreviews"])]
        );
        let here = client.post(RULES_REVIEWS, review("staging")).await.json(201);
        let rules = here["status"]["resourceRules"].as_array().unwrap();
        assert!(rules.iter().any(|rule| rule["apiGroups"] == json!(["apps"])
            && rule["verbs"] == json!(["create", "delete", "deletecollection", "patch", "update"])));
        let paths = here["status"]["nonResourceRules"].to_string();
        assert!(paths.contains("/version") && paths.contains("/openapi/*"), "{paths}");
        let status = client.post(RULES_REVIEWS, json!({"spec": {}})).await.json(400);
        assert_eq!(status["message"], "no namespace on request");
    });
}

#[test]
fn an_engineer_on_call_operates_production_without_its_secrets() {
    run(async {
        let server = server_of(DemoUser::OnCall).await;
        let client = Client::of(&server);
        for (verb, resource) in [
            ("patch", "deployments.apps"),
            ("patch", "deployments.apps/scale"),
            ("create", "pods/eviction"),
            ("delete", "pods"),
            ("create", "jobs.batch"),
            ("patch", "horizontalpodautoscalers.autoscaling"),
            ("create", "pods/exec"),
        ] {
            assert!(may(&client, verb, resource, "production").await, "{verb} {resource}");
        }
        for (verb, resource) in [("get", "secrets"), ("delete", "deployments.apps"), ("create", "pods")] {
            assert!(!may(&client, verb, resource, "production").await, "{verb} {resource}");
        }
        assert!(may(&client, "patch", "nodes", "").await);
        assert!(!may(&client, "patch", "deployments.apps", "security").await);
        let decision = decision(&client, "patch", "deployments.apps", "production").await;
        assert_eq!(
            decision["reason"],
            "RBAC: allowed by RoleBinding \"on-call/production\" of ClusterRole \"platform:operator\" to Group \"platform:on-call\""
        );
    });
}

#[test]
fn nobody_is_asked_for_a_reason_who_may_do_everything() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let admin = Client::of(&server);
        assert_eq!(
            decision(&admin, "escalate", "clusterroles.rbac.authorization.k8s.io", "").await,
            json!({"allowed": true})
        );
        let path = json!({"spec": {"nonResourceAttributes": {"path": "/metrics", "verb": "get"}}});
        assert_eq!(admin.post(ACCESS_REVIEWS, path).await.json(201)["status"]["allowed"], true);
        for (spec, message) in [
            (
                json!({}),
                "spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified",
            ),
            (
                json!({"resourceAttributes": {"verb": "get"}, "nonResourceAttributes": {"path": "/x", "verb": "get"}}),
                "spec.nonResourceAttributes: Invalid value: {\"Path\":\"/x\",\"Verb\":\"get\"}: cannot be specified in combination with resourceAttributes",
            ),
        ] {
            let status = admin.post(ACCESS_REVIEWS, json!({"spec": spec})).await.json(422);
            assert_eq!(status["message"], format!(".authorization.k8s.io \"\" is invalid: {message}"));
        }
    });
}

#[test]
fn others_are_reviewed_by_their_names_and_groups() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let admin = Client::of(&server);
        let everywhere = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        let asked = json!({"user": "zoe", "groups": ["system:authenticated"], "nonResourceAttributes": {"path": "/version", "verb": "get"}});
        let review = admin.post(everywhere, json!({"spec": asked})).await.json(201);
        assert_eq!(
            review["status"]["reason"],
            "RBAC: allowed by ClusterRoleBinding \"system:discovery\" of ClusterRole \"system:discovery\" to Group \"system:authenticated\""
        );
        let asked = json!({"user": "system:serviceaccount:storage:velero", "resourceAttributes": {"verb": "delete", "resource": "nodes"}});
        let review = admin.post(everywhere, json!({"spec": asked})).await.json(201);
        assert_eq!(
            review["status"]["reason"],
            "RBAC: allowed by ClusterRoleBinding \"velero\" of ClusterRole \"cluster-admin\" to ServiceAccount \"velero/storage\""
        );
        let nobody = json!({"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}});
        let status = admin.post(everywhere, nobody).await.json(422);
        assert_eq!(
            status["message"],
            ".authorization.k8s.io \"\" is invalid: spec.user: Invalid value: \"\": at least one of user or group must be specified"
        );
        let local = "/apis/authorization.k8s.io/v1/namespaces/dev/localsubjectaccessreviews";
        let asked = |namespace: &str| json!({"spec": {"user": "x", "groups": ["platform:developers"], "resourceAttributes": {"namespace": namespace, "verb": "create", "group": "rbac.authorization.k8s.io", "resource": "roles"}}});
        let review = admin.post(local, asked("dev")).await.json(201);
        assert_eq!(review["status"]["allowed"], true);
        assert_eq!(review["metadata"]["namespace"], "dev");
        let status = admin.post(local, asked("staging")).await.json(422);
        assert!(status["message"].as_str().unwrap().ends_with("must match metadata.namespace"), "{status}");
    });
}

#[test]
fn roles_are_gathered_and_a_change_of_one_counts_at_once() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let admin = Client::of(&server);
        let restricted = Client::of_user(&server, DemoUser::Restricted);
        let roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
        let edit = admin.get(&format!("{roles}/edit")).await;
        let resources = edit["rules"].to_string();
        // What is in `view` and what a custom resource brings is in `edit` as well.
        for resource in ["deployments/rollback", "pods/log", "certificaterequests"] {
            assert!(resources.contains(resource), "{resource} is missing");
        }
        assert!(!may(&restricted, "get", "widgets.example.com", "staging").await);
        let rules = json!([{"apiGroups": ["example.com"], "resources": ["widgets"], "verbs": ["get"]}]);
        let patch = json!([{"op": "add", "path": "/rules/-", "value": rules[0]}]);
        let part = format!("{roles}/platform:view-custom-resources");
        admin.patch(&part, "application/json-patch+json", patch).await.json(200);
        let mut view = admin.watch(&format!("{roles}?watch=true&fieldSelector=metadata.name=edit")).await;
        view.until(|event| event["object"]["rules"].to_string().contains("widgets")).await;
        assert!(may(&restricted, "get", "widgets.example.com", "staging").await);
    });
}

#[test]
fn nobody_grants_more_than_they_hold() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let admin = Client::of(&server);
        // A developer administers dev, with its roles, and may look at staging alone.
        let roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/monitoring/roles/dashboards";
        let rules = json!([
            {"op": "add", "path": "/rules/-", "value": {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["get", "patch"]}},
        ]);
        admin.patch(roles, "application/json-patch+json", rules).await.json(200);
        let viewer = Client::of_user(&server, DemoUser::Viewer);
        let more = json!([
            {"op": "add", "path": "/rules/-", "value": {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}},
            {"op": "add", "path": "/rules/-", "value": {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}},
        ]);
        let status = viewer.patch(roles, "application/json-patch+json", more).await.json(403);
        assert_eq!(
            status["message"],
            "roles.rbac.authorization.k8s.io \"dashboards\" is forbidden: user \"viewer\" (groups=[\"platform:viewers\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\"]}"
        );
        let less = json!([{"op": "add", "path": "/rules/-", "value": {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}}]);
        viewer.patch(roles, "application/json-patch+json", less).await.json(200);
    });
}

#[test]
fn acting_as_someone_else_is_a_right_of_its_own() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let admin = Client::of(&server);
        let review = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
        let headers = [
            ("accept", JSON),
            ("content-type", JSON),
            ("impersonate-user", "bob"),
            ("impersonate-group", "dev"),
            ("impersonate-group", "ops"),
            ("impersonate-uid", "7"),
            ("impersonate-extra-example.com%2fscopes", "a"),
        ];
        let answer =
            admin.send(reqwest::Method::POST, review, &headers, Some("{}".to_owned())).await.json(201);
        assert_eq!(
            answer["status"]["userInfo"],
            json!({"username": "bob", "uid": "7", "groups": ["dev", "ops", "system:authenticated"], "extra": {"example.com/scopes": ["a"]}})
        );
        let as_account =
            [("accept", JSON), ("impersonate-user", "system:serviceaccount:monitoring:promtail")];
        admin.send(reqwest::Method::GET, "/api/v1/pods?limit=1", &as_account, None).await.json(200);
        let status = admin.send(reqwest::Method::GET, "/api/v1/secrets", &as_account, None).await.json(403);
        assert!(
            status["message"]
                .as_str()
                .unwrap()
                .contains("User \"system:serviceaccount:monitoring:promtail\"")
        );

        let viewer = Client::of_user(&server, DemoUser::Viewer);
        for (who, mode) in [
            ("bob", "user-info"),
            ("system:serviceaccount:dev:x", "serviceaccount"),
            ("system:node:x", "arbitrary-node"),
        ] {
            let headers = [("accept", JSON), ("impersonate-user", who)];
            let status = viewer.send(reqwest::Method::GET, "/api/v1/pods", &headers, None).await.json(403);
            assert_eq!(
                status["message"],
                format!(
                    "pods is forbidden: User \"viewer\" cannot impersonate-on:{mode}:list resource \"pods\" in API group \"\" at the cluster scope"
                )
            );
        }
        let group_alone = [("accept", JSON), ("impersonate-group", "dev")];
        let status = admin.send(reqwest::Method::GET, "/api/v1/pods", &group_alone, None).await.json(400);
        assert_eq!(
            status["message"],
            "requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{\"dev\"}, Extra:map[string][]string(nil)} without impersonating a user name"
        );
    });
}
