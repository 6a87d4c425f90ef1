//! What may be asked of an API server. Nothing here changes anything.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use super::access::{AccessAnswer, AccessReview, ReviewedAccess};
use super::error::ApiError;
use super::objects::{Autoscaler, DisruptionBudget, Event, Page, ResourceQuota, Scale, ServerVersion};
use super::status::in_words;
use super::transport::{Call, Transport, warnings};
use crate::platform::object::{Kind, ObjectReference};

/// The most bytes of an answer that is read as a whole.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
/// The most objects of one page, of those that are read for one object or namespace.
const PAGE: usize = 500;
/// What is accepted where JSON is wanted.
const JSON: &str = "application/json";

/// The form in which an answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentType {
    /// One protobuf object, in its `k8s\0` envelope.
    Protobuf,
    /// Protobuf events of a watch, each with its length before it.
    ProtobufStream,
    /// One JSON object, or JSON events of a watch, one a line.
    Json,
    /// Something else, as the server calls it; empty when it calls it nothing.
    Other(String),
}

impl ContentType {
    fn of(headers: &HeaderMap) -> Self {
        let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let value = value.to_ascii_lowercase();
        let mut parts = value.split(';').map(str::trim);
        match parts.next().unwrap_or_default() {
            "application/json" => ContentType::Json,
            "application/vnd.kubernetes.protobuf" if parts.any(|part| part == "stream=watch") => {
                ContentType::ProtobufStream
            }
            "application/vnd.kubernetes.protobuf" => ContentType::Protobuf,
            _ => ContentType::Other(value),
        }
    }
}

/// An answer as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its form.
    pub content_type: ContentType,
    /// Its bytes.
    pub body: Bytes,
    /// What the server warns of, fit for the screen.
    pub warnings: Vec<String>,
}

/// An answer whose body arrives bit by bit. Dropping it ends the request.
pub struct StreamingAnswer {
    /// Its form.
    pub content_type: ContentType,
    /// Its bytes as they arrive, without any limit of time; after an error nothing follows.
    pub body: BoxStream<'static, Result<Bytes, ApiError>>,
    /// What the server warns of, fit for the screen.
    pub warnings: Vec<String>,
}

/// The reading half of the client. Cloning shares the connection.
#[derive(Clone)]
pub struct Reader {
    transport: Transport,
}

impl Reader {
    pub(super) fn new(transport: Transport) -> Self {
        Reader { transport }
    }

    /// The server's URL, for messages.
    pub fn server(&self) -> &str {
        self.transport.server()
    }

    /// GETs a path with its query, and reads the whole body, of at most 64 MiB.
    ///
    /// # Errors
    /// When the server can't be reached, refuses, or breaks off.
    pub async fn bytes(&self, path_and_query: &str, accept: &str) -> Result<Answer, ApiError> {
        self.whole(&Call::get(path_and_query, accept)).await
    }

    /// GETs a path with its query, and hands the body out as it arrives.
    ///
    /// # Errors
    /// When the server can't be reached or refuses; what happens later comes through the body.
    pub async fn stream(&self, path_and_query: &str, accept: &str) -> Result<StreamingAnswer, ApiError> {
        let received = self.transport.send(&Call::get(path_and_query, accept)).await?;
        let server = self.server().to_owned();
        let chunks = received.body.into_data_stream();
        let body =
            chunks.map(move |chunk| chunk.map_err(|error| ApiError::from_body(&server, &error))).boxed();
        Ok(StreamingAnswer {
            content_type: ContentType::of(&received.headers),
            body,
            warnings: warnings(&received.headers),
        })
    }

    /// GETs a path with its query as JSON.
    ///
    /// # Errors
    /// As [`Reader::bytes`], and when the answer is no such object.
    pub async fn json<T: DeserializeOwned>(&self, path_and_query: &str) -> Result<T, ApiError> {
        let answer = self.bytes(path_and_query, JSON).await?;
        self.parse(&answer)
    }

    /// Asks whether this user may do something.
    ///
    /// # Errors
    /// When the server doesn't say.
    pub async fn access_review(&self, review: &AccessReview) -> Result<AccessAnswer, ApiError> {
        let call = Call {
            method: Method::POST,
            path_and_query: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            accept: JSON,
            content_type: Some(JSON),
            body: Bytes::from(review.body().to_string()),
            // It is a question in spite of its method.
            repeatable: true,
        };
        let answer = self.whole(&call).await?;
        let reviewed: ReviewedAccess = self.parse(&answer)?;
        reviewed
            .answer()
            .ok_or_else(|| self.transport.garbage("an access review without an answer".to_owned()))
    }

