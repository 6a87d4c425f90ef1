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
use super::list_options::WatchOptions;
use super::read::Selection;
use super::{ApiState, Call, table};
use crate::demo::store::{Change, Expired, KindInfo, Store, StoredObject};
use crate::demo::wire::{envelope, watch_frame};

/// How long after the last message a bookmark is sent.
const BOOKMARK_AFTER: Duration = Duration::from_secs(60);
/// How long before the end of a watch its last bookmark is sent.
const LAST_BOOKMARK: Duration = Duration::from_secs(2);
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
    /// Why it can't start at all, which is said as its only event.
    refused: Option<ApiError>,
    /// Whether the next table names its columns.
    with_columns: bool,
    ended: bool,
}

/// Starts a watch.
pub fn watch(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let selection = Selection::of(call)?;
    let options = WatchOptions::of_watch(call.query)?;
    let kind = &call.target.kind;
    let now = Instant::now();
    let ends_at = now + Duration::from_secs(options.seconds.unwrap_or(LONGEST));
    let store = call.state.store.lock();
    // A stream of the present state can't start from one that hasn't been yet; any other watch waits for it.
    let refused = (options.streamed && options.version > store.version())
        .then(|| ApiError::future_version(options.version, store.version()));
    let (initial, version) = if options.initial && refused.is_none() {
        let objects = store.list(kind.stored, selection.namespace.as_deref(), None);
        (objects.filter(|object| selection.has(object)).cloned().collect(), store.version())
    } else if options.version == 0 {
        (VecDeque::new(), store.version())
    } else {
        (VecDeque::new(), options.version)
    };
    let watching = Watching {
        state: Arc::clone(call.state),
        kind: Arc::clone(kind),
        format: *call.format,
        include: call.writer().include,
        selection,
        initial,
        mark_end: options.streamed && options.bookmarks,
        version,
        changes: store.subscribe(kind.stored),
        bookmarks: options.bookmarks,
        bookmark_at: next_bookmark(now, ends_at),
        ends_at,
        refused,
        with_columns: true,
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

/// When the next bookmark is due: after a while, or shortly before the end.
fn next_bookmark(now: Instant, ends_at: Instant) -> Instant {
    let last = ends_at.checked_sub(LAST_BOOKMARK).filter(|last| *last > now).unwrap_or(ends_at);
    last.min(now + BOOKMARK_AFTER)
}

impl Watching {
    /// The next bytes; `None` at the end.
    async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if self.ended {
                return None;
            }
            let mut chunk = Vec::new();
            if let Some(error) = self.refused.take() {
                self.send_error(&error, &mut chunk);
                return Some(chunk);
            }
            self.send_initial(&mut chunk);
            if self.initial.is_empty() {
                self.send_changes(&mut chunk);
            }
            if !chunk.is_empty() {
                self.bookmark_at = next_bookmark(Instant::now(), self.ends_at);
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
                        self.bookmark_at = next_bookmark(now, self.ends_at);
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
                        self.send_object(event, &shown(event, change), chunk);
                    }
                }
                self.version = self.version.max(version);
            }
            Err(Expired { oldest }) => self.send_error(&ApiError::expired(self.version, oldest), chunk),
        }
    }

    /// The last event of a watch that can't go on.
    fn send_error(&mut self, error: &ApiError, chunk: &mut Vec<u8>) {
        self.ended = true;
        let status = error.status();
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

    fn send_object(&mut self, event: &str, object: &StoredObject, chunk: &mut Vec<u8>) {
        let bytes = if self.format.shape == Shape::Table {
            let with_columns = std::mem::take(&mut self.with_columns);
            table::single(&self.writer(), object, with_columns).map(|table| table.to_string().into_bytes())
        } else {
            self.writer().object(object)
        };
        if let Ok(bytes) = bytes {
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
        let writer = self.writer();
        if writer.format.shape == Shape::Table {
            let table = table::bookmark(&writer, self.version).to_string();
            self.push("BOOKMARK", table.as_bytes(), chunk);
        } else if let Ok(bytes) = writer.bookmark(metadata) {
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
        Writer {
            schema: &self.state.schema,
            kind: &self.kind,
            format: self.format,
            include: self.include,
            now: self.state.clock.now(),
        }
    }
}

/// The object that tells of a change: one that leaves the selection is shown as it was, under the version of its leaving.
fn shown(event: &str, change: &Change) -> Arc<StoredObject> {
    let left = change.before.as_ref().filter(|_| event == "DELETED" && change.after.is_some());
    let then = left.and_then(|before| Store::preview(before.kind, &before.encoded, change.version).ok());
    then.unwrap_or_else(|| Arc::clone(&change.last))
}

fn push_line(event: &str, object: &[u8], chunk: &mut Vec<u8>) {
    chunk.extend_from_slice(b"{\"type\":\"");
    chunk.extend_from_slice(event.as_bytes());
    chunk.extend_from_slice(b"\",\"object\":");
    chunk.extend_from_slice(object);
    chunk.extend_from_slice(b"}\n");
}
