//! How clients come in: over TLS alone, under the server's own name, by a token or next to nowhere.

use quarterdeck::demo::{DemoServer, DemoUser};
use serde_json::json;

use super::client::{Client, JSON, run, still};

#[test]
fn a_wrong_token_opens_nothing_and_none_opens_what_is_public() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let status = Client::with_token(&server, "guess").get_refused("/version", 401).await;
        assert_eq!(
            (status["kind"].as_str(), status["reason"].as_str()),
            (Some("Status"), Some("Unauthorized"))
        );
        let nobody = Client::with_token(&server, "");
        assert_eq!(nobody.get("/version").await["major"], "1");
        let status = nobody.get_refused("/api/v1/pods", 403).await;
        assert_eq!(
            status["message"],
            "pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" at the cluster scope"
        );
        nobody.get_refused("/apis", 403).await;
    });
}

#[test]
fn another_servers_name_is_refused() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        for host in ["evil.example", "127.0.0.1:1", "kubernetes.default.svc"] {
            let headers = [("host", host), ("accept", JSON)];
            client.send(reqwest::Method::GET, "/version", &headers, None).await.json(403);
        }
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
        assert!(cluster.certificate_authority_data.is_some());
        let viewer = server.kubeconfig_for(DemoUser::Viewer);
        assert!(!viewer.contains(server.token()));
    });
}

#[test]
fn a_service_accounts_token_works_for_its_audience_alone() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let admin = Client::of(&server);
        let path = "/api/v1/namespaces/monitoring/serviceaccounts/prometheus/token";
        let request = json!({"spec": {"expirationSeconds": 700}});
        let given = admin.post(path, request).await.json(201);
        assert_eq!(given["spec"]["audiences"], json!(["https://kubernetes.default.svc"]));
        let token = given["status"]["token"].as_str().unwrap().to_owned();

        let prometheus = Client::with_token(&server, &token);
        let own =
            prometheus.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", json!({})).await.json(201);
        let user = &own["status"]["userInfo"];
        assert_eq!(user["username"], "system:serviceaccount:monitoring:prometheus");
        assert_eq!(
            user["groups"],
            json!(["system:serviceaccounts", "system:serviceaccounts:monitoring", "system:authenticated"])
        );
        prometheus.get("/api/v1/pods?limit=1").await;
        prometheus.get_refused("/api/v1/secrets", 403).await;

        let review = json!({"spec": {"token": token}});
        let reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
        let review = admin.post(reviews, review).await.json(201);
        assert_eq!(review["status"]["authenticated"], true);
        let (head, _) = token.rsplit_once('.').unwrap();
        let forged = format!("{head}.{}", "A".repeat(86));
        let review = admin.post(reviews, json!({"spec": {"token": forged}})).await.json(201);
        assert_eq!(review["status"]["error"], "invalid bearer token");
        Client::with_token(&server, &forged).get_refused("/version", 401).await;

        let for_others = json!({"spec": {"audiences": ["vault"]}});
        let given = admin.post(path, for_others).await.json(201);
        let token = given["status"]["token"].as_str().unwrap();
        Client::with_token(&server, token).get_refused("/version", 401).await;
        let review = json!({"spec": {"token": token, "audiences": ["vault"]}});
        let review = admin.post(reviews, review).await.json(201);
        assert_eq!(review["status"]["audiences"], json!(["vault"]));

        let short = json!({"spec": {"expirationSeconds": 5}});
        let status = admin.post(path, short).await.json(422);
        assert_eq!(
            status["message"],
            "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes"
        );
    });
}
