//! Watching: what changes, from a version on, with bookmarks.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use futures::stream;
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

use super::accept::{Encoding, Format, Shape};
use super::encode::Writer;
use super::error::ApiError;
use super::read::{Selection, asked_version};
use super::{ApiState, Call, table};
use crate::demo::store::{Change, Expired, KindInfo, StoredObject};
use crate::demo::wire::{envelope, watch_frame};

/// How long after the last message a bookmark is sent.
const BOOKMARK_AFTER: Duration = Duration::from_secs(30);
/// How long a watch lasts that doesn't say.
const LONGEST: u64 = 1800;
/// A chunk is sent when it has so many bytes.
const CHUNK: usize = 64 << 10;

/// One running watch.
struct Watching {
    state: Arc<ApiState>,
    kind: Arc<KindInfo>,
    format: Format,
    include: table::Include,
    selection: Selection,
    /// What the client hasn't got yet of the state that the watch started with.
    initial: VecDeque<Arc<StoredObject>>,
    /// Whether the end of the initial state is to be marked.
    mark_end: bool,
    /// The version up to which everything has been sent, once the initial state has.
    version: u64,
    changes: Receiver<u64>,
    bookmarks: bool,
    bookmark_at: Instant,
    ends_at: Instant,
    ended: bool,
}

/// Starts a watch.
pub fn watch(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let selection = Selection::of(call)?;
    let kind = &call.target.kind;
    let send_initial = call.query.get("sendInitialEvents");
    let streamed = call.query.truth("sendInitialEvents");
    if streamed && call.query.get("resourceVersionMatch") != Some("NotOlderThan") {
        return Err(ApiError::bad_request(
            "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        ));
    }
    let asked = asked_version(call)?.unwrap_or(0);
    let seconds = call.query.get("timeoutSeconds").and_then(|it| it.parse().ok()).unwrap_or(LONGEST);
    let now = Instant::now();
    let store = call.state.store.lock();
    if asked > store.version() {
        return Err(ApiError::future_version(asked, store.version()));
    }
    // Without a version the present state comes first, unless the client says that it isn't wanted.
    let from_state = streamed || (asked == 0 && send_initial.is_none());
    let (initial, version) = if from_state {
        let objects = store.list(kind.stored, selection.namespace.as_deref(), None);
        (objects.filter(|object| selection.has(object)).cloned().collect(), store.version())
    } else if asked == 0 {
        (VecDeque::new(), store.version())
    } else {
        (VecDeque::new(), asked)
    };
    let watching = Watching {
        state: Arc::clone(call.state),
        kind: Arc::clone(kind),
        format: *call.format,
        include: call.writer().include,
        selection,
        initial,
        mark_end: streamed,
        version,
        changes: store.subscribe(kind.stored),
        bookmarks: call.query.truth("allowWatchBookmarks"),
        bookmark_at: now + BOOKMARK_AFTER,
        ends_at: now + Duration::from_secs(seconds),
        ended: false,
    };
    drop(store);
    let body = Body::from_stream(stream::unfold(watching, |mut watching| async move {
        let chunk = watching.next().await?;
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(chunk)), watching))
    }));
    let mut response = call.reply(StatusCode::OK, body);
    response.headers_mut().insert(CONTENT_TYPE, call.format.encoding.stream_type());
    Ok(response)
}

