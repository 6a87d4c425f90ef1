//! Tokens from the kubeconfig and from files.

use quarterdeck::clients::kubernetes::{ApiError, Connection, ConnectionOptions, SignInState};
use tempfile::TempDir;

use crate::support::fault_server::{FaultServer, json, status};
use crate::support::kubeconfig::{TOKEN, open, options, still_clock, with_token, write};

/// A server that accepts one token alone.
async fn accepting(token: &'static str) -> FaultServer {
    let server = FaultServer::start().await;
    server.rule(move |request| {
        let accepted = request.header("authorization") == Some(format!("Bearer {token}").as_str());
        Some(if accepted { json("{}") } else { status(401, "Unauthorized", "Unauthorized") })
    });
    server
}

#[tokio::test]
async fn a_refused_token_is_not_tried_again() {
    let folder = TempDir::new().unwrap();
    let server = accepting("another").await;
    let connection = open(&with_token(folder.path(), &server.url()));
    let error = connection.reader().version().await.unwrap_err();
    let expected = ApiError::Unauthorized { server: server.url(), message: "Unauthorized".to_owned() };
    assert_eq!(error, expected);
    assert!(error.is_unauthorized() && error.advice().contains("sign in"));
    assert_eq!(server.requests().len(), 1);
    assert_eq!(connection.sign_in().state(), SignInState::Idle);
    assert!(connection.sign_in().interactive_command().is_none());
}

#[tokio::test]
async fn no_secret_is_ever_printed() {
    let folder = TempDir::new().unwrap();
    let server = accepting("another").await;
    let file = with_token(folder.path(), &server.url());
    let connection = open(&file);
    let error = connection.reader().version().await.unwrap_err();
    let printed = format!("{connection:?} {:?} {error:?} {error} {:?}", connection.sign_in(), options(&file));
    assert!(!printed.contains(TOKEN), "{printed}");

    let token = "token-with-\u{fc}mlaut";
    let odd = write(folder.path(), &format!("server: '{}'", server.url()), &format!("token: '{token}\\n'"));
    std::fs::write(&odd, std::fs::read_to_string(&odd).unwrap().replace('\'', "\"")).unwrap();
    let error = open(&odd).reader().version().await.unwrap_err();
    assert!(matches!(&error, ApiError::Credential { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains(token), "{error:?}");
}

#[tokio::test]
async fn a_user_and_password_are_sent() {
    let folder = TempDir::new().unwrap();
    let server = FaultServer::start().await;
    server.once("/version", json("{}"));
    let file = write(folder.path(), &format!("server: '{}'", server.url()), "username: me, password: pass");
    assert!(open(&file).reader().version().await.is_ok());
    assert_eq!(server.requests()[0].header("authorization"), Some("Basic bWU6cGFzcw=="));
}

#[tokio::test]
async fn a_token_file_is_read_again_when_its_token_is_refused_or_old() {
    let folder = TempDir::new().unwrap();
    let server = FaultServer::start().await;
    server.rule(|request| {
        let fresh = request.header("authorization") != Some("Bearer stale");
        Some(if fresh { json("{}") } else { status(401, "Unauthorized", "Unauthorized") })
    });
    let token = folder.path().join("token");
    std::fs::write(&token, "first\n").unwrap();
    let file = write(folder.path(), &format!("server: '{}'", server.url()), "tokenFile: token");
    let clock = still_clock();
    let connection = Connection::open(ConnectionOptions { clock: clock.clone(), ..options(&file) }).unwrap();
    let sent = async || {
        let answered = connection.reader().version().await.is_ok();
        let requests = server.requests();
        let last = requests.last().and_then(|request| request.header("authorization")).unwrap_or_default();
        (answered, requests.len(), last.to_owned())
    };
    assert_eq!(sent().await, (true, 1, "Bearer first".to_owned()));
    std::fs::write(&token, "stale").unwrap();
    assert_eq!(sent().await, (true, 2, "Bearer first".to_owned()));
    clock.advance(61_000);
    // The stale token is refused, read again, and refused again.
    assert_eq!(sent().await, (false, 4, "Bearer stale".to_owned()));
    clock.advance(61_000);
    std::fs::write(&token, "third").unwrap();
    assert_eq!(sent().await, (true, 5, "Bearer third".to_owned()));
    // What was read stays in use when the file goes away.
    std::fs::remove_file(&token).unwrap();
    clock.advance(61_000);
    assert_eq!(sent().await, (true, 6, "Bearer third".to_owned()));
}

#[tokio::test]
async fn a_token_file_that_is_not_there_is_named() {
    let folder = TempDir::new().unwrap();
    let file = write(folder.path(), "server: 'http://192.0.2.1'", "tokenFile: nowhere");
    let error = open(&file).reader().version().await.unwrap_err();
    assert!(matches!(&error, ApiError::Credential { sign_in: false, .. }), "{error:?}");
    assert!(error.to_string().contains("nowhere can't be read"), "{error}");
}
