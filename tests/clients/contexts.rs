//! Which context a kubeconfig leads to.

use std::path::Path;

use quarterdeck::clients::kubernetes::{Connection, ConnectionError, ConnectionOptions, Environment};
use tempfile::TempDir;

use crate::support::fault_server::{FaultServer, json};
use crate::support::kubeconfig::{TOKEN, named, open, options, still_clock, with_token, write};

fn in_environment(environment: Environment) -> ConnectionOptions {
    ConnectionOptions { environment, ..ConnectionOptions::new(still_clock()) }
}

fn listing(files: &[&Path]) -> Environment {
    Environment { kubeconfig: Some(std::env::join_paths(files).unwrap()), ..Environment::default() }
}

#[test]
fn opening_needs_neither_a_runtime_nor_a_server() {
    let folder = TempDir::new().unwrap();
    let file = with_token(folder.path(), "https://192.0.2.1:6443/base/");
    let connection = open(&file);
    assert_eq!(&**connection.context(), "test");
    assert_eq!(connection.server(), "https://192.0.2.1:6443/base");
    assert_eq!(connection.default_namespace(), None);
}

#[test]
fn without_any_kubeconfig_it_says_where_it_looked_and_what_to_do() {
    let home = TempDir::new().unwrap();
    let environment = Environment { home: Some(home.path().to_owned()), ..Environment::default() };
    let error = Connection::open(in_environment(environment)).unwrap_err();
    let looked = home.path().join(".kube").join("config");
    assert_eq!(error, ConnectionError::NoKubeconfig { searched: vec![looked.clone()] });
    assert!(error.to_string().contains(&looked.display().to_string()), "{error}");
    assert!(error.advice().contains("--kubeconfig"), "{}", error.advice());
    let error = Connection::open(in_environment(Environment::default())).unwrap_err();
    assert!(error.to_string().contains("neither $KUBECONFIG nor a home folder"), "{error}");
}

#[test]
fn the_home_folder_is_used_when_the_variable_lists_nothing() {
    let home = TempDir::new().unwrap();
    std::fs::create_dir(home.path().join(".kube")).unwrap();
    with_token(&home.path().join(".kube"), "https://192.0.2.1");
    let environment = Environment {
        home: Some(home.path().to_owned()),
        kubeconfig: Some(":".into()),
        ..Environment::default()
    };
    assert_eq!(&**Connection::open(in_environment(environment)).unwrap().context(), "test");
}

#[test]
fn a_file_that_was_named_has_to_be_there() {
    let error = Connection::open(options(Path::new("/nonexistent/config"))).unwrap_err();
    assert!(matches!(&error, ConnectionError::Unreadable { .. }), "{error:?}");
    assert!(error.to_string().contains("/nonexistent/config"), "{error}");
}

#[test]
fn several_files_are_merged_and_the_first_wins() {
    let folder = TempDir::new().unwrap();
    let first = named(folder.path(), "first", "alpha", "server: 'https://192.0.2.1'", "");
    let second = named(folder.path(), "second", "beta", "server: 'https://192.0.2.2'", "");
    let missing = folder.path().join("missing");
    let environment = listing(&[&missing, &first, &second]);
    let connection = Connection::open(in_environment(environment.clone())).unwrap();
    assert_eq!((&**connection.context(), connection.server()), ("alpha", "https://192.0.2.1"));
    let other = ConnectionOptions {
        context: Some("beta".to_owned()),
        namespace: Some("shop".to_owned()),
        ..in_environment(environment)
    };
    let connection = Connection::open(other).unwrap();
    assert_eq!((&**connection.context(), connection.server()), ("beta", "https://192.0.2.2"));
    assert_eq!(connection.default_namespace(), Some("shop"));
}

#[test]
fn an_unknown_context_comes_with_the_nearest_names() {
    let folder = TempDir::new().unwrap();
    let first = named(folder.path(), "first", "production", "server: 'https://192.0.2.1'", "");
    let second = named(folder.path(), "second", "staging", "server: 'https://192.0.2.2'", "");
    let ask = |name: &str| {
        let environment = listing(&[&first, &second]);
        let asked = ConnectionOptions { context: Some(name.to_owned()), ..in_environment(environment) };
        Connection::open(asked).unwrap_err()
    };
    let error = ask("prodction");
    assert!(error.to_string().contains("did you mean `production`?"), "{error}");
    let error = ask("zzz");
    assert!(error.to_string().contains("it has `production`, `staging`"), "{error}");
    assert!(error.advice().contains("--context"), "{}", error.advice());
}

