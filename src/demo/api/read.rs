//! Reading: one object, or a list of them streamed in chunks.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use futures::stream;
use k8s_pb::apimachinery::pkg::apis::meta::v1::ListMeta;
use prost::Message as _;
use serde_json::{Value, json};

use super::Call;
use super::accept::{Encoding, Shape};
use super::encode::Writer;
use super::error::ApiError;
use super::list_options::{ListOptions, Version, page_token};
use super::{scale, table};
use crate::demo::store::{
    Expired, FieldSelector, Key, Kind, LabelSelector, SelectorError, Store, StoredObject,
};
use crate::demo::wire::{ENVELOPE_END, delimited, envelope_start, field_start};

/// A chunk of a list is sent when it has so many bytes.
const CHUNK: usize = 128 << 10;

/// Which objects a list or a watch is about.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The namespace, or all.
    pub namespace: Option<String>,
    labels: LabelSelector,
    fields: FieldSelector,
    all: bool,
}

impl Selection {
    /// What the request selects.
    pub fn of(call: &Call<'_>) -> Result<Self, ApiError> {
        let labels = call.query.get("labelSelector").unwrap_or_default();
        let fields = call.query.get("fieldSelector").unwrap_or_default();
        let refuse = |error: SelectorError| ApiError::bad_request(error.to_string());
        Ok(Selection {
            namespace: call.target.namespace.clone(),
            labels: LabelSelector::parse(labels).map_err(refuse)?,
            fields: FieldSelector::parse(fields, &call.target.kind).map_err(refuse)?,
            all: labels.is_empty() && fields.is_empty(),
        })
    }

    /// Whether the object is among them.
    pub fn has(&self, object: &StoredObject) -> bool {
        self.namespace.as_deref().is_none_or(|namespace| &*object.key.namespace == namespace)
            && self.labels.matches(object)
            && self.fields.matches(object)
    }
}

impl<'a> Call<'a> {
    /// How this request's objects are written.
    pub fn writer(&self) -> Writer<'a> {
        Writer {
            schema: &self.state.schema,
            kind: &self.target.kind,
            format: *self.format,
            // What can't be read is refused before anything is written.
            include: table::Include::parse(self.query.get("includeObject"))
                .unwrap_or(table::Include::Metadata),
            now: self.state.clock.now(),
        }
    }

    /// The key of the object that the path names.
    pub fn key(&self) -> Key {
        Key::new(
            self.target.namespace.as_deref().unwrap_or_default(),
            self.target.name.as_deref().unwrap_or_default(),
        )
    }
}

/// Reads one object.
pub fn get(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let key = call.key();
    let object = call.state.store.lock().get(call.target.kind.stored, &key).cloned();
    let object = object.ok_or_else(|| ApiError::not_found(&call.target.kind, &key.name))?;
    match call.target.subresource.as_deref() {
        None => Ok(call.reply(StatusCode::OK, call.writer().object(&object)?)),
        Some("status") if call.target.kind.status => {
            Ok(call.reply(StatusCode::OK, call.writer().object(&object)?))
        }
        Some("scale") if call.target.kind.scale => scale::get(call, &object),
        Some(_) => Err(ApiError::no_such_subresource()),
    }
}

/// Reads many objects.
pub fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let selection = Selection::of(call)?;
    let options = ListOptions::of_list(call.query)?;
    let page = Page::read(&call.state.store.lock(), call.target.kind.stored, &selection, &options)?;
    respond(call, &page)
}

/// Answers with these objects, as a list at a version.
pub fn respond_list(
    call: &Call<'_>,
    objects: &[Arc<StoredObject>],
    version: u64,
) -> Result<Response<Body>, ApiError> {
    respond(call, &Page { objects: objects.to_vec(), meta: list_meta(version, None, None) })
}

fn respond(call: &Call<'_>, page: &Page) -> Result<Response<Body>, ApiError> {
    let writer = call.writer();
    if writer.format.shape == Shape::Table {
        let objects = page.objects.iter().map(|object| &**object);
        let table = table::table(&writer, objects, json_meta(&page.meta))?;
        return Ok(call.reply(StatusCode::OK, table.to_string()));
    }
    let messages: Vec<Bytes> = page.objects.iter().map(|object| writer.message(object)).collect();
    match writer.format.encoding {
        Encoding::Protobuf => Ok(call.reply(StatusCode::OK, protobuf_list(&writer, &page.meta, messages))),
        Encoding::Json => Ok(call.reply(StatusCode::OK, json_list(call, &page.meta, messages))),
    }
}

/// What one list answers.
struct Page {
    objects: Vec<Arc<StoredObject>>,
    meta: ListMeta,
}

