//! What containers have written: `pods/NAME/log`.

mod options;
mod window;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use futures::stream;

use self::options::LogOptions;
use self::window::{Run, container_of, run_of};
use super::error::ApiError;
use super::request::Query;
use super::{ApiState, encode};
use crate::demo::model::LogLine;
use crate::demo::store::{Key, Kind, Stored as _, StoredObject};
use crate::platform::time::Instant;

/// How much of a log is kept: the size at which kubelets rotate it, in bytes.
const KEPT: usize = 10 << 20;
/// The span of the first look backwards through a log, in milliseconds.
const FIRST_LOOK: i64 = 60_000;
/// How often a followed log is looked at.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);

/// Answers with a container's log.
pub fn answer(
    state: &Arc<ApiState>,
    namespace: &str,
    name: &str,
    query: &Query,
) -> Result<Response<Body>, ApiError> {
    let info = k8s_pb::api::core::v1::Pod::info();
    let key = Key::new(namespace, name);
    let pod = state.store.lock().get(Kind::Pod, &key).cloned();
    let pod = pod.ok_or_else(|| ApiError::not_found(info, name))?;
    let options = LogOptions::of(query, state.clock.now(), name)?;
    let value = encode::value(&state.schema, info, &pod)?;
    let container = container_of(&value, options.container.as_deref())?;
    if value["spec"]["nodeName"].as_str().is_none_or(str::is_empty) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        return Ok(response);
    }
    let run = run_of(&value, &container, options.previous)?;
    let end = run.ended.unwrap_or_else(|| state.clock.now());
    let log = Log { state: Arc::clone(state), key, uid: pod.uid.clone(), container, run };
    let lines = log.read(&pod, &options, end);
    let text: String = lines.iter().map(|line| written(line, options.timestamps)).collect();
    let body = if options.follow && run.ended.is_none() {
        log.follow(text, end, options)
    } else {
        Body::from(cut(text, options.limit))
    };
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
}

fn cut(mut text: String, limit: Option<usize>) -> String {
    if let Some(limit) = limit.filter(|limit| *limit < text.len()) {
        let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

/// A line as it is sent.
fn written(line: &LogLine, timestamps: bool) -> String {
    if timestamps { format!("{} {}\n", precise(line.at), line.text) } else { format!("{}\n", line.text) }
}

/// The instant with nine digits of the second, as container runtimes write it.
fn precise(at: Instant) -> String {
    let text = at.rfc3339();
    let whole = text.split(['.', 'Z']).next().unwrap_or_default();
    format!("{whole}.{:03}000000Z", at.0.rem_euclid(1000))
}

/// The log of one run of a container.
struct Log {
    state: Arc<ApiState>,
    key: Key,
    uid: Box<str>,
    container: String,
    run: Run,
}

impl Log {
    fn window(&self, pod: &StoredObject, from: Instant, to: Instant) -> Vec<LogLine> {
        let store = self.state.store.lock();
        self.state.model.lock().log(&store, pod, &self.container, from, to)
    }

    /// The lines before an instant that are wanted and still kept; looks back in growing steps.
    fn read(&self, pod: &StoredObject, options: &LogOptions, end: Instant) -> Vec<LogLine> {
        let start = options.since.map_or(self.run.started, |since| since.max(self.run.started));
        let wanted = options.tail.unwrap_or(usize::MAX);
        let (mut parts, mut count, mut bytes) = (Vec::new(), 0, 0);
        let (mut to, mut span) = (end, FIRST_LOOK);
        while to > start && count < wanted && bytes < KEPT {
            let from = to.plus_millis(-span).max(start);
            let lines = self.window(pod, from, to);
            count += lines.len();
            bytes += lines.iter().map(|line| line.text.len() + 1).sum::<usize>();
            parts.push(lines);
            (to, span) = (from, span * 2);
        }
        let mut lines: Vec<LogLine> = parts.into_iter().rev().flatten().collect();
        lines.split_off(lines.len().saturating_sub(wanted))
    }

    /// What has been written, and then what is being written, until the run ends or enough has been sent.
    fn follow(self, text: String, end: Instant, options: LogOptions) -> Body {
        let left = options.limit.map(|limit| limit.saturating_sub(text.len()));
        let text = cut(text, options.limit);
        let start = (Some(text), end, left, self);
        Body::from_stream(stream::unfold(start, move |(first, from, left, log)| async move {
            if let Some(text) = first {
                return Some((Ok::<_, std::convert::Infallible>(text), (None, from, left, log)));
            }
            if left == Some(0) {
                return None;
            }
            loop {
                let pod = log.state.store.lock().get(Kind::Pod, &log.key).cloned();
                let pod = pod.filter(|pod| pod.uid == log.uid)?;
                let (to, ended) = log.present(&pod);
                let lines = log.window(&pod, from, to);
                let text: String = lines.iter().map(|line| written(line, options.timestamps)).collect();
                if !text.is_empty() {
                    let text = cut(text, left);
                    let left = left.map(|left| left - text.len());
                    return Some((Ok(text), (None, to, left, log)));
                }
                if ended {
                    return None;
                }
                tokio::time::sleep(FOLLOW_EVERY).await;
            }
        }))
    }

    /// Up to when the run has got, and whether it has ended.
    fn present(&self, pod: &StoredObject) -> (Instant, bool) {
        let now = self.state.clock.now();
        let info = k8s_pb::api::core::v1::Pod::info();
        let value = encode::value(&self.state.schema, info, pod).unwrap_or_default();
        match run_of(&value, &self.container, false) {
            Ok(run) if run.started == self.run.started => (run.ended.unwrap_or(now), run.ended.is_some()),
            // The container has been started anew: its earlier run is over.
            _ => (run_of(&value, &self.container, true).ok().and_then(|run| run.ended).unwrap_or(now), true),
        }
    }
}