impl Watching {
    /// The next bytes; `None` at the end.
    async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if self.ended {
                return None;
            }
            let mut chunk = Vec::new();
            self.send_initial(&mut chunk);
            if self.initial.is_empty() {
                self.send_changes(&mut chunk);
            }
            if !chunk.is_empty() {
                self.bookmark_at = Instant::now() + BOOKMARK_AFTER;
                return Some(chunk);
            }
            let wake = if self.bookmarks { self.bookmark_at.min(self.ends_at) } else { self.ends_at };
            tokio::select! {
                changed = self.changes.changed() => changed.ok()?,
                () = tokio::time::sleep_until(wake) => {
                    let now = Instant::now();
                    if now >= self.ends_at {
                        return None;
                    }
                    if self.bookmarks && now >= self.bookmark_at {
                        self.bookmark_at = now + BOOKMARK_AFTER;
                        let version = self.state.store.lock().version();
                        // What changed meanwhile is sent before, so the version is never ahead of the changes.
                        self.send_changes(&mut chunk);
                        self.version = self.version.max(version);
                        self.send_bookmark(false, &mut chunk);
                        return Some(chunk);
                    }
                }
            }
        }
    }

    fn send_initial(&mut self, chunk: &mut Vec<u8>) {
        while chunk.len() < CHUNK {
            match self.initial.pop_front() {
                Some(object) => self.send_object("ADDED", &object, chunk),
                None => break,
            }
        }
        if self.initial.is_empty() && std::mem::take(&mut self.mark_end) {
            self.send_bookmark(true, chunk);
        }
    }

    fn send_changes(&mut self, chunk: &mut Vec<u8>) {
        self.changes.mark_unchanged();
        let since = self.state.store.lock().since(self.kind.stored, self.version);
        match since {
            Ok((changes, version)) => {
                for change in &changes {
                    if let Some(event) = self.event(change) {
                        self.send_object(event, &change.last, chunk);
                    }
                }
                self.version = self.version.max(version);
            }
            Err(Expired { oldest }) => {
                self.ended = true;
                let status = ApiError::expired(self.version, oldest).status();
                match self.format.encoding {
                    Encoding::Json => push_line("ERROR", status.to_string().as_bytes(), chunk),
                    Encoding::Protobuf => {
                        let id = self.state.schema.find("meta.v1.Status");
                        if let Ok(bytes) = id.and_then(|id| self.state.schema.encode_json(id, &status)) {
                            chunk.extend(watch_frame("ERROR", &envelope("v1", "Status", &bytes)));
                        }
                    }
                }
            }
        }
    }

    /// What the change is to someone who sees only the selection.
    fn event(&self, change: &Change) -> Option<&'static str> {
        let seen = |object: &Option<Arc<StoredObject>>| {
            object.as_ref().is_some_and(|object| self.selection.has(object))
        };
        match (seen(&change.before), seen(&change.after)) {
            (false, true) => Some("ADDED"),
            (true, true) => Some("MODIFIED"),
            (true, false) => Some("DELETED"),
            (false, false) => None,
        }
    }

    fn send_object(&self, event: &str, object: &StoredObject, chunk: &mut Vec<u8>) {
        if let Ok(bytes) = self.writer().object(object) {
            self.push(event, &bytes, chunk);
        }
    }

    /// A bookmark: an object with nothing but the version.
    fn send_bookmark(&self, end_of_initial: bool, chunk: &mut Vec<u8>) {
        let mut metadata =
            ObjectMeta { resource_version: Some(self.version.to_string()), ..ObjectMeta::default() };
        if end_of_initial {
            metadata.annotations.insert("k8s.io/initial-events-end".to_owned(), "true".to_owned());
        }
        let mut writer = self.writer();
        if writer.format.shape == Shape::Table {
            writer.format.shape = Shape::Whole;
        }
        if let Ok(bytes) = writer.bookmark(metadata) {
            self.push("BOOKMARK", &bytes, chunk);
        }
    }

    fn push(&self, event: &str, object: &[u8], chunk: &mut Vec<u8>) {
        match self.format.encoding {
            Encoding::Json => push_line(event, object, chunk),
            Encoding::Protobuf => chunk.extend(watch_frame(event, object)),
        }
    }

    fn writer(&self) -> Writer<'_> {
        Writer { schema: &self.state.schema, kind: &self.kind, format: self.format, include: self.include }
    }
}

fn push_line(event: &str, object: &[u8], chunk: &mut Vec<u8>) {
    chunk.extend_from_slice(b"{\"type\":\"");
    chunk.extend_from_slice(event.as_bytes());
    chunk.extend_from_slice(b"\",\"object\":");
    chunk.extend_from_slice(object);
    chunk.extend_from_slice(b"}\n");
}