impl Page {
    fn read(
        store: &Store,
        kind: Kind,
        selection: &Selection,
        options: &ListOptions,
    ) -> Result<Page, ApiError> {
        let (ListOptions { version, limit, after }, now) = (options, store.version());
        let (Version::NotOlderThan(asked) | Version::Exact(asked)) = *version;
        if asked > now {
            return Err(ApiError::future_version(asked, now));
        }
        let namespace = selection.namespace.as_deref();
        match *version {
            Version::Exact(version) => {
                let then = store.list_at(kind, namespace, after.as_ref(), version);
                let then = then.map_err(|Expired { .. }| match after {
                    Some(after) => ApiError::page_expired(page_token(None, after)),
                    None => ApiError::list_expired(),
                })?;
                Ok(Page::cut(then.iter(), version, *limit, selection))
            }
            Version::NotOlderThan(_) => {
                Ok(Page::cut(store.list(kind, namespace, after.as_ref()), now, *limit, selection))
            }
        }
    }

    /// The objects up to the limit, and where the next page starts.
    fn cut<'a>(
        objects: impl Iterator<Item = &'a Arc<StoredObject>>,
        version: u64,
        limit: Option<usize>,
        selection: &Selection,
    ) -> Page {
        let mut matching = objects.filter(|object| selection.has(object));
        let objects: Vec<_> = matching.by_ref().take(limit.unwrap_or(usize::MAX)).cloned().collect();
        let rest = if limit.is_some() { matching.count() } else { 0 };
        let next = objects.last().filter(|_| rest > 0).map(|last| page_token(Some(version), &last.key));
        let remaining = if rest > 0 && selection.all { i64::try_from(rest).ok() } else { None };
        Page { objects, meta: list_meta(version, next, remaining) }
    }
}

/// The metadata of a list: its version, the token of its next page, and how many objects follow.
fn list_meta(version: u64, next: Option<String>, remaining: Option<i64>) -> ListMeta {
    ListMeta {
        self_link: Some(String::new()),
        resource_version: Some(version.to_string()),
        r#continue: Some(next.unwrap_or_default()),
        remaining_item_count: remaining,
    }
}

/// The metadata of a list in JSON.
fn json_meta(meta: &ListMeta) -> Value {
    let mut metadata = json!({"resourceVersion": meta.resource_version});
    if let Some(token) = meta.r#continue.as_deref().filter(|token| !token.is_empty()) {
        metadata["continue"] = json!(token);
    }
    if let Some(rest) = meta.remaining_item_count {
        metadata["remainingItemCount"] = json!(rest);
    }
    metadata
}

fn protobuf_list(writer: &Writer<'_>, meta: &ListMeta, messages: Vec<Bytes>) -> Body {
    let meta = meta.encode_to_vec();
    let length =
        delimited(1, meta.len()) + messages.iter().map(|message| delimited(2, message.len())).sum::<usize>();
    let (api_version, kind) = writer.list_type();
    let mut head = envelope_start(&api_version, &kind, length);
    field_start(1, meta.len(), &mut head);
    head.extend_from_slice(&meta);
    let state = (Some(head), messages.into_iter());
    Body::from_stream(stream::unfold(state, |(head, mut messages)| async move {
        let mut chunk = head?;
        chunk.reserve(CHUNK);
        for message in messages.by_ref() {
            field_start(2, message.len(), &mut chunk);
            chunk.extend_from_slice(&message);
            if chunk.len() >= CHUNK {
                return Some((
                    Ok::<_, std::convert::Infallible>(Bytes::from(chunk)),
                    (Some(Vec::new()), messages),
                ));
            }
        }
        chunk.extend_from_slice(ENVELOPE_END);
        Some((Ok(Bytes::from(chunk)), (None, messages)))
    }))
}

fn json_list(call: &Call<'_>, meta: &ListMeta, messages: Vec<Bytes>) -> Body {
    let (api_version, kind) = call.writer().list_type();
    let metadata = json_meta(meta);
    let head =
        format!("{{\"kind\":\"{kind}\",\"apiVersion\":\"{api_version}\",\"metadata\":{metadata},\"items\":[");
    let state = Arc::clone(call.state);
    let (kind, format) = (Arc::clone(&call.target.kind), *call.format);
    let now = call.state.clock.now();
    let start = (Some(head.into_bytes()), messages.into_iter(), true);
    Body::from_stream(stream::unfold(start, move |(head, mut messages, mut first)| {
        let (state, kind) = (Arc::clone(&state), Arc::clone(&kind));
        async move {
            let mut chunk = head?;
            let writer =
                Writer { schema: &state.schema, kind: &kind, format, include: table::Include::Metadata, now };
            for message in messages.by_ref() {
                if !std::mem::take(&mut first) {
                    chunk.push(b',');
                }
                if writer.item(&message, &mut chunk).is_err() {
                    return Some((
                        Err(std::io::Error::other("object can't be written")),
                        (None, messages, first),
                    ));
                }
                if chunk.len() >= CHUNK {
                    return Some((Ok(Bytes::from(chunk)), (Some(Vec::new()), messages, first)));
                }
            }
            chunk.extend_from_slice(b"]}\n");
            Some((Ok(Bytes::from(chunk)), (None, messages, first)))
        }
    }))
}
