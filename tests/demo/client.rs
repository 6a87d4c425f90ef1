//! A client of a running platform, for the tests of it.

use std::sync::LazyLock;
use std::time::Duration;

use prost::Message as _;
use quarterdeck::demo::{DemoOptions, DemoPlatform, DemoServer, DemoUser};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::Value;

pub const JSON: &str = "application/json";
pub const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
/// Longer than anything takes, even on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client of one user of a running platform.
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    pub fn of(server: &DemoServer) -> Client {
        Client::with_token(server, server.token())
    }

    pub fn with_token(server: &DemoServer, token: &str) -> Client {
        Client::trusting(server.certificate_authority(), &server.url(), token)
    }

    /// A client of one of the built-in users, whoever the server's own kubeconfig is for.
    pub fn of_user(server: &DemoServer, user: DemoUser) -> Client {
        Client::with_token(server, server.token_of(user))
    }

    /// A client that trusts one authority alone.
    pub fn trusting(authority: &str, url: &str, token: &str) -> Client {
        let authority = reqwest::Certificate::from_pem(authority.as_bytes()).unwrap();
        let http = reqwest::Client::builder().tls_certs_only([authority]).build().unwrap();
        Client { http, url: url.to_owned(), token: token.to_owned() }
    }

    pub async fn try_get(&self, path: &str) -> reqwest::Result<reqwest::Response> {
        self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await
    }

    pub async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        let code = response.status().as_u16();
        Answer { code, body: response.bytes().await.unwrap().to_vec() }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.send(reqwest::Method::GET, path, &[("accept", JSON)], None).await.json(200)
    }

    pub async fn get_refused(&self, path: &str, code: u16) -> Value {
        self.send(reqwest::Method::GET, path, &[("accept", JSON)], None).await.json(code)
    }

    pub async fn patch(&self, path: &str, kind: &str, patch: Value) -> Answer {
        let headers = [("accept", JSON), ("content-type", kind)];
        self.send(reqwest::Method::PATCH, path, &headers, Some(patch.to_string())).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let headers = [("accept", JSON), ("content-type", JSON)];
        self.send(reqwest::Method::POST, path, &headers, Some(body.to_string())).await
    }

    pub async fn watch(&self, path: &str) -> Watch {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        Watch { response, buffer: Vec::new() }
    }
}

/// An answer that has come whole.
pub struct Answer {
    pub code: u16,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self, code: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.code, code, "{text}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

/// A running watch in JSON.
pub struct Watch {
    pub response: reqwest::Response,
    buffer: Vec<u8>,
}

impl Watch {
    pub async fn next(&mut self) -> Value {
        tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = self.buffer.drain(..=end).collect();
                    return serde_json::from_slice(&line).unwrap();
                }
                self.buffer.extend(self.response.chunk().await.unwrap().expect("the watch has ended"));
            }
        })
        .await
        .expect("nothing more came")
    }

    /// Waits for an event that satisfies the condition.
    pub async fn until(&mut self, condition: impl Fn(&Value) -> bool) -> Value {
        tokio::time::timeout(PATIENCE, async {
            loop {
                let event = self.next().await;
                if condition(&event) {
                    return event;
                }
            }
        })
        .await
        .expect("the condition never held")
    }
}

/// A still platform that several tests share. Each of them keeps to objects of its own.
pub fn shared() -> &'static DemoServer {
    static SERVER: LazyLock<DemoServer> = LazyLock::new(|| {
        // A runtime can't wait for another on the same thread.
        std::thread::spawn(|| run(DemoServer::start(still())).unwrap()).join().unwrap()
    });
    &SERVER
}

/// A platform in which nothing happens by itself.
pub fn still() -> DemoOptions {
    DemoOptions { churn: 0.0, ..DemoOptions::default() }
}

pub fn run<T>(test: impl Future<Output = T>) -> T {
    // reqwest is built without a provider of its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

pub fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().unwrap()
}

pub fn names(list: &Value) -> Vec<String> {
    items(list).iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

/// The raw message in the envelope of a protobuf answer.
pub fn unwrap_envelope(body: &[u8]) -> Vec<u8> {
    let unknown = body.strip_prefix(b"k8s\0").expect("no protobuf magic");
    k8s_pb::apimachinery::pkg::runtime::Unknown::decode(unknown).unwrap().raw.unwrap()
}

/// A still platform in memory, whose time the test turns; inside a runtime.
pub fn in_memory() -> DemoPlatform {
    let clock = Clock::manual(Instant::parse("2026-03-02T09:00:00Z").unwrap());
    DemoPlatform::in_memory(&DemoOptions { clock, ..still() }).unwrap()
}

/// What the administrator is answered by a platform in memory.
pub async fn ask(platform: &DemoPlatform, path: &str, accept: &str) -> (u16, Vec<u8>) {
    let client = kube::Client::new(platform.router_for(DemoUser::Admin), "default");
    let request = http::Request::get(path).header("accept", accept);
    let response = client.send(request.body(kube::client::Body::empty()).unwrap()).await.unwrap();
    let code = response.status().as_u16();
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    (code, body.to_vec())
}
