//! `metav1.Status`: what an API server says instead of an object, as JSON, protobuf, text or somebody else's HTML.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use serde::Deserialize;

use super::text::presentable;

/// What the server said instead of the answer. Every text in it is fit for the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// The server's URL.
    pub server: String,
    /// The HTTP status code; for an event of a watch, the code in the object.
    pub code: u16,
    /// The reason in one word, such as `Forbidden`; empty when there is none.
    pub reason: String,
    /// What went wrong, in the server's words, at most 300 characters.
    pub message: String,
    /// Whether an API server can have said it; else it was a web page, which something in between sent.
    pub genuine: bool,
    /// After how long the server wants to be asked again.
    pub retry_after: Option<Duration>,
    /// What it is about.
    pub details: StatusDetails,
}

/// What a Status is about; texts are empty where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatusDetails {
    /// The name of the object.
    pub name: String,
    /// Its API group.
    pub group: String,
    /// Its kind, or resource.
    pub kind: String,
    /// The single reasons.
    pub causes: Vec<StatusCause>,
}

/// One single reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatusCause {
    /// The reason in one word, such as `DisruptionBudget`.
    pub reason: String,
    /// In the server's words.
    pub message: String,
    /// The field that it is about, such as `spec.replicas`.
    pub field: String,
}

impl Status {
    /// The Status object in the bytes of an object (a watch's ERROR event, or the body of an answer): protobuf with its
    /// `k8s\0` envelope, or JSON. `None` when it is no Status.
    pub fn from_object(server: &str, object: &[u8]) -> Option<Status> {
        let wire = match object.strip_prefix(ENVELOPE) {
            Some(rest) => {
                let unknown = wire::Unknown::decode(rest).ok()?;
                let meta = unknown.type_meta.unwrap_or_default();
                if meta.kind != "Status" {
                    return None;
                }
                wire::Status::decode(unknown.raw).ok()?
            }
            None => serde_json::from_slice::<json::Status>(object).ok()?.into_wire()?,
        };
        Some(Self::from_wire(server, wire))
    }

    /// The Status of an answer whose code is no success.
    pub(super) fn from_answer(server: &str, code: u16, retry_after: Option<Duration>, body: &[u8]) -> Status {
        let mut status = Self::from_object(server, body).unwrap_or_else(|| Status {
            server: server.to_owned(),
            message: in_words(body),
            // API servers themselves use plain text at times, as for a group that they don't serve.
            genuine: !is_page(body),
            ..Status::default()
        });
        status.code = code;
        if status.reason.is_empty() {
            let known = http::StatusCode::from_u16(code).ok().and_then(|code| code.canonical_reason());
            status.reason = known.unwrap_or_default().replace(' ', "");
        }
        status.retry_after = retry_after.or(status.retry_after);
        status
    }

    /// Whether a single reason has that word.
    pub fn has_cause(&self, reason: &str) -> bool {
        self.details.causes.iter().any(|cause| cause.reason == reason)
    }

    fn from_wire(server: &str, wire: wire::Status) -> Status {
        let details = wire.details.unwrap_or_default();
        let seconds = u64::try_from(details.retry_after_seconds).unwrap_or_default();
        Status {
            server: server.to_owned(),
            code: u16::try_from(wire.code).unwrap_or_default(),
            reason: presentable(&wire.reason),
            message: presentable(&wire.message),
            genuine: true,
            retry_after: (seconds > 0).then(|| Duration::from_secs(seconds)),
            details: StatusDetails {
                name: presentable(&details.name),
                group: presentable(&details.group),
                kind: presentable(&details.kind),
                causes: details
                    .causes
                    .into_iter()
                    .map(|cause| StatusCause {
                        reason: presentable(&cause.reason),
                        message: presentable(&cause.message),
                        field: presentable(&cause.field),
                    })
                    .collect(),
            },
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = if self.message.is_empty() { self.reason.as_str() } else { self.message.as_str() };
        let who = if self.genuine { "" } else { "something in front of " };
        write!(formatter, "{who}{} answered {}", self.server, self.code)?;
        if said.is_empty() { Ok(()) } else { write!(formatter, ": {said}") }
    }
}

/// What starts every protobuf object of Kubernetes.
const ENVELOPE: &[u8] = b"k8s\0";

/// What a body that is no Status says: a page shortened to its title, else its text.
pub(super) fn in_words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    if is_page(body) {
        return match title(&text) {
            Some(title) => format!("a web page titled “{}”", presentable(title)),
            None => "a web page".to_owned(),
        };
    }
    if text.chars().take(512).filter(|character| *character == char::REPLACEMENT_CHARACTER).count() > 4 {
        return format!("{} bytes that are no text", body.len());
    }
    presentable(&text)
}