#[test]
fn a_kubeconfig_without_a_current_context_lists_those_that_there_are() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("config");
    std::fs::write(&file, "contexts:\n- name: lonely\n  context: { cluster: gone }\n").unwrap();
    let error = Connection::open(options(&file)).unwrap_err();
    assert!(matches!(&error, ConnectionError::NoCurrentContext { available } if available == &["lonely"]));
    let named = ConnectionOptions { context: Some("lonely".to_owned()), ..options(&file) };
    let error = Connection::open(named).unwrap_err();
    assert!(error.to_string().contains("names the cluster `gone`"), "{error}");
}

#[test]
fn a_broken_file_is_told_without_quoting_its_secrets() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("config");
    std::fs::write(&file, format!("users:\n- name: me\n  user: {{ token: {TOKEN}\ncontexts: [\n")).unwrap();
    let error = Connection::open(options(&file)).unwrap_err();
    assert!(matches!(&error, ConnectionError::Malformed { path, .. } if path == &file), "{error:?}");
    assert!(!format!("{error} {error:?}").contains(TOKEN), "{error}");
}

#[test]
fn what_cannot_be_used_is_named() {
    let folder = TempDir::new().unwrap();
    let fails = |cluster: &str, user: &str, words: &str| {
        let error = Connection::open(options(&write(folder.path(), cluster, user))).unwrap_err();
        assert!(error.to_string().contains("the context `test` can't be used"), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.to_string().contains("pass"), "{error}");
    };
    fails("", "", "its cluster has no server");
    fails("server: 'ftp://192.0.2.1'", "", "no http or https address");
    fails("server: 'https://192.0.2.1', certificate-authority-data: '%%'", "", "no base64");
    fails("server: 'https://192.0.2.1', certificate-authority: nowhere.pem", "", "nowhere.pem can't be read");
    fails(
        "server: 'https://192.0.2.1', proxy-url: 'gopher://me:pass@192.0.2.9'",
        "",
        "isn't supported (gopher)",
    );
    fails(
        "server: 'https://192.0.2.1'",
        "exec: { apiVersion: client.authentication.k8s.io/v1 }",
        "no command",
    );
}

#[tokio::test]
async fn the_proxy_of_the_cluster_leads_to_the_server() {
    let folder = TempDir::new().unwrap();
    let proxy = FaultServer::start().await;
    let cluster = format!("server: 'http://192.0.2.1:8080', proxy-url: '{}'", proxy.url());
    let error = open(&write(folder.path(), &cluster, "")).reader().version().await.unwrap_err();
    assert!(error.to_string().contains("http://192.0.2.1:8080 is not reachable"), "{error}");
    let request = &proxy.requests()[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("CONNECT", "192.0.2.1:8080"));
}

#[tokio::test]
async fn the_environment_names_a_proxy_and_its_exceptions() {
    let folder = TempDir::new().unwrap();
    let (server, proxy) = (FaultServer::start().await, FaultServer::start().await);
    server.rule(|_| Some(json(r#"{"minor": "36"}"#)));
    let ask = async |host: &str, exceptions: &str| {
        let file = with_token(folder.path(), &format!("http://{host}:{}", server.port()));
        let environment = Environment {
            http_proxy: Some(proxy.url()),
            no_proxy: Some(exceptions.to_owned()),
            ..Environment::default()
        };
        let connection = Connection::open(ConnectionOptions { environment, ..options(&file) }).unwrap();
        connection.reader().version().await
    };
    // Every address of 0.0.0.0/8 leads to this machine, and is none of its loopback addresses.
    assert!(ask("0.0.0.0", "example.com, 10.0.0.0/8").await.is_err());
    assert_eq!(proxy.requests().len(), 1);
    assert!(ask("0.0.0.0", "example.com, 0.0.0.0/8").await.is_ok());
    assert!(ask("127.0.0.1", "").await.is_ok());
    assert_eq!(proxy.requests().len(), 1);
}
