//! Exec credential plugins: run once, renewed, and handed to a person.
#![cfg(unix)]

use std::path::PathBuf;
use std::process::Stdio;

use futures::future::join_all;
use quarterdeck::clients::kubernetes::{ApiError, Connection, ConnectionOptions, Limits, SignInState};
use quarterdeck::platform::time::Clock;
use tempfile::TempDir;

use crate::support::fault_server::{FaultServer, json, status};
use crate::support::kubeconfig::{options, still_clock, write};
use crate::support::tls_server;

/// A plugin that counts its runs, for a server.
struct Plugin {
    folder: TempDir,
    clock: Clock,
}

impl Plugin {
    fn new() -> Self {
        Plugin { folder: TempDir::new().unwrap(), clock: still_clock() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A context whose plugin is a shell script, which finds its folder in `$FOLDER` and the number of its run in `$run`.
    fn connection(&self, server: &str, script: &str, more: &str) -> Connection {
        self.connection_to(&format!("server: '{server}'"), script, more, Limits::default())
    }

    fn connection_to(&self, cluster: &str, script: &str, more: &str, limits: Limits) -> Connection {
        let counting = "echo run >> \"$FOLDER/runs\"\nrun=$(($(wc -l < \"$FOLDER/runs\")))\n";
        std::fs::write(self.path("plugin.sh"), format!("{counting}{script}\n")).unwrap();
        let folder = self.folder.path().display();
        let user = format!(
            "exec: {{ apiVersion: client.authentication.k8s.io/v1, command: sh, args: ['{folder}/plugin.sh'], \
             env: [{{ name: FOLDER, value: '{folder}' }}]{more} }}"
        );
        let file = write(self.folder.path(), cluster, &user);
        Connection::open(ConnectionOptions { clock: self.clock.clone(), limits, ..options(&file) }).unwrap()
    }

    fn runs(&self) -> usize {
        std::fs::read_to_string(self.path("runs")).map_or(0, |runs| runs.lines().count())
    }
}

/// A script that issues `token-1`, `token-2` … with more fields of the status.
fn issuing(more: &str) -> String {
    format!(
        "cat <<END\n{{\"kind\": \"ExecCredential\", \"apiVersion\": \"client.authentication.k8s.io/v1\", \
         \"status\": {{\"token\": \"token-$run\"{more}}}}}\nEND"
    )
}

/// A server that refuses one token.
async fn refusing(token: &'static str) -> FaultServer {
    let server = FaultServer::start().await;
    server.rule(move |request| {
        let refused = request.header("authorization") == Some(format!("Bearer {token}").as_str());
        Some(if refused { status(401, "Unauthorized", "Unauthorized") } else { json("{}") })
    });
    server
}

fn tokens(server: &FaultServer) -> Vec<String> {
    let requests = server.requests();
    requests.iter().map(|request| request.header("authorization").unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_plugin_runs_once_for_all_requests_and_is_told_about_the_cluster() {
    let plugin = Plugin::new();
    let server = refusing("none").await;
    let script = format!("printf %s \"$KUBERNETES_EXEC_INFO\" > \"$FOLDER/told\"\n{}", issuing(""));
    let connection = plugin.connection(&server.url(), &script, ", provideClusterInfo: true");
    assert_eq!(plugin.runs(), 0, "opening runs nothing");
    let reader = connection.reader();
    let answers = join_all((0..5).map(|_| reader.version())).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(plugin.runs(), 1);
    assert_eq!(tokens(&server), ["Bearer token-1"; 5]);
    let told = std::fs::read(plugin.path("told")).unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told["kind"], "ExecCredential");
    assert_eq!(told["apiVersion"], "client.authentication.k8s.io/v1");
    assert_eq!(told["spec"]["interactive"], false);
    assert_eq!(told["spec"]["cluster"]["server"], server.url());
}

#[tokio::test]
async fn refusals_renew_once_and_reads_are_sent_again() {
    let plugin = Plugin::new();
    let server = refusing("token-1").await;
    let reader = plugin.connection(&server.url(), &issuing(""), "").reader();
    let answers = join_all((0..5).map(|_| reader.version())).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(plugin.runs(), 2);
    assert_eq!(tokens(&server).iter().filter(|token| *token == "Bearer token-2").count(), 5);
}

#[tokio::test]
async fn a_server_that_refuses_everything_does_not_run_the_plugin_without_end() {
    let plugin = Plugin::new();
    let server = FaultServer::start().await;
    server.rule(|_| Some(status(401, "Unauthorized", "Unauthorized")));
    let reader = plugin.connection(&server.url(), &issuing(""), "").reader();
    for _ in 0..3 {
        assert!(reader.version().await.unwrap_err().is_unauthorized());
    }
    assert_eq!((plugin.runs(), server.requests().len()), (2, 4));
    plugin.clock.advance(31_000);
    assert!(reader.version().await.is_err());
    assert_eq!(plugin.runs(), 3);
}

#[tokio::test]
async fn a_credential_is_renewed_before_it_expires() {
    let plugin = Plugin::new();
    let server = refusing("none").await;
    let script = issuing(r#", \"expirationTimestamp\": \"2026-01-01T01:00:00Z\""#).replace("\\\"", "\"");
    let reader = plugin.connection(&server.url(), &script, "").reader();
    assert!(reader.version().await.is_ok());
    plugin.clock.advance(58 * 60_000);
    assert!(reader.version().await.is_ok());
    assert_eq!(plugin.runs(), 1);
    plugin.clock.advance(90_000);
    assert!(reader.version().await.is_ok());
    assert_eq!(plugin.runs(), 2);
    assert_eq!(tokens(&server).last().map(String::as_str), Some("Bearer token-2"));
}

#[tokio::test]
async fn a_renewal_that_fails_leaves_what_is_still_good() {
    let plugin = Plugin::new();
    let server = refusing("none").await;
    let good = issuing(r#", "expirationTimestamp": "2026-01-01T01:00:00Z""#);
    let script = format!("if [ $run -gt 1 ]; then echo 'no network' >&2; exit 3; fi\n{good}");
    let reader = plugin.connection(&server.url(), &script, "").reader();
    assert!(reader.version().await.is_ok());
    plugin.clock.advance(59 * 60_000 + 10_000);
    assert!(reader.version().await.is_ok());
    assert_eq!(plugin.runs(), 2);
    plugin.clock.advance(60_000);
    let error = reader.version().await.unwrap_err();
    assert!(error.to_string().contains("no network"), "{error}");
}

#[tokio::test]
async fn a_plugin_that_fails_wants_a_person_and_is_left_alone_for_a_while() {
    let plugin = Plugin::new();
    let server = refusing("none").await;
    let script = "printf '\\033[31mtoken expired\\033[0m: run  aws sso login\\n' >&2; exit 255";
    let connection = plugin.connection(&server.url(), script, "");
    let reader = connection.reader();
    let error = reader.version().await.unwrap_err();
    assert!(matches!(&error, ApiError::Credential { sign_in: true, .. }), "{error:?}");
    assert!(error.to_string().ends_with("token expired: run aws sso login"), "{error}");
    assert!(error.advice().contains("sign in"));
    let SignInState::Wanted { plugin: name, reason } = connection.sign_in().state() else { panic!() };
    assert!(name == "sh" && reason.contains("token expired"), "{name}: {reason}");
    assert!(reader.version().await.is_err());
    assert_eq!(plugin.runs(), 1);
    connection.sign_in().retry();
    assert!(reader.version().await.is_err());
    assert_eq!(plugin.runs(), 2);
    plugin.clock.advance(31_000);
    assert!(reader.version().await.is_err());
    assert_eq!((plugin.runs(), server.requests().len()), (3, 0));
}

#[tokio::test]
async fn a_person_signs_in_at_the_terminal() {
    let plugin = Plugin::new();
    let server = refusing("none").await;
    let script = format!("printf %s \"$KUBERNETES_EXEC_INFO\" > \"$FOLDER/told\"\n{}", issuing(""));
    let connection = plugin.connection(&server.url(), &script, ", interactiveMode: Always");
    let sign_in = connection.sign_in();
    let error = connection.reader().version().await.unwrap_err();
    assert!(matches!(&error, ApiError::Credential { sign_in: true, .. }), "{error:?}");
    assert!(matches!(sign_in.state(), SignInState::Wanted { .. }));
    assert_eq!(plugin.runs(), 0);

    let mut command = sign_in.interactive_command().unwrap();
    let output = command.stdin(Stdio::null()).output().unwrap();
    sign_in.complete(&output).unwrap();
    assert!(std::fs::read_to_string(plugin.path("told")).unwrap().contains("\"interactive\":true"));
    assert_eq!(sign_in.state(), SignInState::Idle);
    assert!(connection.reader().version().await.is_ok());
    assert_eq!((plugin.runs(), tokens(&server)), (1, vec!["Bearer token-1".to_owned()]));
}

#[tokio::test]
async fn signing_in_ends_a_run_that_hangs() {
    let plugin = Plugin::new();
    let server = refusing("none").await;
    let script = format!(
        "case \"$KUBERNETES_EXEC_INFO\" in *'\"interactive\":false'*) exec sleep 600;; esac\n{}",
        issuing("")
    );
    let connection = plugin.connection(&server.url(), &script, "");
    let mut sign_in = connection.sign_in();
    let reader = connection.reader();
    let asking = tokio::spawn(async move { reader.version().await });
    assert!(matches!(sign_in.changed().await, SignInState::Running { .. }));
    let output = sign_in.interactive_command().unwrap().stdin(Stdio::null()).output().unwrap();
    sign_in.complete(&output).unwrap();
    assert!(asking.await.unwrap().is_ok());
    assert_eq!(sign_in.state(), SignInState::Idle);
}

#[tokio::test]
async fn a_person_who_fails_to_sign_in_is_asked_again() {
    let plugin = Plugin::new();
    let connection = plugin.connection("http://192.0.2.1", "exit 1", ", interactiveMode: Always");
    let mut sign_in = connection.sign_in();
    let output = sign_in.interactive_command().unwrap().stdin(Stdio::null()).output().unwrap();
    assert!(sign_in.complete(&output).is_err());
    assert!(matches!(sign_in.changed().await, SignInState::Wanted { .. }));
}

#[tokio::test]
async fn a_plugin_reads_nothing_and_what_it_says_is_shown_while_it_waits() {
    let plugin = Plugin::new();
    let limits = Limits { plugin: std::time::Duration::from_secs(2), ..Limits::default() };
    let script = "if read -r line; then echo 'read a key' >&2; fi\n\
                  echo 'visit https://sign.in/ABCD' >&2\nexec sleep 60";
    let connection = plugin.connection_to("server: 'http://192.0.2.1'", script, "", limits);
    let mut sign_in = connection.sign_in();
    let reader = connection.reader();
    let asking = tokio::spawn(async move { reader.version().await });
    loop {
        if let SignInState::Running { said, .. } = sign_in.changed().await
            && said == "visit https://sign.in/ABCD"
        {
            break;
        }
    }
    let error = asking.await.unwrap().unwrap_err();
    assert!(error.to_string().ends_with("took longer than 2 s: visit https://sign.in/ABCD"), "{error}");
    assert!(matches!(sign_in.state(), SignInState::Wanted { .. }));
}

#[tokio::test]
async fn what_a_plugin_issues_is_never_quoted() {
    let plugin = Plugin::new();
    for (script, words) in [
        ("echo 'sesame'", "answered no ExecCredential (line 1, column 1)"),
        (r#"echo '{"kind": "ExecCredential", "status": "sesame"}'"#, "answered no ExecCredential"),
        (r#"echo '{"kind": "Pod", "status": {"token": "sesame"}}'"#, "another kind"),
        (r#"echo '{"apiVersion": "v9", "status": {"token": "sesame"}}'"#, "another version"),
        (r#"echo '{"status": {"clientKeyData": "sesame"}}'"#, "a key alone"),
        (r#"echo '{"status": {"token": ""}}'"#, "neither a token nor a certificate"),
        (r#"echo '{"status": {"token": "x", "expirationTimestamp": "sesame"}}'"#, "is no time"),
    ] {
        let connection = plugin.connection("http://192.0.2.1", script, "");
        let error = connection.reader().version().await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert!(!format!("{error:?} {:?}", connection.sign_in()).contains("sesame"), "{error:?}");
    }
}

#[tokio::test]
async fn a_plugin_that_is_not_installed_comes_with_its_hint() {
    let folder = TempDir::new().unwrap();
    let user = "exec: { apiVersion: client.authentication.k8s.io/v1, command: /nonexistent/kubelogin, \
                installHint: 'get kubelogin from the wiki' }";
    let file = write(folder.path(), "server: 'http://192.0.2.1'", user);
    let error = Connection::open(options(&file)).unwrap().reader().version().await.unwrap_err();
    assert!(
        error.to_string().contains("`kubelogin` is not installed: get kubelogin from the wiki"),
        "{error}"
    );
    assert!(matches!(error, ApiError::Credential { sign_in: false, .. }));
}

#[tokio::test]
async fn a_certificate_that_a_plugin_issues_is_presented() {
    let plugin = Plugin::new();
    let url = tls_server::start(true, "{}");
    std::fs::write(plugin.path("ca.pem"), tls_server::SERVER).unwrap();
    let issued = serde_json::json!({
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1",
        "status": { "clientCertificateData": tls_server::CLIENT, "clientKeyData": tls_server::CLIENT_KEY },
    });
    std::fs::write(plugin.path("issued"), issued.to_string()).unwrap();
    let cluster = format!("server: '{url}', certificate-authority: ca.pem");
    let connection = plugin.connection_to(&cluster, "cat \"$FOLDER/issued\"", "", Limits::default());
    for _ in 0..2 {
        assert!(connection.reader().version().await.is_ok());
    }
    assert_eq!(plugin.runs(), 1);
}

#[tokio::test]
async fn nobody_is_asked_to_sign_in_with_a_plugin_that_answers_nonsense() {
    let plugin = Plugin::new();
    let server = refusing("none").await;
    let connection = plugin.connection(&server.url(), "echo hello", "");
    let error = connection.reader().version().await.unwrap_err();
    assert!(matches!(&error, ApiError::Credential { sign_in: false, .. }), "{error:?}");
    let SignInState::Broken { reason, .. } = connection.sign_in().state() else { panic!() };
    assert!(reason.contains("answered no ExecCredential"), "{reason}");
}