fn is_page(body: &[u8]) -> bool {
    let starts_with = |tag: &str| {
        let start = body.trim_ascii_start().get(..tag.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    };
    starts_with("<!doctype html") || starts_with("<html") || starts_with("<head")
}

fn title(page: &str) -> Option<&str> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower.get(start..)?.find("</title>")?;
    page.get(start..end).map(str::trim).filter(|title| !title.is_empty())
}

/// The fields in use of the protobuf messages.
mod wire {
    use super::Bytes;

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Unknown {
        #[prost(message, optional, tag = "1")]
        pub type_meta: Option<TypeMeta>,
        #[prost(bytes = "bytes", tag = "2")]
        pub raw: Bytes,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct TypeMeta {
        #[prost(string, tag = "2")]
        pub kind: String,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Status {
        #[prost(string, tag = "3")]
        pub message: String,
        #[prost(string, tag = "4")]
        pub reason: String,
        #[prost(message, optional, tag = "5")]
        pub details: Option<Details>,
        #[prost(int32, tag = "6")]
        pub code: i32,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Details {
        #[prost(string, tag = "1")]
        pub name: String,
        #[prost(string, tag = "2")]
        pub group: String,
        #[prost(string, tag = "3")]
        pub kind: String,
        #[prost(message, repeated, tag = "4")]
        pub causes: Vec<Cause>,
        #[prost(int32, tag = "5")]
        pub retry_after_seconds: i32,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Cause {
        #[prost(string, tag = "1")]
        pub reason: String,
        #[prost(string, tag = "2")]
        pub message: String,
        #[prost(string, tag = "3")]
        pub field: String,
    }
}

/// The fields in use of the JSON object.
mod json {
    use super::{Deserialize, wire};

    #[derive(Deserialize)]
    pub struct Status {
        kind: Option<String>,
        message: Option<String>,
        reason: Option<String>,
        code: Option<i32>,
        details: Option<Details>,
    }

    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase")]
    struct Details {
        name: Option<String>,
        group: Option<String>,
        kind: Option<String>,
        causes: Option<Vec<Cause>>,
        retry_after_seconds: Option<i32>,
    }

    #[derive(Deserialize)]
    struct Cause {
        reason: Option<String>,
        message: Option<String>,
        field: Option<String>,
    }

    impl Status {
        /// The same in the shape of the other encoding; `None` when the object is of another kind.
        pub fn into_wire(self) -> Option<wire::Status> {
            if self.kind.as_deref() != Some("Status") {
                return None;
            }
            Some(wire::Status {
                message: self.message.unwrap_or_default(),
                reason: self.reason.unwrap_or_default(),
                code: self.code.unwrap_or_default(),
                details: self.details.map(|details| wire::Details {
                    name: details.name.unwrap_or_default(),
                    group: details.group.unwrap_or_default(),
                    kind: details.kind.unwrap_or_default(),
                    retry_after_seconds: details.retry_after_seconds.unwrap_or_default(),
                    causes: details
                        .causes
                        .unwrap_or_default()
                        .into_iter()
                        .map(|cause| wire::Cause {
                            reason: cause.reason.unwrap_or_default(),
                            message: cause.message.unwrap_or_default(),
                            field: cause.field.unwrap_or_default(),
                        })
                        .collect(),
                }),
            })
        }
    }
}
