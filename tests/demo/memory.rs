//! A client of a platform in memory, whose time the test turns.

use std::time::Duration;

use http_body_util::BodyExt as _;
use quarterdeck::demo::{DemoOptions, DemoPlatform, DemoUser};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::Value;

use super::client::{JSON, still};

/// A platform in memory, and its administrator.
pub struct Memory {
    pub platform: DemoPlatform,
    client: kube::Client,
}

/// What a request was answered with.
pub struct Answer {
    pub code: u16,
    pub warnings: Vec<String>,
    pub body: Vec<u8>,
}

impl Memory {
    /// A still platform at an instant; inside a runtime.
    pub fn new() -> Memory {
        let clock = Clock::manual(Instant::parse("2026-03-02T09:00:00Z").unwrap());
        let platform = DemoPlatform::in_memory(&DemoOptions { clock, ..still() }).unwrap();
        let client = kube::Client::new(platform.router_for(DemoUser::Admin), "default");
        Memory { platform, client }
    }

    pub async fn send(&self, method: &str, path: &str, content_type: &str, body: Vec<u8>) -> Answer {
        let mut request = http::Request::builder().method(method).uri(path).header("accept", JSON);
        if !content_type.is_empty() {
            request = request.header("content-type", content_type);
        }
        let response = self.client.send(request.body(body.into()).unwrap()).await.unwrap();
        let warnings = response.headers().get_all("warning").iter();
        let warnings = warnings.map(|value| value.to_str().unwrap().to_owned()).collect();
        let code = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { code, warnings, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", Vec::new()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, JSON, body.to_string().into_bytes()).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, JSON, body.to_string().into_bytes()).await
    }

    pub async fn merge(&self, path: &str, patch: Value) -> Answer {
        self.send("PATCH", path, "application/merge-patch+json", patch.to_string().into_bytes()).await
    }

    pub async fn delete(&self, path: &str, options: Value) -> Answer {
        let body = if options.is_null() { Vec::new() } else { options.to_string().into_bytes() };
        self.send("DELETE", path, JSON, body).await
    }

    /// Lets so many seconds pass.
    pub fn pass(&self, seconds: u64) {
        self.platform.advance(Duration::from_secs(seconds));
    }
}

impl Answer {
    pub fn json(&self, code: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.code, code, "{text}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The message of a refusal with this code.
    pub fn message(&self, code: u16) -> String {
        self.json(code)["message"].as_str().unwrap_or_default().to_owned()
    }
}
