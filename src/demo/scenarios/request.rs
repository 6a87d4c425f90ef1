//! Requests that a scenario makes, as anyone could make them.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::demo::api::{self, ApiState};

/// A request of a script.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedRequest {
    /// `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The path.
    pub path: String,
    /// How a patch is to be read: `merge`, `strategic` or `json`.
    #[serde(default)]
    pub patch: Option<String>,
    /// The body.
    #[serde(default)]
    pub body: Value,
    /// Who does it, as the manager of the fields that it sets.
    #[serde(default = "person")]
    pub manager: String,
    /// A list, with selectors if need be: the request is made for each of its objects, whose path comes before `path`.
    #[serde(default)]
    pub each: Option<String>,
}

/// How a request was answered.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The status code.
    pub code: u16,
    /// The answer.
    pub body: Value,
}

impl Outcome {
    /// Whether it was done.
    pub fn done(&self) -> bool {
        (200..300).contains(&self.code)
    }
}

fn person() -> String {
    "kubectl".to_owned()
}

impl ScriptedRequest {
    /// Makes the request, of each object where that is asked for. Gives the first refusal, or the last answer.
    pub fn make(&self, state: &Arc<ApiState>) -> Outcome {
        let Some(list) = &self.each else { return self.make_at(state, &self.path) };
        let found = api::perform(state, "GET", list, "", String::new());
        let path = list.split('?').next().unwrap_or_default();
        let mut last = Outcome { code: found.0, body: found.1 };
        if !last.done() {
            return last;
        }
        let items = last.body["items"].as_array().cloned().unwrap_or_default();
        for item in items {
            let name = item["metadata"]["name"].as_str().unwrap_or_default();
            last = self.make_at(state, &format!("{path}/{name}{}", self.path));
            if !last.done() {
                break;
            }
        }
        last
    }

    fn make_at(&self, state: &Arc<ApiState>, path: &str) -> Outcome {
        let kind = match (self.method.as_str(), self.patch.as_deref()) {
            ("PATCH", Some("strategic")) => "application/strategic-merge-patch+json",
            ("PATCH", Some("json")) => "application/json-patch+json",
            ("PATCH", _) => "application/merge-patch+json",
            _ => "application/json",
        };
        let body = if self.body.is_null() { String::new() } else { self.body.to_string() };
        let path = if self.method == "DELETE" {
            path.to_owned()
        } else {
            let joint = if path.contains('?') { '&' } else { '?' };
            format!("{path}{joint}fieldManager={}", self.manager)
        };
        let (code, body) = api::perform(state, &self.method, &path, kind, body);
        Outcome { code, body }
    }
}
