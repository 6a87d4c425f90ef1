//! Who is let in, and what they may do.

use quarterdeck::demo::{DemoOptions, DemoServer, DemoUser};
use serde_json::{Value, json};

use super::client::{Client, JSON, items, run, still};

/// A question about a right.
fn access_review(verb: &str, group: &str, resource: &str, subresource: &str, namespace: &str) -> Value {
    let attributes = json!({"verb": verb, "group": group, "resource": resource, "subresource": subresource, "namespace": namespace});
    json!({"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "spec": {"resourceAttributes": attributes}})
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
fn nobody_is_answered_without_tls() {
    use std::io::{Read as _, Write as _};

    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let address = server.url().strip_prefix("https://").unwrap().to_owned();
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(&address).unwrap();
            write!(stream, "GET /version HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        let answer = answer.await.unwrap();
        assert!(answer.starts_with("HTTP/1.0 400 "), "{answer}");
        assert!(answer.ends_with("Client sent an HTTP request to an HTTPS server.\n"), "{answer}");
        // The authority of one platform doesn't vouch for another.
        let other = DemoServer::start(still()).await.unwrap();
        let client = Client::trusting(other.certificate_authority(), &server.url(), server.token());
        assert!(client.try_get("/version").await.is_err());
    });
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
