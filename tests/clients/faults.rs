//! What a server can do wrong, and what is said about it.

use std::time::Duration;

use quarterdeck::clients::kubernetes::{ApiError, Connection, Limits, Status};
use tempfile::TempDir;

use crate::support::fault_server::{
    FaultServer, Scripted, answer, gated, json, refusing, status, status_json, status_protobuf,
};
use crate::support::kubeconfig::{open, open_within, with_token, write};
use crate::support::tls_server;

const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// Asks a server for `/version` that answers so.
async fn told(answer: Scripted) -> ApiError {
    told_within(Limits::default(), answer).await
}

async fn told_within(limits: Limits, answer: Scripted) -> ApiError {
    let folder = TempDir::new().unwrap();
    let server = FaultServer::start().await;
    server.once("/version", answer);
    let file = with_token(folder.path(), &server.url());
    let error = open_within(&file, limits).reader().version().await.unwrap_err();
    assert!(error.to_string().contains(&server.url()), "{error}");
    assert!(!error.advice().is_empty());
    error
}

/// The Status of a server that answers so.
async fn refused(answer: Scripted) -> Box<Status> {
    match told(answer).await {
        ApiError::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refused_connection_is_unreachable() {
    let folder = TempDir::new().unwrap();
    let url = refusing().await;
    let error = open(&with_token(folder.path(), &url)).reader().version().await.unwrap_err();
    assert_eq!(error, ApiError::Unreachable { server: url, cause: "connection refused".to_owned() });
    assert!(!error.outcome_unknown());
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let head = Duration::from_millis(200);
    let error = told_within(Limits { head, ..Limits::default() }, Scripted::Silence).await;
    assert!(matches!(&error, ApiError::TimedOut { limit, .. } if *limit == head), "{error}");
    assert!(error.outcome_unknown());
}

#[tokio::test]
async fn a_slow_server_is_waited_for() {
    let folder = TempDir::new().unwrap();
    let server = FaultServer::start().await;
    let (late, gate) = gated(json(r#"{"gitVersion": "v1.36.0", "minor": "36+"}"#));
    server.once("/version", late);
    let reader = open(&with_token(folder.path(), &server.url())).reader();
    let asking = tokio::spawn(async move { reader.version().await });
    server.received(1).await;
    assert!(!asking.is_finished());
    gate.send(()).unwrap();
    let version = asking.await.unwrap().unwrap();
    assert_eq!((version.git_version.as_str(), version.minor_number()), ("v1.36.0", Some(36)));
}

#[tokio::test]
async fn a_server_that_dies_interrupts_and_can_be_asked_again() {
    let folder = TempDir::new().unwrap();
    let server = FaultServer::start().await;
    server.once("/version", Scripted::HangUp);
    server.once("/version", json("{}"));
    let reader = open(&with_token(folder.path(), &server.url())).reader();
    let error = reader.version().await.unwrap_err();
    assert!(matches!(&error, ApiError::Interrupted { .. }), "{error:?}");
    assert!(reader.version().await.is_ok());
    drop(server);
    assert!(reader.version().await.is_err());
}

#[tokio::test]
async fn half_a_body_is_no_answer() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"major\":"
        .to_vec();
    let error = told(Scripted::Raw(half.clone())).await;
    assert!(matches!(&error, ApiError::Interrupted { .. }), "{error:?}");
    let limits = Limits { idle: Duration::from_millis(200), ..Limits::default() };
    let error = told_within(limits, Scripted::RawThenSilence(half)).await;
    assert!(matches!(&error, ApiError::TimedOut { .. }), "{error:?}");
    let error = told(json(r#"{"major": "#)).await;
    assert!(error.to_string().contains("a JSON object without its end"), "{error}");
}

#[tokio::test]
async fn garbage_is_called_so() {
    let error = told(Scripted::Raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec())).await;
    assert!(matches!(&error, ApiError::Garbage { .. }), "{error:?}");
    let error = told(json("\u{1}\u{2}\u{1b}[31mnot json")).await;
    assert!(matches!(&error, ApiError::Garbage { what, .. } if what == "no JSON, but not json"), "{error:?}");
    let page = "<!DOCTYPE html><html><title> Sign in \u{1b}]0;x\u{7}</title></html>";
    let error = told(answer(200, "text/html", page)).await;
    assert!(
        matches!(&error, ApiError::Garbage { what, .. } if what.ends_with("a web page titled “Sign in”"))
    );
    let error = told(json(r#"{"major": 1}"#)).await;
    assert!(error.to_string().contains("another object than was asked for"), "{error}");
}

#[tokio::test]
async fn a_status_is_read_from_json() {
    let forbidden = refused(status(403, "Forbidden", "pods is forbidden: \u{1b}[2Jno")).await;
    assert_eq!((forbidden.code, forbidden.reason.as_str()), (403, "Forbidden"));
    assert_eq!(forbidden.message, "pods is forbidden: no");
    assert_eq!((forbidden.details.name.as_str(), forbidden.details.kind.as_str()), ("web-1", "pods"));
    assert!(forbidden.genuine);
    let error = ApiError::Status(forbidden);
    assert!(error.is_forbidden() && !error.is_gone() && !error.is_not_found());
    assert!(told(status(404, "NotFound", "no")).await.is_not_found());
    assert!(told(status(410, "Expired", "too old")).await.is_gone());
}

#[tokio::test]
async fn a_status_is_read_from_protobuf() {
    let body = status_protobuf(403, "Forbidden", "pods is forbidden");
    let forbidden = refused(answer(403, PROTOBUF, body.clone())).await;
    assert_eq!(forbidden.message, "pods is forbidden");
    assert_eq!((forbidden.details.name.as_str(), forbidden.details.kind.as_str()), ("web-1", "pods"));
    assert!(forbidden.genuine && forbidden.has_cause("FieldValueForbidden"));
    // A code beyond one byte, as the object of a watch's event.
    let gone = ApiError::from_event("https://a", &status_protobuf(410, "Expired", "too old"));
    assert!(gone.is_gone(), "{gone:?}");
    assert!(ApiError::from_event("https://a", status_json(410, "Expired", "too old").as_bytes()).is_gone());
    assert!(matches!(ApiError::from_event("https://a", &body[..20]), ApiError::Garbage { .. }));
}

#[tokio::test]
async fn a_busy_server_says_when_to_come_back() {
    let busy = |value: &str| Scripted::Answer {
        status: 429,
        headers: vec![("Retry-After", value.to_owned())],
        body: status_json(429, "TooManyRequests", "busy").into(),
    };
    assert_eq!(told(busy("7")).await.retry_after(), Some(Duration::from_secs(7)));
    let date = busy("Thu, 01 Jan 2026 00:01:30 GMT");
    assert_eq!(told(date).await.retry_after(), Some(Duration::from_secs(90)));
    let inside = r#"{"kind": "Status", "code": 429, "details": {"retryAfterSeconds": 3, "causes": null}}"#;
    let busy = told(answer(429, "application/json", inside)).await;
    assert_eq!(busy.retry_after(), Some(Duration::from_secs(3)));
}

#[tokio::test]
async fn nothing_is_asked_again_by_itself() {
    let folder = TempDir::new().unwrap();
    let server = FaultServer::start().await;
    for code in [429, 503, 504] {
        server.once("/version", status(code, "Busy", "busy"));
    }
    let reader = open(&with_token(folder.path(), &server.url())).reader();
    for count in 1..=3 {
        assert!(reader.version().await.is_err());
        assert_eq!(server.requests().len(), count);
    }
}

#[tokio::test]
async fn what_something_in_between_says_is_shortened() {
    let plain = refused(answer(500, "text/plain", "x".repeat(5000))).await;
    assert!(plain.genuine);
    assert_eq!(plain.message.chars().count(), 301);
    assert_eq!(plain.reason, "InternalServerError");
    let page = "<html>\n<head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    let page = refused(answer(502, "text/html", page)).await;
    assert_eq!(page.message, "a web page titled “502 Bad Gateway”");
    let error = ApiError::Status(page);
    assert!(error.to_string().starts_with("something in front of http://"), "{error}");
    assert!(error.advice().contains("load balancer") && error.outcome_unknown());
    let unserved = ApiError::Status(refused(answer(404, "text/plain", "404 page not found\n")).await);
    assert!(unserved.is_not_found() && unserved.to_string().ends_with("answered 404: 404 page not found"));
    assert_eq!(refused(answer(503, "", "")).await.reason, "ServiceUnavailable");
    assert_eq!(refused(answer(302, "text/plain", "elsewhere")).await.code, 302);
}

fn over_tls(folder: &TempDir, server: &str, more: &str) -> Connection {
    open(&write(folder.path(), &format!("server: '{server}'{more}"), "token: sesame"))
}

#[tokio::test]
async fn a_certificate_that_nobody_knows_is_not_trusted() {
    let folder = TempDir::new().unwrap();
    let url = tls_server::start(false, r#"{"minor": "36"}"#);
    let error = over_tls(&folder, &url, "").reader().version().await.unwrap_err();
    assert!(matches!(&error, ApiError::Untrusted { .. }), "{error:?}");
    assert!(error.to_string().contains(&url) && error.advice().contains("certificate-authority"), "{error}");

    std::fs::write(folder.path().join("ca.pem"), tls_server::SERVER).unwrap();
    let known = over_tls(&folder, &url, ", certificate-authority: ca.pem");
    assert_eq!(known.reader().version().await.unwrap().minor, "36");
    let other =
        over_tls(&folder, &url, ", certificate-authority: ca.pem, tls-server-name: elsewhere.example");
    assert!(matches!(other.reader().version().await, Err(ApiError::Untrusted { .. })));
    let careless = over_tls(&folder, &url, ", insecure-skip-tls-verify: true");
    assert!(careless.reader().version().await.is_ok());
}

#[tokio::test]
async fn a_server_without_tls_is_told_from_one_that_is_away() {
    let folder = TempDir::new().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        std::io::Write::write_all(&mut socket, b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    });
    let error = over_tls(&folder, &url, "").reader().version().await.unwrap_err();
    assert!(
        matches!(&error, ApiError::Untrusted { cause, .. } if cause.contains("does not speak TLS")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_client_certificate_is_presented() {
    let folder = TempDir::new().unwrap();
    let url = tls_server::start(true, "{}");
    for (name, text) in
        [("ca.pem", tls_server::SERVER), ("me.pem", tls_server::CLIENT), ("me.key", tls_server::CLIENT_KEY)]
    {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let cluster = format!("server: '{url}', certificate-authority: ca.pem");
    let known = open(&write(folder.path(), &cluster, "client-certificate: me.pem, client-key: me.key"));
    assert!(known.reader().version().await.is_ok());
    let stranger = open(&write(folder.path(), &cluster, "token: sesame"));
    let error = stranger.reader().version().await.unwrap_err();
    assert!(matches!(&error, ApiError::Credential { cause, .. } if cause.contains("TLS")), "{error:?}");
    let broken = open(&write(folder.path(), &cluster, "client-certificate: me.pem, client-key: gone.key"));
    let error = broken.reader().version().await.unwrap_err();
    assert!(matches!(&error, ApiError::Credential { cause, .. } if cause.contains("gone.key")), "{error:?}");
}
