//! One request, and the head of its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, USER_AGENT, WARNING};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use kube::client::Body;
use tokio::time::timeout;

use super::connection::Limits;
use super::credentials::{Credentials, Session};
use super::error::ApiError;
use super::status::Status;
use super::text::presentable;
use crate::platform::time::{Clock, Instant};

/// The most bytes that are read of an answer that is no success.
const LONGEST_REFUSAL: usize = 64 * 1024;
/// Who asks.
const AGENT: &str = concat!("quarterdeck/", env!("CARGO_PKG_VERSION"));

/// The way to one server.
#[derive(Clone)]
pub(super) struct Transport {
    server: Arc<str>,
    credentials: Arc<Credentials>,
    limits: Limits,
    clock: Clock,
}

/// What is asked.
pub(super) struct Call<'a> {
    pub method: Method,
    pub path_and_query: &'a str,
    pub accept: &'a str,
    pub content_type: Option<&'static str>,
    pub body: Bytes,
    /// Whether it changes nothing, so that it may be sent again with another credential.
    pub repeatable: bool,
}

impl<'a> Call<'a> {
    /// A plain question.
    pub fn get(path_and_query: &'a str, accept: &'a str) -> Self {
        let body = Bytes::new();
        Call { method: Method::GET, path_and_query, accept, content_type: None, body, repeatable: true }
    }
}

/// A successful answer, whose body is still to come.
pub(super) struct Received {
    pub headers: HeaderMap,
    pub body: Body,
}

impl Transport {
    pub fn new(server: Arc<str>, credentials: Arc<Credentials>, limits: Limits, clock: Clock) -> Self {
        Transport { server, credentials, limits, clock }
    }

    pub fn server(&self) -> &str {
        &self.server
    }

    /// Sends, and waits for a successful head. A refused credential is renewed once.
    pub async fn send(&self, call: &Call<'_>) -> Result<Received, ApiError> {
        let session = self.credentials.session().await?;
        let answer = self.attempt(&session, call).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return self.receive(answer).await;
        }
        let refusal = self.receive(answer).await;
        if !call.repeatable {
            // A change isn't sent again, but the next one is to have a better credential.
            let credentials = Arc::clone(&self.credentials);
            tokio::spawn(async move { credentials.after_rejection(session.generation).await.map(drop) });
            return refusal;
        }
        match self.credentials.after_rejection(session.generation).await? {
            Some(renewed) => self.receive(self.attempt(&renewed, call).await?).await,
            None => refusal,
        }
    }

    /// The whole body, of at most that many bytes.
    pub async fn collect(&self, mut body: Body, longest: usize) -> Result<Bytes, ApiError> {
        let mut collected = BytesMut::new();
        while let Some(frame) = self.within(self.limits.idle, body.frame()).await? {
            let frame = frame.map_err(|error| ApiError::from_body(&self.server, &error))?;
            let Ok(data) = frame.into_data() else { continue };
            if collected.len() + data.len() > longest {
                return Err(self.garbage(format!("more than {} MiB", longest / 1024 / 1024)));
            }
            collected.extend_from_slice(&data);
        }
        Ok(collected.freeze())
    }

    /// The error for an answer that isn't what was asked for.
    pub fn garbage(&self, what: String) -> ApiError {
        ApiError::Garbage { server: self.server.to_string(), what }
    }

    async fn attempt(&self, session: &Session, call: &Call<'_>) -> Result<http::Response<Body>, ApiError> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(call.path_and_query)
            .header(ACCEPT, call.accept)
            .header(ACCEPT_ENCODING, "identity")
            .header(USER_AGENT, AGENT);
        if let Some(content_type) = call.content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        if let Some(authorization) = &session.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let request = request.body(Body::from(call.body.clone())).map_err(|error| {
            ApiError::Refused(presentable(&format!("the request can't be written ({error})")))
        })?;
        let sent = self.within(self.limits.head, session.client.send(request)).await?;
        sent.map_err(|error| ApiError::from_send(&self.server, &error))
    }

    async fn receive(&self, answer: http::Response<Body>) -> Result<Received, ApiError> {
        let (head, body) = answer.into_parts();
        if head.status.is_success() {
            return Ok(Received { headers: head.headers, body });
        }
        let retry_after = retry_after(&head.headers, self.clock.now());
        let said = timeout(self.limits.head, beginning(body)).await.unwrap_or_default();
        let status = Status::from_answer(&self.server, head.status.as_u16(), retry_after, &said);
        if head.status == StatusCode::UNAUTHORIZED {
            let server = self.server.to_string();
            return Err(ApiError::Unauthorized { server, message: status.message });
        }
        Err(ApiError::Status(Box::new(status)))
    }

    async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Result<T, ApiError> {
        let late = |_| ApiError::TimedOut { server: self.server.to_string(), limit };
        timeout(limit, work).await.map_err(late)
    }
}

/// The warnings that came with an answer, fit for the screen.
pub(super) fn warnings(headers: &HeaderMap) -> Vec<String> {
    let texts = headers.get_all(WARNING).iter().filter_map(|value| value.to_str().ok());
    texts.map(|text| presentable(&warning_text(text))).filter(|text| !text.is_empty()).collect()
}

/// The quoted text of `299 - "text"`.
fn warning_text(value: &str) -> String {
    let Some((_, quoted)) = value.split_once('"') else { return value.to_owned() };
    let mut text = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => text.extend(characters.next()),
            other => text.push(other),
        }
    }
    text
}

/// What is there of a body, up to a limit; what broke off counts as well.
async fn beginning(mut body: Body) -> Bytes {
    let mut collected = BytesMut::new();
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(data) = frame.into_data() {
            let room = LONGEST_REFUSAL - collected.len();
            collected.extend_from_slice(&data[..data.len().min(room)]);
        }
        if collected.len() == LONGEST_REFUSAL {
            break;
        }
    }
    collected.freeze()
}

/// `Retry-After`: seconds, or a date.
fn retry_after(headers: &HeaderMap, now: Instant) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    let wait = Instant(date.as_millisecond()).since(now).max(0);
    Some(Duration::from_millis(u64::try_from(wait).ok()?))
}
