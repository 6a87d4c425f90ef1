//! A platform in memory on a clock that the test turns.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use quarterdeck::demo::{DemoOptions, DemoPlatform, DemoUser};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::Value;

/// A Wednesday, 06:00 UTC.
pub const START: Instant = Instant::from_seconds(1_790_143_200);

/// A still platform, and requests to it without a socket.
pub struct Memory {
    platform: DemoPlatform,
    router: TowerToHyperService<Router>,
    runtime: tokio::runtime::Runtime,
}

impl Memory {
    pub fn new() -> Memory {
        Memory::with(DemoOptions { churn: 0.0, ..DemoOptions::default() })
    }

    /// A platform of these options, on a clock of its own.
    pub fn with(options: DemoOptions) -> Memory {
        let clock = Clock::manual(START);
        let platform = DemoPlatform::in_memory(&DemoOptions { clock, ..options }).unwrap();
        let router = TowerToHyperService::new(platform.router_for(DemoUser::Admin));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Memory { platform, router, runtime }
    }

    /// Lets so many seconds pass.
    pub fn pass(&self, seconds: u64) {
        self.platform.advance(Duration::from_secs(seconds));
    }

    /// Lets time pass, second by second, until the condition holds; fails after so many seconds.
    pub fn until<T>(&self, seconds: u64, what: &str, mut condition: impl FnMut(&Memory) -> Option<T>) -> T {
        for _ in 0..=seconds {
            if let Some(found) = condition(self) {
                return found;
            }
            self.pass(1);
        }
        panic!("not within {seconds} s: {what}")
    }

    pub fn send(&self, method: &str, path: &str, kind: &str, body: Option<&Value>) -> (u16, Value) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1")
            .header("accept", "application/json")
            .header("content-type", kind)
            .body(Body::from(body))
            .unwrap();
        self.runtime.block_on(async {
            let response = self.router.call(request).await.unwrap();
            let code = response.status().as_u16();
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (code, serde_json::from_slice(&body).unwrap_or_default())
        })
    }

    pub fn get(&self, path: &str) -> Value {
        let (code, body) = self.send("GET", path, "application/json", None);
        assert_eq!(code, 200, "{path}: {body}");
        body
    }

    /// The items of a list.
    pub fn items(&self, path: &str) -> Vec<Value> {
        self.get(path)["items"].as_array().cloned().unwrap_or_default()
    }

    pub fn merge(&self, path: &str, patch: Value) -> Value {
        let (code, body) = self.send("PATCH", path, "application/merge-patch+json", Some(&patch));
        assert_eq!(code, 200, "{path}: {body}");
        body
    }

    pub fn delete(&self, path: &str) {
        let (code, body) = self.send("DELETE", path, "application/json", None);
        assert!(code == 200 || code == 202, "{path}: {code} {body}");
    }

    /// The messages of the events about an object, in the order of their names, with their reasons.
    pub fn events(&self, namespace: &str, kind: &str, name: &str) -> Vec<(String, String)> {
        let fields = format!("involvedObject.kind={kind},involvedObject.name={name}");
        let events = self.items(&format!("/api/v1/namespaces/{namespace}/events?fieldSelector={fields}"));
        let text = |event: &Value, field: &str| event[field].as_str().unwrap_or_default().to_owned();
        events.iter().map(|event| (text(event, "reason"), text(event, "message"))).collect()
    }
}

/// A condition of an object's status.
pub fn condition<'a>(object: &'a Value, kind: &str) -> &'a Value {
    let conditions = object["status"]["conditions"].as_array();
    conditions.and_then(|all| all.iter().find(|it| it["type"] == kind)).unwrap_or(&Value::Null)
}