    /// Who the server takes this user for; empty where it doesn't say.
    ///
    /// # Errors
    /// When the server doesn't answer, or has no SelfSubjectReview (before 1.28).
    pub async fn user_name(&self) -> Result<String, ApiError> {
        let review = serde_json::json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "SelfSubjectReview",
        });
        let call = Call {
            method: Method::POST,
            path_and_query: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            accept: JSON,
            content_type: Some(JSON),
            body: Bytes::from(review.to_string()),
            // It is a question in spite of its method.
            repeatable: true,
        };
        let answer = self.whole(&call).await?;
        let reviewed: serde_json::Value = self.parse(&answer)?;
        let name = reviewed.pointer("/status/userInfo/username").and_then(serde_json::Value::as_str);
        Ok(super::text::presentable(name.unwrap_or_default()))
    }

    /// The server's version.
    ///
    /// # Errors
    /// As [`Reader::json`].
    pub async fn version(&self) -> Result<ServerVersion, ApiError> {
        self.json("/version").await
    }

    /// An object in full.
    ///
    /// # Errors
    /// As [`Reader::json`].
    pub async fn object(&self, object: &ObjectReference) -> Result<serde_json::Value, ApiError> {
        self.json(&path_of(object)?).await
    }

    /// The scale of a workload.
    ///
    /// # Errors
    /// As [`Reader::json`].
    pub async fn scale(&self, object: &ObjectReference) -> Result<Scale, ApiError> {
        self.json(&format!("{}/scale", path_of(object)?)).await
    }

    /// The autoscalers of a namespace.
    ///
    /// # Errors
    /// As [`Reader::json`].
    pub async fn autoscalers(&self, namespace: &str) -> Result<Vec<Autoscaler>, ApiError> {
        let path = Kind::HorizontalPodAutoscaler.path(Some(segment(namespace)?));
        self.list(&path, "").await
    }

    /// The resource quotas of a namespace.
    ///
    /// # Errors
    /// As [`Reader::json`].
    pub async fn quotas(&self, namespace: &str) -> Result<Vec<ResourceQuota>, ApiError> {
        self.list(&format!("/api/v1/namespaces/{}/resourcequotas", segment(namespace)?), "").await
    }

    /// The disruption budgets of a namespace.
    ///
    /// # Errors
    /// As [`Reader::json`].
    pub async fn disruption_budgets(&self, namespace: &str) -> Result<Vec<DisruptionBudget>, ApiError> {
        let namespace = segment(namespace)?;
        self.list(&format!("/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets"), "").await
    }

    /// The events about an object, in no particular order.
    ///
    /// # Errors
    /// As [`Reader::json`].
    pub async fn events_for(&self, object: &ObjectReference) -> Result<Vec<Event>, ApiError> {
        // Those about what has no namespace are kept in `default`.
        let namespace = if object.namespace.is_empty() { "default" } else { segment(&object.namespace)? };
        let (kind, name) = (object.kind.name(), segment(&object.name)?);
        let mut selector = format!("involvedObject.kind%3D{kind}%2CinvolvedObject.name%3D{name}");
        // A node's own reports carry its name in place of its identity.
        if let Some(uid) = object.uid.filter(|_| object.kind != Kind::Node) {
            selector.push_str(&format!("%2CinvolvedObject.uid%3D{uid}"));
        }
        let query = format!("fieldSelector={selector}");
        self.list(&format!("/api/v1/namespaces/{namespace}/events"), &query).await
    }

    /// Every page of a list.
    async fn list<T: DeserializeOwned>(&self, path: &str, query: &str) -> Result<Vec<T>, ApiError> {
        let mut items = Vec::new();
        let mut token = String::new();
        loop {
            let page: Page<T> = self.json(&format!("{path}?limit={PAGE}{token}&{query}")).await?;
            let (some, next) = page.open();
            items.extend(some);
            match next {
                Some(next) => token = format!("&continue={}", escaped(&next)),
                None => return Ok(items),
            }
        }
    }

    async fn whole(&self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let received = self.transport.send(call).await?;
        Ok(Answer {
            content_type: ContentType::of(&received.headers),
            warnings: warnings(&received.headers),
            body: self.transport.collect(received.body, LONGEST_ANSWER).await?,
        })
    }

    fn parse<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, ApiError> {
        parse(&self.transport, &answer.body)
    }
}

/// Reads a JSON object.
pub(super) fn parse<T: DeserializeOwned>(transport: &Transport, body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => format!("another object than was asked for ({error})"),
            serde_json::error::Category::Eof => "a JSON object without its end".to_owned(),
            _ => format!("no JSON, but {}", in_words(body)),
        };
        transport.garbage(super::text::presentable(&what))
    })
}

/// The path of an object, once it is sure that its name and namespace are nothing but segments of it.
pub(super) fn path_of(object: &ObjectReference) -> Result<String, ApiError> {
    segment(&object.name)?;
    if object.kind.namespaced() {
        segment(&object.namespace)?;
    }
    Ok(object.path())
}

fn segment(name: &str) -> Result<&str, ApiError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':');
    if name.is_empty() || name == "." || name == ".." || !name.bytes().all(fits) {
        let shown = super::text::presentable(name);
        return Err(ApiError::Refused(format!("`{shown}` is no name of an object or a namespace")));
    }
    Ok(name)
}

/// A value of a query, with everything escaped that could mean something there.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
